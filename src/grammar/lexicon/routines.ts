import type { Pair, Verb } from '../syntax.ts';
import { readPairs } from './pairs.ts';
import { readVerbs } from './read-verbs.ts';
import { outline, table } from './tables.ts';

/** What is done one thing after the other, and when: some of them, in their order, make a sentence. */
export interface Routine {
  readonly verbs: readonly Verb[];
  readonly past: readonly Pair[];
  readonly future: readonly Pair[];
  readonly habit: readonly Pair[];
}

/** A head holds the times at which it was done, will be and is done; times are apart by semicolons. */
function routine([times, verbs]: readonly [string, string]): Routine {
  const [past, future, habit] = times.split(' | ').map((part) => readPairs(part.replaceAll('; ', '\n')));
  return { verbs: readVerbs(verbs), past: past!, future: future!, habit: habit! };
}

export const routines: readonly Routine[] = outline(table('routines', 'routines')).map(routine);

/** What somebody lent, gave or recommended, and what became of it. */
export const givings = readVerbs(table('routines', 'givings'));

/** By kind of thing: what one could not do with it, and so bad it was. */
export const outcomes: Readonly<Record<string, readonly Verb[]>> = Object.fromEntries(
  outline(table('routines', 'outcomes')).map(([kind, body]) => [kind, readVerbs(body)]),
);
