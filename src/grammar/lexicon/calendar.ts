import type { Verb } from '../syntax.ts';
import { readPairs } from './pairs.ts';
import { readVerb } from './read-verbs.ts';
import { table } from './tables.ts';

/** What stands in a diary. */
export const appointments = readPairs(table('calendar', 'appointments'));

/** What opens and closes, begins and ends by the clock. */
export const opened = readPairs(table('calendar', 'opened'));

/** What leaves for somewhere by the clock. */
export const departures = readPairs(table('calendar', 'departures'));

export type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** What takes its time, and how it is counted: *ci vogliono due ore per arrivare a Roma*. */
export const undertakings: readonly (readonly [Verb, readonly Unit[]])[] = readPairs(
  table('calendar', 'undertakings'),
).map((pair) => [readVerb(pair.italian), pair.english.split(' ') as Unit[]]);

/** Countries and what is spoken there. */
export const spoken = readPairs(table('calendar', 'spoken'));
