import type { Noun } from '../syntax.ts';
import { readPairs } from './pairs.ts';
import { readNouns } from './read-nouns.ts';
import { table, tables } from './tables.ts';

/** Every noun of the lexicon. A section's name is its kind of noun, and whether they are masses: `[meal mass]`. */
export const allNouns: readonly Noun[] = ['people', 'animals', 'food', 'things', 'culture', 'surroundings'].flatMap(
  (topic) =>
    [...tables(`nouns-${topic}`)].flatMap(([head, body]) => {
      const [kind, mass] = head.split(' ') as [string, string?];
      return readNouns(kind, body, mass === 'mass' ? 'mass' : 'counted');
    }),
);

/** Kinds that gather others; a slot may name either. */
const unions = Object.fromEntries(readPairs(table('kinds', 'unions')).map((pair) => [pair.italian, pair.english]));

/** Some nouns of a kind. */
const subsets = Object.fromEntries(
  readPairs(table('kinds', 'subsets')).map((pair) => [pair.italian, pair.english.split(': ') as [string, string]]),
);

const kinds = new Map<string, readonly Noun[]>();
for (const noun of allNouns) kinds.set(noun.kind, [...(kinds.get(noun.kind) ?? []), noun]);

/** The nouns of a kind or of a union of kinds. */
export function nounsOf(kind: string): readonly Noun[] {
  const known = kinds.get(kind);
  if (known) return known;
  const nouns = gathered(kind);
  kinds.set(kind, nouns);
  return nouns;
}

function gathered(kind: string): readonly Noun[] {
  const parts = unions[kind];
  if (parts !== undefined) return parts.split(' ').flatMap(nounsOf);
  const subset = subsets[kind];
  if (subset === undefined) throw new Error(`no nouns of kind ${kind}`);
  return subset[1].split(' ').map((word) => noun(subset[0], word));
}

/** One noun by its Italian word. */
export function noun(kind: string, italian: string): Noun {
  const found = nounsOf(kind).find((n) => n.italian.singular === italian);
  if (!found) throw new Error(`no noun ${italian} of kind ${kind}`);
  return found;
}
