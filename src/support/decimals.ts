/** From here on a number with decimals is wider than any table column, so it is written with an exponent. */
const LONG = 1e6;

/** A number for a table: with this many decimals, very large ones as `9.8e+32`, NaN as `–`. */
export function decimals(value: number, count: number): string {
  if (Number.isNaN(value)) return '–';
  return Math.abs(value) < LONG ? value.toFixed(count) : value.toExponential(1);
}
