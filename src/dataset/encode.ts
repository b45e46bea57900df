import type { Vocabulary } from '../vocabulary/vocabulary.ts';

/** The two vocabularies of a translator. */
export interface Vocabularies {
  readonly source: Vocabulary;
  readonly target: Vocabulary;
}

/** The ids of some pairs, without bos and eos, in two flat arrays that pass between threads without a copy. */
export interface EncodedPairs {
  /** The ids of the first source, then of its target, then of the second source... */
  readonly ids: Int32Array<ArrayBuffer>;
  /** How many ids each of them has: two numbers a pair. */
  readonly lengths: Int32Array<ArrayBuffer>;
}

/** Encodes pairs given as TSV: `source<TAB>target`, line feeds between them. */
export function encodePairs(tsv: string, vocabularies: Vocabularies): EncodedPairs {
  const lengths: number[] = [];
  const ids: number[] = [];
  const append = (side: readonly number[]) => {
    lengths.push(side.length);
    for (const id of side) ids.push(id);
  };
  for (const line of tsv.split('\n')) {
    const tab = line.indexOf('\t');
    append(vocabularies.source.encode(line.slice(0, tab)));
    append(vocabularies.target.encode(line.slice(tab + 1)));
  }
  return { ids: Int32Array.from(ids), lengths: Int32Array.from(lengths) };
}
