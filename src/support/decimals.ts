/** From here on a number with decimals is longer than any column of a table: it is written with an exponent. */
const LONG = 1e6;

/** A number for a table: with so many decimals, a very large one as `9.8e+32`, one that is none as `–`. */
export function decimals(value: number, count: number): string {
  if (Number.isNaN(value)) return '–';
  return Math.abs(value) < LONG ? value.toFixed(count) : value.toExponential(1);
}
