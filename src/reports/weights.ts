import type { WordGroups } from '../vocabulary/word-groups.ts';

/** T rows (target) of S numbers (source): row t is where the model looked while it wrote target piece t. */
export type Weights = readonly (readonly number[])[];

/** Sums over the pieces of each source word, then averages over the pieces of each target word: rows keep their sum. */
export function mergeWeights(weights: Weights, target: WordGroups, source: WordGroups): Weights {
  const merged = target.words.map(() => source.words.map(() => 0));
  const rowsPerWord = target.words.map(() => 0);
  weights.forEach((row, t) => {
    const word = target.wordOf[t]!;
    rowsPerWord[word]! += 1;
    row.forEach((weight, s) => {
      merged[word]![source.wordOf[s]!]! += weight;
    });
  });
  return merged.map((row, word) => row.map((sum) => sum / rowsPerWord[word]!));
}
