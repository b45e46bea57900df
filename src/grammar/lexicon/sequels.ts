import type { Verb } from '../syntax.ts';
import { readVerb, readVerbs } from './read-verbs.ts';
import { outline, table } from './tables.ts';

/** What comes of something: one does the first with a thing, then one of the others with it. */
export interface Sequel {
  readonly first: Verb;
  readonly next: readonly Verb[];
}

const sequel = ([first, next]: readonly [string, string]): Sequel => ({
  first: readVerb(first),
  next: readVerbs(next),
});

/** *Ho comprato un libro e lo leggerò stasera*: the thing comes back as a pronoun in the first slot. */
export const sequels: readonly Sequel[] = outline(table('sequels', 'sequels')).map(sequel);

/** *Marco ha bisogno della chiave, ma non gliela darò*: wanted, and then given or not. */
export const wants: readonly Sequel[] = outline(table('sequels', 'wants')).map(sequel);

/** *Se vedo Marco, lo saluto*: what one does on meeting somebody. */
export const encounters = readVerbs(table('sequels', 'encounters'));

/** Seeing and meeting somebody. */
export const sightings = readVerbs(table('sequels', 'sightings'));

/** Putting things where they are found again. */
export const placings = readVerbs(table('sequels', 'placings'));

export const going = readVerb('andare <to city> | go <city>');
export const cityLove = readVerb('amare <settlement> | love <settlement> | state');

/** Many got, and some of them used up. */
export const portions: readonly (readonly [first: Verb, next: Verb, kind: string])[] = outline(
  table('sequels', 'portions'),
).map(([kind, body]) => {
  const [first, next] = readVerbs(body) as [Verb, Verb];
  return [first, next, kind];
});
