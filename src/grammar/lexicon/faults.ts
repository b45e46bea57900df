import type { Adjective } from '../syntax.ts';
import { readPairs } from './pairs.ts';
import { outline, table } from './tables.ts';

/** What may be wrong with a thing, so that one does not buy, eat or read it: for *perché era troppo caro*. */
export const faultsByKind: Readonly<Record<string, readonly Adjective[]>> = Object.fromEntries(
  outline(table('faults', 'faults')).flatMap(([kinds, body]) => {
    const adjectives = readPairs(body).map((pair): Adjective => ({ ...pair, prenominal: false, telling: false }));
    return kinds.split(' ').map((kind) => [kind, adjectives]);
  }),
);
