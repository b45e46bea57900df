import type { Pair } from '../syntax.ts';
import { lines } from './tables.ts';

/** Reads lines of `ieri = yesterday`. */
export function readPairs(table: string): Pair[] {
  return lines(table).map((line) => {
    const [italian, english] = line.split(' = ') as [string, string];
    return { italian, english };
  });
}
