import { readPairs } from './pairs.ts';
import { readVerbs } from './read-verbs.ts';
import { table } from './tables.ts';

/** What somebody is doing or does, by which one tells them from others: *la ragazza che suona il violino*. */
export const identifying = readVerbs(table('relatives', 'identifying'));

/** What one knows somebody by, in the simple present: *una ragazza che parla cinese*. */
export const habitual = readVerbs(table('relatives', 'habitual'));

/** What one has done with a thing, and it is good or bad: *il libro che ho letto è interessante*. */
export const evaluated = readVerbs(table('relatives', 'evaluated'));

/** How one knows people: *la donna con cui lavoro*, *il ragazzo a cui ho telefonato*. */
export const acquainted = readVerbs(table('relatives', 'acquainted'));

/** And by what happened once. */
export const encountered = readVerbs(table('relatives', 'encountered'));

/** With what one does what: *il coltello con cui ho tagliato il pane*. */
export const tools = readVerbs(table('relatives', 'tools'));

/** What happened or happens in a place: *la città in cui abito*. */
export const located = readPairs(table('relatives', 'located'));

/** What somebody turns out to have done: *è stato Marco a rompere il bicchiere*. */
export const culprits = readVerbs(table('relatives', 'culprits'));
