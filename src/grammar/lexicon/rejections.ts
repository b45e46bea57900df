import { readVerbs } from './read-verbs.ts';
import { table } from './tables.ts';

/** What one does not do with a thing that is too dear, too long, too salty: see faults.ts. */
export const rejections = readVerbs(table('rejections', 'rejections'));
