import { splitWords } from '../corpus/whitespace.ts';
import { type ConfidenceOptions, corpusScore, type Signed, sentenceScore } from './corpus-score.ts';
import type { Metric } from './metric.ts';
import { numberWords } from './ngrams.ts';
import { countEdits } from './shifts.ts';

/** TER in percent (it may exceed 100): edits over reference words. */
export interface Ter {
  readonly score: number;
  readonly edits: number;
  /** In words, averaged over a sentence's references. */
  readonly referenceLength: number;
}

/** TER with its signature. */
export type TerScore = Signed<Ter>;

/** How TER is computed. */
export interface TerOptions {
  /** Splits Chinese and Japanese characters and punctuation marks, as tercom normalises: for text without spaces. */
  readonly asian?: boolean;
}

/**
 * Translation edit rate (Snover et al. 2006): the fewest insertions, deletions, substitutions and shifts of word blocks
 * that turn the hypothesis into a reference, as in sacreBLEU 2.6.0 by default: ignoring case, words split at
 * whitespace.
 */
export function ter({ asian = false }: TerOptions = {}): Metric<Ter> {
  const numbers = numberWords();
  /** @param times sacreBLEU normalises references twice and hypotheses once, which makes a difference in `Tom's.` */
  const words = (sentence: string, times: number) => {
    let text = sentence.toLowerCase();
    for (let i = 0; asian && i < times; i++) text = splitWords(normalizeAsian(text)).join(' ');
    return numbers(splitWords(text));
  };
  return {
    name: 'TER',
    higherIsBetter: false,
    width: 2,
    settings: `case:lc|tok:tercom|norm:${asian ? 'yes' : 'no'}|punct:yes|asian:${asian ? 'yes' : 'no'}`,
    sentence(hypothesis, references) {
      const hypothesisWords = words(hypothesis, 1);
      const referenceWords = references.map((reference) => words(reference, 2));
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
  options: TerOptions & ConfidenceOptions = {},
): TerScore {
  return corpusScore(ter(options), hypotheses, references, options);
}

/** TER of one sentence against one or more references. */
export function sentenceTer(hypothesis: string, references: readonly string[], options: TerOptions = {}): TerScore {
  return sentenceScore(ter(options), hypothesis, references);
}

/**
 * Resolves entities and splits off punctuation: tercom's general and Western part, then its Asian one, as in sacreBLEU.
 */
function normalizeAsian(text: string): string {
  const western = text
    .replaceAll('\n-', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  return ` ${western} `
    .replace(/([{-~[-` -&(-+:-@/])/g, ' $1 ')
    .replace(/'s /g, " 's ")
    .replace(/'s$/g, " 's")
    .replace(/([^0-9])([.,])/g, '$1 $2 ')
    .replace(/([.,])([^0-9])/g, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ')
    .replace(/[\u4e00-\u9fff\u3400-\u4dbf\u31c0-\u31ef\u2e80-\u2eff\u3300-\u33ff\uf900-\ufaff\ufe30-\ufe4f]/g, ' $& ')
    .replace(/[\u3200-\u3f22]/g, ' $& ')
    .replace(/[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb]/g, ' $& ')
    .replace(/[\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]/g, ' $& ');
}
