import { InputError } from '../support/errors.ts';
import { Random } from '../support/random.ts';
import { type Metric, type SentenceStatistics, sumStatistics } from './metric.ts';

/** The default seed: sacreBLEU's. */
export const defaultSeed = 12345;

/**
 * The 95 % confidence interval of a score, and the mean over the resamples. sacreBLEU's `±` is half of `high - low`.
 */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The score of each of `resamples` test sets drawn from the sentences with replacement, each as large as the original
 * (Koehn 2004, W04-3250). The draw depends only on the seed and the number of sentences, so two systems, or two
 * metrics, scored with the same seed get the same sentences: their differences are paired.
 */
export function bootstrapScores(
  metric: Metric<{ readonly score: number }>,
  statistics: SentenceStatistics,
  resamples: number,
  seed: number,
): Float64Array {
  const { sentences } = statistics;
  const drawn = new Int32Array(sentences);
  return Float64Array.from({ length: resamples }, (_, resample) => {
    const random = new Random(seed, 'bootstrap', resample);
    for (let i = 0; i < sentences; i++) drawn[i] = Math.floor(random.uniform() * sentences);
    return metric.evaluate(sumStatistics(statistics, drawn)).score;
  });
}

/**
 * @param name the option for the number of draws
 * @throws InputError unless it is a whole number of at least 1
 */
export function checkDraws(name: string, draws: number): void {
  if (Number.isInteger(draws) && draws >= 1) return;
  throw new InputError(`${draws} draws are too few`, { where: name, remedy: 'a whole number of at least 1' });
}

/** The middle 95 % of resampled scores, cut off where sacreBLEU does: one in forty at each end. */
export function interval95(scores: Float64Array): Interval {
  const sorted = scores.toSorted();
  const cut = Math.floor(sorted.length / 40);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return { mean, low: sorted[cut]!, high: sorted[sorted.length - cut - 1]! };
}
