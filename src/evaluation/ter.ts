import { type ConfidenceOptions, corpusScore, type Signed, sentenceScore } from './corpus-score.ts';
import type { Metric } from './metric.ts';
import { numberWords } from './ngrams.ts';
import { countEdits } from './shifts.ts';
import { splitWords } from './whitespace.ts';

/** TER in percent (it may exceed 100): edits over reference words. */
export interface Ter {
  readonly score: number;
  readonly edits: number;
  /** In words, averaged over a sentence's references. */
  readonly referenceLength: number;
}

export type TerScore = Signed<Ter>;

/**
 * Translation edit rate (Snover et al. 2006): the fewest insertions, deletions, substitutions and shifts of word blocks
 * that turn the hypothesis into a reference, as sacreBLEU 2.6.0 counts it unless told otherwise: without regard to case,
 * words apart by whitespace.
 */
export function ter(): Metric<Ter> {
  const numbers = numberWords();
  const words = (sentence: string) => numbers(splitWords(sentence.toLowerCase()));
  return {
    name: 'TER',
    higherIsBetter: false,
    width: 2,
    settings: 'case:lc|tok:tercom|norm:no|punct:yes|asian:no',
    sentence(hypothesis, references) {
      const hypothesisWords = words(hypothesis);
      const referenceWords = references.map(words);
      const edits = Math.min(...referenceWords.map((list) => countEdits(hypothesisWords, list)));
      const length = referenceWords.reduce((sum, list) => sum + list.length, 0) / referenceWords.length;
      return [edits, length];
    },
    evaluate(totals) {
      const [edits = 0, referenceLength = 0] = Array.from(totals);
      const rate = referenceLength > 0 ? edits / referenceLength : edits > 0 ? 1 : 0;
      return { score: 100 * rate, edits, referenceLength };
    },
  };
}

/** TER of a corpus; see `corpusScore` for the shape of `references`, the interval and the errors. */
export function corpusTer(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: ConfidenceOptions = {},
): TerScore {
  return corpusScore(ter(), hypotheses, references, options);
}

/** TER of one sentence against one or more references. */
export function sentenceTer(hypothesis: string, references: readonly string[]): TerScore {
  return sentenceScore(ter(), hypothesis, references);
}
