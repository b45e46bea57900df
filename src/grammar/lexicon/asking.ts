import { readVerbs } from './read-verbs.ts';
import { table } from './tables.ts';

/** What one asks *cosa?* about: the first slot is left open. */
export const askedWhat = readVerbs(table('asking', 'askedWhat'));

/** What one asks *dove?* about. */
export const askedWhere = readVerbs(table('asking', 'askedWhere'));

/** What one asks *dove?* and *quando?* about, with the one who does it after the verb. */
export const askedOf = readVerbs(table('asking', 'askedOf'));

/** What one asks *quando?* about, after the fact. */
export const askedWhen = readVerbs(table('asking', 'askedWhen'));

/** What one asks others to do: *puoi?*, *potresti?* */
export const favours = readVerbs(table('asking', 'favours'));

/** What one proposes: *vuoi?*, *ti va di?* */
export const proposals = readVerbs(table('asking', 'proposals'));

/** What one may ask the length of: *da quanto tempo?* */
export const lasting = readVerbs(table('asking', 'lasting'));
