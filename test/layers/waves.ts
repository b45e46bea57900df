import { readFileSync } from 'node:fs';
import type { HostTensor } from '../../src/tensor/session.ts';

/** Numbers between -0.4 and 0.4 around a centre, different for every phase: `wave` of make-self-attention.py. */
export function wave(shape: readonly number[], phase: number, centre = 0): HostTensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => centre + 0.4 * Math.sin(0.7 * i + 1.3 * phase)) };
}

/** The same as rows. */
export function waveMatrix(rows: number, columns: number, phase: number): number[][] {
  const { data } = wave([rows, columns], phase);
  return Array.from({ length: rows }, (_, i) => [...data.slice(i * columns, (i + 1) * columns)]);
}

/** A fixture beside the script that made it. */
export function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** The largest difference of two lists of numbers, which must be of one length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers beside ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  return largest;
}
