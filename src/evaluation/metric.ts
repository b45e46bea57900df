import { InputError } from '../support/errors.ts';
import { version } from '../support/version.ts';

/**
 * What a score needs to know about each sentence, `width` numbers per sentence. The score of any set of sentences is a
 * function of the sum of their numbers, so resampling a test set never looks at its text again.
 */
export interface SentenceStatistics {
  readonly sentences: number;
  readonly width: number;
  /** width x sentences: the first number of every sentence, then the second, ... so that sums run along memory. */
  readonly values: Float64Array;
}

/** A corpus score as a pair of functions: from text to sufficient statistics, and from their sum to a score. */
export interface Metric<Score extends { readonly score: number }> {
  /** As printed by sacreBLEU: `BLEU`, `chrF2`, `chrF2++`, `TER`. */
  readonly name: string;
  /** Whether more is better; TER counts errors. */
  readonly higherIsBetter: boolean;
  readonly width: number;
  /** The settings in the signature, in sacreBLEU's order: `case:mixed|eff:no|tok:13a|smooth:exp`. */
  readonly settings: string;
  /** The statistics of one sentence: `width` numbers. */
  sentence(hypothesis: string, references: readonly string[]): readonly number[];
  /** The score of summed statistics, in percent, with its components. */
  evaluate(totals: ArrayLike<number>): Score;
}

/**
 * The statistics of each sentence.
 * @param references one or more sets of references, each as long as `hypotheses` (as in sacreBLEU: a list of files)
 * @throws InputError without sentences or reference sets, or for sets of another length
 */
export function sentenceStatistics(
  metric: Metric<{ readonly score: number }>,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): SentenceStatistics {
  checkParallel(hypotheses, references);
  const values = new Float64Array(hypotheses.length * metric.width);
  hypotheses.forEach((hypothesis, i) => {
    const row = metric.sentence(
      hypothesis,
      references.map((set) => set[i]!),
    );
    for (let k = 0; k < metric.width; k++) values[k * hypotheses.length + i] = row[k]!;
  });
  return { sentences: hypotheses.length, width: metric.width, values };
}

/** The sum over all sentences, or over the given ones (one given twice counts twice). */
export function sumStatistics(
  { width, values, sentences }: SentenceStatistics,
  chosen?: readonly number[] | Int32Array,
): Float64Array {
  return Float64Array.from({ length: width }, (_, k) => {
    const column = values.subarray(k * sentences, (k + 1) * sentences);
    let sum = 0;
    if (chosen) for (let i = 0; i < chosen.length; i++) sum += column[chosen[i]!]!;
    else for (let i = 0; i < sentences; i++) sum += column[i]!;
    return sum;
  });
}

/** `nrefs:1|case:mixed|...|version:attn-X.Y.Z`; `sampling` (`bs:1000|seed:12345`) goes where sacreBLEU puts it. */
export function signatureOf(
  metric: Metric<{ readonly score: number }>,
  referenceSets: number,
  sampling?: string,
): string {
  const parts = [`nrefs:${referenceSets}`, sampling, metric.settings, `version:attn-${version}`];
  return parts.filter((part) => part !== undefined).join('|');
}

function checkParallel(hypotheses: readonly string[], references: readonly (readonly string[])[]): void {
  if (hypotheses.length === 0) throw new InputError('no sentence to score');
  if (references.length === 0) throw new InputError('no reference to score against');
  const other = references.findIndex((set) => set.length !== hypotheses.length);
  if (other >= 0) {
    throw new InputError(
      `${hypotheses.length} hypotheses, but ${references[other]!.length} sentences in reference set ${other + 1}`,
      { remedy: 'hypothesis i and reference i must belong to the same sentence' },
    );
  }
}
