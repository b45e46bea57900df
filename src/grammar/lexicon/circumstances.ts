import { readPairs } from './pairs.ts';
import { readVerbs } from './read-verbs.ts';
import { readDeeds } from './reasons.ts';
import { table } from './tables.ts';

/** What goes on at home for a while. */
export const indoorActivities = readVerbs(table('circumstances', 'indoorActivities'));

/** What breaks in on it. */
export const indoorInterruptions = readPairs(table('circumstances', 'indoorInterruptions'));

/** What somebody else does meanwhile. */
export const arrivals = readVerbs(table('circumstances', 'arrivals'));

/** What goes on out of doors. */
export const outdoorActivities = readVerbs(table('circumstances', 'outdoorActivities'));

/** What happens on the way. */
export const encountersOutdoors = readVerbs(table('circumstances', 'encountersOutdoors'));

/** What children used to do. */
export const childhood = readDeeds(table('circumstances', 'childhood'));
