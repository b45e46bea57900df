import { readVerbs } from './read-verbs.ts';
import { table } from './tables.ts';

/** What one is told not to do. */
export const warnings = readVerbs(table('warnings', 'warnings'));
