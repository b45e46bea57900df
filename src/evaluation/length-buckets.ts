import { splitWords, visibleCodePoints } from './whitespace.ts';
import { hasNoSpaces, unspacedLanguage } from './writing.ts';

/** What the length of a sentence is counted in. */
export type LengthUnit = 'words' | 'characters';

/** How long sentences are: in words apart by spaces, or in characters where their language has no spaces. */
export function sentenceLengths(sentences: readonly string[]): {
  readonly unit: LengthUnit;
  readonly lengths: readonly number[];
} {
  return hasNoSpaces(unspacedLanguage(sentences))
    ? { unit: 'characters', lengths: sentences.map((sentence) => visibleCodePoints(sentence).length) }
    : { unit: 'words', lengths: sentences.map((sentence) => splitWords(sentence).length) };
}

/** Sentences of similar length. */
export interface LengthBucket {
  /** The fewest and the most words (or characters); `to` is null for the last bucket, which has no upper end. */
  readonly from: number;
  readonly to: number | null;
  /** Which sentences, by index. */
  readonly sentences: readonly number[];
}

/** The most words of each bucket but the last: narrow where everyday sentences are, tens beyond. */
export const defaultLimits: readonly number[] = [3, 5, 7, 10, 15, 20, 30, 50];

/**
 * Sorts sentences by length; buckets without a sentence are left out.
 * @param lengths of `sentenceLengths`, one a sentence
 * @param limits the most words of each bucket but the last, rising
 */
export function lengthBuckets(lengths: readonly number[], limits: readonly number[] = defaultLimits): LengthBucket[] {
  const buckets = [...limits, null].map((to, i) => ({
    from: i === 0 ? 0 : limits[i - 1]! + 1,
    to,
    sentences: [] as number[],
  }));
  lengths.forEach((length, sentence) => {
    buckets.find(({ to }) => to === null || length <= to)!.sentences.push(sentence);
  });
  return buckets.filter((bucket) => bucket.sentences.length > 0);
}
