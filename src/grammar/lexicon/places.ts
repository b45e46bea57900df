import type { Pair, Place } from '../syntax.ts';
import { readPairs } from './pairs.ts';
import { lines, outline, table } from './tables.ts';

/** A place as one is in it, goes to it and comes from it; Italian says *in cucina* for both being and going. */
export interface PlacePhrases {
  readonly at: Pair;
  readonly to: Pair;
  readonly from: Pair;
}

/**
 * A line a place: `in cucina, dalla cucina = in the kitchen`. *to* and *from* replace the first English word, unless all
 * three are given.
 */
function readPlaces(table: string): PlacePhrases[] {
  return lines(table).map((line) => {
    const [italian, english] = line.split(' = ') as [string, string];
    const [here, hence] = italian.split(', ') as [string, string];
    const [at, to, from] = english.split(', ') as [string, string?, string?];
    const name = at.slice(at.indexOf(' ') + 1);
    return {
      at: { italian: here, english: at },
      to: { italian: here, english: to ?? `to ${name}` },
      from: { italian: hence, english: from ?? `from ${name}` },
    };
  });
}

/** Kinds of place by what people do there. */
const placesByKind: Readonly<Record<string, readonly PlacePhrases[]>> = Object.fromEntries(
  outline(table('places', 'places')).map(([kind, body]) => [kind, readPlaces(body)]),
);

/** What a slot or a verb may name: a kind, or several. */
const unions = new Map(readPairs(table('places', 'unions')).map((pair) => [pair.italian, pair.english.split(' ')]));

/** The places of a kind or a union of kinds. */
export function placesOf(kind: string): readonly PlacePhrases[] {
  const places = placesByKind[kind] ?? unions.get(kind)?.flatMap((part) => placesByKind[part] as PlacePhrases[]);
  if (!places) throw new Error(`no places of kind ${kind}`);
  return places;
}

/** A place as a filler. */
export function placeFiller(place: PlacePhrases, role: 'at' | 'to' | 'from'): Place {
  return { type: 'place', words: place[role] };
}
