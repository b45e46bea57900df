import { Random } from '../support/random.ts';
import { BOS, EOS, PAD, UNKNOWN } from '../vocabulary/vocabulary.ts';
import type { SearchSettings } from './search-options.ts';

/** Whether a search has to see the probabilities of all words, not only those of the most probable ones. */
export function needsAllWords({ sample, noRepeatNgram, repetitionPenalty, prefix }: SearchSettings): boolean {
  return sample || noRepeatNgram > 0 || repetitionPenalty > 1 || prefix !== undefined;
}

/** Whether a word may be said, whatever was said before. @param length of the hypothesis with it, eos counted */
export function isAllowed(word: number, length: number, settings: SearchSettings): boolean {
  if (word === EOS) return length > settings.minOutputLength;
  return word !== PAD && word !== BOS && (settings.unknownWords || word !== UNKNOWN);
}

/**
 * What the next word is chosen by: the log probabilities of all words, minus infinity for those that may not be said.
 * @param logProbabilities [V] of the model; it is not changed
 * @param said the words so far
 */
export function preferences(
  logProbabilities: Float32Array,
  said: readonly number[],
  settings: SearchSettings,
): Float32Array {
  const { prefix, repetitionPenalty } = settings;
  const forced = prefix?.ids[said.length];
  if (forced !== undefined) {
    const only = new Float32Array(logProbabilities.length).fill(Number.NEGATIVE_INFINITY);
    only[forced] = logProbabilities[forced] as number;
    return only;
  }
  const result = Float32Array.from(logProbabilities);
  // Keskar et al. 2019 (arXiv 1909.05858), with log probabilities, which are all negative, in the place of logits
  for (const word of new Set(said)) result[word] = (result[word] as number) * repetitionPenalty;
  const forbid = (word: number) => {
    result[word] = Number.NEGATIVE_INFINITY;
  };
  for (const word of repeating(said, settings.noRepeatNgram)) forbid(word);
  const first = prefix?.ids.length === said.length ? prefix.goesOn : undefined;
  for (let word = 0; word < result.length; word++) {
    if (first?.(word) === false || (word <= EOS && !isAllowed(word, said.length + 1, settings))) forbid(word);
  }
  // a text that cannot go on ends
  if (result.every((value) => value === Number.NEGATIVE_INFINITY)) result[EOS] = logProbabilities[EOS] as number;
  return result;
}

/** The words after which the last n words would be some that were said before; none where n is 0. */
function repeating(said: readonly number[], n: number): number[] {
  if (n === 0) return [];
  const last = said.slice(said.length - n + 1);
  return said.filter((_, end) => end >= n - 1 && last.every((word, i) => word === said[end - n + 1 + i]));
}

/** The places of the `count` greatest numbers that are more than minus infinity, greatest first; of equal ones the first. */
export function greatest(values: Float32Array, count: number): number[] {
  const best: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as number;
    if (!(value > least)) continue;
    let at = best.length;
    while (at > 0 && value > (values[best[at - 1] as number] as number)) at--;
    best.splice(at, 0, place);
    if (best.length > count) best.pop();
    if (best.length === count) least = values[best[count - 1] as number] as number;
  }
  return best;
}

/**
 * Draws a word: each with its probability to the power of 1 / temperature, among the `topK` most probable ones (0: all;
 * Fan et al. 2018), of which only the fewest most probable ones that have `topP` of the probability together count
 * (Holtzman et al. 2020; 1: all).
 * @param logs [V]; minus infinity is never drawn, and one at least is more
 * @param key of the random number
 */
export function drawWord(
  logs: Float32Array,
  { temperature, topK, topP }: Pick<SearchSettings, 'temperature' | 'topK' | 'topP'>,
  key: readonly (string | number)[],
): number {
  const greatestLog = logs.reduce((a, b) => Math.max(a, b));
  const weights = Float64Array.from(logs, (log) => Math.exp((log - greatestLog) / temperature));
  let words = topK > 0 ? greatest(logs, topK) : [...weights.keys()].filter((word) => (weights[word] as number) > 0);
  let total = sumOf(words, weights);
  if (topP < 1) {
    words = nucleus(words, weights, topP * total);
    total = sumOf(words, weights);
  }
  let left = new Random(...key).uniform() * total;
  for (const word of words) {
    left -= weights[word] as number;
    if (left < 0) return word;
  }
  return words.at(-1) as number;
}

/** The fewest words, most probable first, whose weights are `enough` together. */
function nucleus(words: readonly number[], weights: Float64Array, enough: number): number[] {
  const sorted = words.toSorted((a, b) => (weights[b] as number) - (weights[a] as number));
  let sum = 0;
  const last = sorted.findIndex((word) => {
    sum += weights[word] as number;
    return sum >= enough;
  });
  return last < 0 ? sorted : sorted.slice(0, last + 1);
}

function sumOf(words: readonly number[], weights: Float64Array): number {
  return words.reduce((sum, word) => sum + (weights[word] as number), 0);
}
