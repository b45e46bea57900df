import { splitWords } from '../corpus/whitespace.ts';
import { matchNgrams, ngramCount, numberWords } from './ngrams.ts';

/** Means over sentences in [0, 1], as notebooks report them with NLTK. */
export interface NltkMeans {
  /** Mean of `sentence_bleu(references, hypothesis, weights=[1])`: unigram precision with the brevity penalty. */
  readonly bleu1: number;
  /** Mean of `sentence_bleu(..., smoothing_function=SmoothingFunction().method4)`: order 4, Chen & Cherry's smoothing. */
  readonly bleu4: number;
}

/**
 * The means of NLTK's sentence BLEU (3.10), with words split at whitespace like `str.split()`. Not a score to publish:
 * a mean over sentences favours short ones, and words are whatever is between spaces. It is here for comparison with
 * scores that were reported this way.
 * @param references one or more sets of references, each as long as `hypotheses`
 */
export function nltkMeans(hypotheses: readonly string[], references: readonly (readonly string[])[]): NltkMeans {
  const numbers = numberWords();
  const words = (sentence: string) => numbers(splitWords(sentence));
  let bleu1 = 0;
  let bleu4 = 0;
  hypotheses.forEach((hypothesis, i) => {
    const scores = nltkScores(
      words(hypothesis),
      references.map((set) => words(set[i]!)),
    );
    bleu1 += scores.bleu1;
    bleu4 += scores.bleu4;
  });
  return { bleu1: bleu1 / hypotheses.length, bleu4: bleu4 / hypotheses.length };
}

/** The two scores of one sentence, given as word numbers. */
function nltkScores(hypothesis: readonly number[], references: readonly (readonly number[])[]): NltkMeans {
  const { length } = hypothesis;
  const matches = matchNgrams(hypothesis, references, 4);
  if (matches[0] === 0) return { bleu1: 0, bleu4: 0 };
  const penalty = brevityPenalty(length, references);
  let logarithms = 0;
  let smoothed = 0;
  matches.forEach((count, n) => {
    const total = Math.max(1, ngramCount(length, n + 1)); // NLTK: an order without n-grams has a total of 1
    if (count > 0) logarithms += Math.log(count / total) / 4;
    else if (length > 1) logarithms += Math.log(Math.log(length) / (2 ** ++smoothed * 5) / total) / 4;
    // NLTK also leaves out an order that method 4 does not smooth, so that one right word scores 1
  });
  return { bleu1: (penalty * matches[0]!) / length, bleu4: penalty * Math.exp(logarithms) };
}

function brevityPenalty(length: number, references: readonly (readonly number[])[]): number {
  const gap = Math.min(...references.map((reference) => Math.abs(reference.length - length)));
  const closest = references.some((reference) => reference.length === length - gap) ? length - gap : length + gap;
  return length > closest ? 1 : Math.exp(1 - closest / length);
}
