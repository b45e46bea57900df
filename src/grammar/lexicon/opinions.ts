import { readPairs } from './pairs.ts';
import { readVerbs } from './read-verbs.ts';
import { table } from './tables.ts';

/** Openings that take the subjunctive: *penso che Marco sia stanco*. */
export const beliefs = readPairs(table('opinions', 'beliefs'));

/** Openings for what would be good, and for what would not. */
export const hopes = readPairs(table('opinions', 'hopes'));
export const fears = readPairs(table('opinions', 'fears'));

/** Openings that take the indicative: *so che Marco è stanco*. */
export const certainties = readPairs(table('opinions', 'certainties'));

/** Openings before an indirect question: *non so dove abita Marco*. */
export const doubts = readPairs(table('opinions', 'doubts'));

/** What people are found to do and have: for *penso che*, *so che*, *dice che*. */
export const opinions = readVerbs(table('opinions', 'opinions')).map((verb) => ({ ...verb, course: 'state' as const }));

/** What people are found to have done: *penso che abbia perso il treno*. */
export const findings = readVerbs(table('opinions', 'findings'));

/** What one hopes of somebody: *spero che abbia trovato un lavoro*. */
export const blessings = readVerbs(table('opinions', 'blessings'));

/** What one fears, finds out too late, and says with a sigh. */
export const misfortunes = readVerbs(table('opinions', 'misfortunes'));

/** What takes practice, and is a pleasure to some. */
export const skills = readVerbs(table('opinions', 'skills'));

/** What is good for one. */
const virtues = readVerbs(table('opinions', 'virtues'));

/** What one likes doing, or does not. */
export const pastimes = readVerbs(table('opinions', 'pastimes'));

/** What is said of each. */
export const judgements = [
  [readPairs(table('opinions', 'easy')), skills],
  [readPairs(table('opinions', 'good')), virtues],
] as const;
