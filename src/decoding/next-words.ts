import { Random } from '../support/random.ts';
import { BOS, EOS, PAD, UNKNOWN } from '../vocabulary/vocabulary.ts';
import type { SearchSettings } from './search-options.ts';

/** Whether a search needs the probabilities of all words, not only those of the most probable ones. */
export function needsAllWords({ sample, noRepeatNgram, repetitionPenalty, prefix }: SearchSettings): boolean {
  return sample || noRepeatNgram > 0 || repetitionPenalty > 1 || prefix !== undefined;
}

/** Whether a word may be generated, whatever came before. @param length of the hypothesis with it, eos included */
export function isAllowed(word: number, length: number, settings: SearchSettings): boolean {
  if (word === EOS) return length > settings.minOutputLength;
  return word !== PAD && word !== BOS && (settings.unknownWords || word !== UNKNOWN);
}

/**
 * The criterion for the next word: the log probabilities of all words, minus infinity for those not allowed.
 * @param logProbabilities [V] from the model; unchanged
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
  // Keskar et al. 2019 (arXiv 1909.05858), with log probabilities, which are all negative, instead of logits
  for (const word of new Set(said)) result[word] = (result[word] as number) * repetitionPenalty;
  const forbid = (word: number) => {
    result[word] = Number.NEGATIVE_INFINITY;
  };
  for (const word of repeating(said, settings.noRepeatNgram)) forbid(word);
  const first = prefix?.ids.length === said.length ? prefix.goesOn : undefined;
  for (let word = 0; word < result.length; word++) {
    if (first?.(word) === false || (word <= EOS && !isAllowed(word, said.length + 1, settings))) forbid(word);
  }
  // a text without an allowed continuation ends
  if (result.every((value) => value === Number.NEGATIVE_INFINITY)) result[EOS] = logProbabilities[EOS] as number;
  return result;
}

/** The words that would make the last n words repeat earlier ones; none if n is 0. */
function repeating(said: readonly number[], n: number): number[] {
  if (n === 0) return [];
  const last = said.slice(said.length - n + 1);
  return said.filter((_, end) => end >= n - 1 && last.every((word, i) => word === said[end - n + 1 + i]));
}

/** The indices of the `count` largest numbers above minus infinity, largest first; of ties the first. */
export function topIndices(values: Float32Array, count: number): number[] {
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
 * Samples a word, each with its probability to the power of 1 / temperature, among the `topK` most probable ones (0:
 * all; Fan et al. 2018), restricted to the smallest set of the most probable ones whose probabilities sum to `topP`
 * (Holtzman et al. 2020; 1: all).
 * @param logs [V]; minus infinity is never drawn, and at least one is above it
 * @param key of the random number
 */
export function drawWord(
  logs: Float32Array,
  { temperature, topK, topP }: Pick<SearchSettings, 'temperature' | 'topK' | 'topP'>,
  key: readonly (string | number)[],
): number {
  const greatestLog = logs.reduce((a, b) => Math.max(a, b));
  const weights = Float64Array.from(logs, (log) => Math.exp((log - greatestLog) / temperature));
  let words = topK > 0 ? topIndices(logs, topK) : [...weights.keys()].filter((word) => (weights[word] as number) > 0);
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

/** The smallest set of words, most probable first, whose weights sum to `enough`. */
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
