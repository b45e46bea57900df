import { readVerbs } from './read-verbs.ts';
import { table } from './tables.ts';

/** What people do to things. The form of a line is told in read-verbs.ts. */
export const objectActions = readVerbs(table('actions', 'objectActions'));

/** What people do to people. */
export const personActions = readVerbs(table('actions', 'personActions'));

/** What people give, say and show to people. */
export const transferActions = readVerbs(table('actions', 'transferActions'));

/** What people do, without an object, or with a fixed one. */
export const plainActions = readVerbs(table('actions', 'plainActions'));

/** Going and coming. */
export const motions = readVerbs(table('actions', 'motions'));
