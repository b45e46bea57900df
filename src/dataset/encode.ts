import type { VocabularyPair } from '../vocabulary/pair.ts';

/** The ids of some pairs, without bos and eos, in two flat arrays that move between threads without a copy. */
export interface EncodedPairs {
  /** The ids of the first source, then of its target, then of the second source... */
  readonly ids: Int32Array<ArrayBuffer>;
  /** The number of ids in each of them: two numbers per pair. */
  readonly lengths: Int32Array<ArrayBuffer>;
}

/** Encodes the sides of some pairs: the first source, its target, the second source... */
export function encodeSides(sides: readonly string[], { source, target }: VocabularyPair): EncodedPairs {
  const lengths = new Int32Array(sides.length);
  const ids: number[] = [];
  for (const [i, sentence] of sides.entries()) {
    const side = (i % 2 === 0 ? source : target).encode(sentence);
    lengths[i] = side.length;
    for (const id of side) ids.push(id);
  }
  return { ids: Int32Array.from(ids), lengths };
}
