import { bootstrapScores, checkDraws, defaultSeed, type Interval, interval95 } from './bootstrap.ts';
import { type Metric, type SentenceStatistics, sentenceStatistics, signatureOf, sumStatistics } from './metric.ts';

/** Whether a score comes with an interval. */
export interface ConfidenceOptions {
  /** The number of bootstrap resamples for the interval (sacreBLEU's default is 1,000); by default no interval. */
  readonly resamples?: number;
  /** Which resamples are drawn. */
  readonly seed?: number;
}

/** A score, its signature (in sacreBLEU's form, with attn's version) and, if requested, its confidence interval. */
export type Signed<Score> = Score & { readonly signature: string; readonly ci95?: Interval };

/**
 * A metric's score of a corpus.
 * @param references one or more sets of references, each as long as `hypotheses` (as in sacreBLEU: a list of files)
 * @throws InputError without sentences or reference sets, for sets of another length, or for less than one resample
 */
export function corpusScore<Score extends { readonly score: number }>(
  metric: Metric<Score>,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  confidence: ConfidenceOptions = {},
): Signed<Score> {
  return scoreStatistics(metric, sentenceStatistics(metric, hypotheses, references), references.length, confidence);
}

/**
 * Like `corpusScore`, from statistics computed earlier: for resampling, or for scoring in several ways.
 * @throws InputError for less than one resample
 */
export function scoreStatistics<Score extends { readonly score: number }>(
  metric: Metric<Score>,
  statistics: SentenceStatistics,
  referenceSets: number,
  { resamples, seed = defaultSeed }: ConfidenceOptions = {},
): Signed<Score> {
  const score = metric.evaluate(sumStatistics(statistics));
  if (resamples === undefined) return { ...score, signature: signatureOf(metric, referenceSets) };
  checkDraws('resamples', resamples);
  return {
    ...score,
    signature: signatureOf(metric, referenceSets, `bs:${resamples}|seed:${seed}`),
    ci95: interval95(bootstrapScores(metric, statistics, resamples, seed)),
  };
}

/** A metric's score of one sentence against its references. */
export function sentenceScore<Score extends { readonly score: number }>(
  metric: Metric<Score>,
  hypothesis: string,
  references: readonly string[],
): Signed<Score> {
  return corpusScore(
    metric,
    [hypothesis],
    references.map((reference) => [reference]),
  );
}
