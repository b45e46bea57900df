import { splitWords, visibleCodePoints } from '../corpus/whitespace.ts';
import { type ConfidenceOptions, corpusScore, type Signed, sentenceScore } from './corpus-score.ts';
import type { Metric } from './metric.ts';
import { matchNgrams, ngramCount, numberWords } from './ngrams.ts';

/** How chrF is computed. */
export interface ChrfOptions {
  /** The highest order of word n-grams counted besides the characters': 0 is chrF, 2 is chrF++. 0 by default. */
  readonly wordOrder?: 0 | 2;
  /** Ignores case. */
  readonly lowercase?: boolean;
}

/** chrF in percent. */
export interface Chrf {
  readonly score: number;
}

/** chrF with its signature. */
export type ChrfScore = Signed<Chrf>;

const CHARACTER_ORDER = 6;
/** Recall counts BETA times as much as precision. */
const BETA = 2;

/**
 * chrF2 (Popović 2015, W15-3049) and chrF2++ (Popović 2017, W17-4770) as in sacreBLEU 2.6.0: character n-grams up to
 * order 6 without whitespace, effective order, and of several references the one that scores best.
 */
export function chrf(options: ChrfOptions = {}): Metric<Chrf> {
  const { wordOrder = 0, lowercase = false } = options;
  const numbers = numberWords();
  /** What is counted in a sentence: its characters and, for chrF++, its words. */
  const sequences = (sentence: string) => {
    const text = lowercase ? sentence.toLowerCase() : sentence;
    const characters = { symbols: visibleCodePoints(text), order: CHARACTER_ORDER };
    return wordOrder === 0
      ? [characters]
      : [characters, { symbols: numbers(splitPunctuation(splitWords(text))), order: wordOrder }];
  };
  return {
    name: `chrF${BETA}${'+'.repeat(wordOrder)}`,
    higherIsBetter: true,
    width: 3 * (CHARACTER_ORDER + wordOrder),
    settings: `case:${lowercase ? 'lc' : 'mixed'}|eff:yes|nc:${CHARACTER_ORDER}|nw:${wordOrder}|space:no`,
    sentence(hypothesis, references) {
      const hypothesisSequences = sequences(hypothesis);
      const candidates = references.map((reference) =>
        sequences(reference).flatMap(({ symbols, order }, kind) =>
          statistics(hypothesisSequences[kind]!.symbols, symbols, order),
        ),
      );
      return candidates.reduce((best, other) => (fScore(other) > fScore(best) ? other : best));
    },
    evaluate: (totals) => ({ score: fScore(totals) }),
  };
}

/** chrF of a corpus; see `corpusScore` for the shape of `references`, the interval and the errors. */
export function corpusChrf(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: ChrfOptions & ConfidenceOptions = {},
): ChrfScore {
  return corpusScore(chrf(options), hypotheses, references, options);
}

/** chrF of one sentence against one or more references. */
export function sentenceChrf(hypothesis: string, references: readonly string[], options: ChrfOptions = {}): ChrfScore {
  return sentenceScore(chrf(options), hypothesis, references);
}

/**
 * For each order the number of n-grams: of the hypothesis (0 if the reference has none of that order), of the
 * reference, in both.
 */
function statistics(hypothesis: readonly number[], reference: readonly number[], highest: number): number[] {
  return matchNgrams(hypothesis, [reference], highest).flatMap((matches, n) => {
    const inReference = ngramCount(reference.length, n + 1);
    return [inReference > 0 ? ngramCount(hypothesis.length, n + 1) : 0, inReference, matches];
  });
}

/** F_beta of precision and recall, averaged over the orders that both sides have. */
function fScore(totals: ArrayLike<number>): number {
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let i = 0; i < totals.length; i += 3) {
    if (totals[i]! === 0 || totals[i + 1]! === 0) continue;
    precision += totals[i + 2]! / totals[i]!;
    recall += totals[i + 2]! / totals[i + 1]!;
    orders++;
  }
  if (precision + recall === 0) return 0;
  precision /= orders;
  recall /= orders;
  const factor = BETA ** 2;
  return 100 * (((1 + factor) * precision * recall) / (factor * precision + recall));
}

const punctuation = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');

/** Splits one punctuation mark off the end of each word or, if there is none, off its start (like Popović's chrF++). */
function splitPunctuation(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    if (word.length > 1 && punctuation.has(word.at(-1)!)) return [word.slice(0, -1), word.at(-1)!];
    if (word.length > 1 && punctuation.has(word[0]!)) return [word[0]!, word.slice(1)];
    return [word];
  });
}
