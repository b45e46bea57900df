import { decimals } from '../support/decimals.ts';

/** A number with this many decimals and a real minus sign; `–` for none. */
export function fixed(value: number, count: number): string {
  return decimals(value, count).replace(/^-/, '−');
}

/** The same with its sign always shown. */
export function signed(value: number, count: number): string {
  return `${value > 0 ? '+' : ''}${fixed(value, count)}`;
}

/** A p-value as journals print it: `.031`, `< .001`. */
export function pValue(p: number): string {
  return p < 0.001 ? '< .001' : p.toFixed(3).replace(/^0/, '');
}

/** `p = .031` or `p < .001`. */
export function pStatement(p: number): string {
  return p < 0.001 ? `p ${pValue(p)}` : `p = ${pValue(p)}`;
}

/** 4213000 as `4.21 M`, 12300 as `12.3 k`. */
export function count(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (value >= 1e4) return `${Number((value / 1e3).toPrecision(3))} k`;
  return String(Math.round(value));
}

/** Seconds in readable form: `8.2 s`, `14 min`, `1 h 05 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 60) return `${Number(seconds.toPrecision(2))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `1 model`, `4 models`. */
export function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
