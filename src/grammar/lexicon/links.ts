import type { Verb } from '../syntax.ts';
import { readVerb, readVerbs } from './read-verbs.ts';
import { outline, table } from './tables.ts';

/** Something and what may go with it: one is drawn, then one of the others. */
export type Linked = readonly (readonly [first: Verb, others: readonly Verb[]])[];

const linked = (section: string): Linked =>
  outline(table('links', section)).map(([first, others]) => [readVerb(first), readVerbs(others)]);

/** *Prima di uscire*: what one is about to do, and what one does first. */
export const preparations = linked('preparations');

/** *Dopo aver mangiato*: what is over, and what comes next. */
export const aftermaths = linked('aftermaths');

/** *Senza salutare*: how one does what, and leaves something out. */
export const omissions = linked('omissions');

/** *Vado al mercato per comprare del pane.* */
export const errands = linked('errands');

/** *Quando arriverò a casa*: what one waits for, and what one will do then. */
export const moments = linked('moments');

/** *Se avessi più tempo, leggerei di più.* */
export const dreams = linked('dreams');
