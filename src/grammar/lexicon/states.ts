import { readVerb, readVerbs } from './read-verbs.ts';
import { table } from './tables.ts';

/** How people are. */
export const personStates = readVerbs(table('states', 'personStates'));

/** How they are and seem: the adjective agrees. */
export const adjectiveStates = readVerbs(table('states', 'adjectiveStates'));

/** What they have, know, love and fear. */
export const objectStates = readVerbs(table('states', 'objectStates'));

/** *Mi piace il caffè*: the Italian subject is what is liked. */
export const feelings = readVerbs(table('states', 'feelings'));

/** What things do. */
export const thingActions = readVerbs(table('states', 'thingActions'));

/** What animals do. */
export const animalActions = readVerbs(table('states', 'animalActions'));

/** What one has done in one's life, or never. */
export const experiences = readVerbs(table('states', 'experiences'));

export const be = readVerb('essere <adjective> | be <adjective> | state');
