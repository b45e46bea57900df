import { readVerbs } from './read-verbs.ts';
import { table } from './tables.ts';

/** What is true of a kind: *i gatti dormono molto*. */
export const generics = readVerbs(table('generics', 'generics'));
