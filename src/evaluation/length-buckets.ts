import { splitWords, visibleCodePoints } from '../corpus/whitespace.ts';
import { hasNoSpaces, unspacedLanguage } from './writing.ts';

/** The unit of sentence length. */
export type LengthUnit = 'words' | 'characters';

/** The lengths of sentences: in words separated by spaces, or in characters if their language has no spaces. */
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
  /**
   * The minimum and maximum number of words (or characters); `to` is null for the last bucket, which has no upper
   * limit.
   */
  readonly from: number;
  readonly to: number | null;
  /** The sentences, by index. */
  readonly sentences: readonly number[];
}

/** The maximum number of words of each bucket but the last: narrow for everyday sentences, tens beyond. */
export const defaultLimits: readonly number[] = [3, 5, 7, 10, 15, 20, 30, 50];

/**
 * Sorts sentences into buckets by length; empty buckets are left out.
 * @param lengths from `sentenceLengths`, one per sentence
 * @param limits the maximum number of words of each bucket but the last, ascending
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
