import type { TokenizerName } from '../config/tokenizer-names.ts';
import { type ConfidenceOptions, corpusScore, type Signed, sentenceScore } from './corpus-score.ts';
import type { Metric } from './metric.ts';
import { matchNgrams, ngramCount, numberWords } from './ngrams.ts';
import { builtInTokenizer, type Tokenizer } from './tokenizers.ts';

/** How BLEU is computed. */
export interface BleuOptions {
  /** How sentences are split into words: `13a` by default. */
  readonly tokenize?: TokenizerName | Tokenizer;
  /** Ignores case. */
  readonly lowercase?: boolean;
  /** Leaves out orders for which a short sentence has no n-grams: for scores of single sentences. */
  readonly effectiveOrder?: boolean;
}

/** BLEU in percent and its components; lists have one number for each order from 1 to 4. */
export interface Bleu {
  readonly score: number;
  /** The percentage of the hypotheses' n-grams found in the references, smoothed where there are none. */
  readonly precisions: readonly number[];
  /** The brevity penalty, in [0, 1]. */
  readonly bp: number;
  /** Hypothesis length over reference length. */
  readonly ratio: number;
  /** In words, as tokenized. */
  readonly hypothesisLength: number;
  readonly referenceLength: number;
  readonly counts: readonly number[];
  readonly totals: readonly number[];
}

/** BLEU with its signature. */
export type BleuScore = Signed<Bleu>;

const ORDER = 4;

/**
 * BLEU (Papineni et al. 2002, P02-1040) as in sacreBLEU 2.6.0: order 4, exponential smoothing, the closest reference's
 * length.
 */
export function bleu(options: BleuOptions = {}): Metric<Bleu> {
  const { tokenize = '13a', lowercase = false, effectiveOrder = false } = options;
  const tokenizer = typeof tokenize === 'string' ? builtInTokenizer(tokenize) : tokenize;
  const numbers = numberWords();
  const words = (sentence: string) => numbers(tokenizer.words(lowercase ? sentence.toLowerCase() : sentence));
  return {
    name: 'BLEU',
    higherIsBetter: true,
    width: 2 + 2 * ORDER,
    settings: `case:${lowercase ? 'lc' : 'mixed'}|eff:${effectiveOrder ? 'yes' : 'no'}|tok:${tokenizer.signature}|smooth:exp`,
    sentence(hypothesis, references) {
      const hypothesisWords = words(hypothesis);
      const referenceWords = references.map(words);
      const { length } = hypothesisWords;
      return [
        length,
        closestLength(
          length,
          referenceWords.map((list) => list.length),
        ),
        ...matchNgrams(hypothesisWords, referenceWords, ORDER),
        ...Array.from({ length: ORDER }, (_, n) => ngramCount(length, n + 1)),
      ];
    },
    evaluate: (totals) => evaluate(totals, effectiveOrder),
  };
}

/** BLEU of a corpus; see `corpusScore` for the shape of `references`, the interval and the errors. */
export function corpusBleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions & ConfidenceOptions = {},
): BleuScore {
  return corpusScore(bleu(options), hypotheses, references, options);
}

/** BLEU of one sentence against one or more references, with effective order. */
export function sentenceBleu(
  hypothesis: string,
  references: readonly string[],
  options: Omit<BleuOptions, 'effectiveOrder'> = {},
): BleuScore {
  return sentenceScore(bleu({ ...options, effectiveOrder: true }), hypothesis, references);
}

/** The length closest to the hypothesis's; of two equally close, the shorter. */
function closestLength(length: number, candidates: readonly number[]): number {
  const distance = (candidate: number) => Math.abs(candidate - length);
  return candidates.reduce((best, other) => {
    const nearer = distance(other) - distance(best);
    return nearer < 0 || (nearer === 0 && other < best) ? other : best;
  });
}

function evaluate(sums: ArrayLike<number>, effectiveOrder: boolean): Bleu {
  const [hypothesisLength = 0, referenceLength = 0, ...rest] = Array.from(sums);
  const counts = rest.slice(0, ORDER);
  const totals = rest.slice(ORDER);
  const bp =
    hypothesisLength >= referenceLength
      ? 1
      : hypothesisLength > 0
        ? Math.exp(1 - referenceLength / hypothesisLength)
        : 0;
  const precisions = new Array<number>(ORDER).fill(0);
  const parts = { bp, ratio: referenceLength > 0 ? hypothesisLength / referenceLength : 0 };
  const details = { ...parts, hypothesisLength, referenceLength, counts, totals };
  if (counts.every((count) => count === 0)) return { score: 0, precisions, ...details };

  // From the first order without a match, a count of 1/2, 1/4, ... replaces 0.
  let smoothing = 1;
  let orders = ORDER;
  for (let n = 0; n < ORDER && totals[n]! > 0; n++) {
    if (effectiveOrder) orders = n + 1;
    if (counts[n] === 0) smoothing *= 2;
    precisions[n] = counts[n] === 0 ? 100 / (smoothing * totals[n]!) : (100 * counts[n]!) / totals[n]!;
  }
  const logarithms = precisions.slice(0, orders).reduce((sum, precision) => sum + Math.log(precision), 0);
  return { score: bp * Math.exp(logarithms / orders), precisions, ...details };
}
