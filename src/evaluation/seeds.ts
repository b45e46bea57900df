import { Random } from '../support/random.ts';
import { bootstrapScores, defaultSeed } from './bootstrap.ts';
import type { Metric, SentenceStatistics } from './metric.ts';
import { sumStatistics } from './metric.ts';
import { defaultTrials } from './significance.ts';

/** Mean and sample standard deviation over several seeds; with one seed the deviation is 0. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** @throws RangeError for no values */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('no values');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}

/** The score of one trained model, and its scores on resampled test sets. */
export interface ResampledScore {
  readonly score: number;
  readonly resamples: Float64Array;
}

/** Scores a model and resamples its test set: with the same seed, all models get the same test sets. */
export function resampledScore(
  metric: Metric<{ readonly score: number }>,
  statistics: SentenceStatistics,
  { trials = defaultTrials.bootstrap, seed = defaultSeed } = {},
): ResampledScore {
  const { score } = metric.evaluate(sumStatistics(statistics));
  return { score, resamples: bootstrapScores(metric, statistics, trials, seed) };
}

/**
 * Whether two ways of training differ, each tried with several seeds: the difference of their mean scores, and the
 * two-sided probability that chance alone gives one as large. Chance covers both which sentences are tested and which
 * seeds were drawn; a test of two single models leaves out the latter (Clark et al. 2011, P11-2031).
 *
 * Each resample draws sentences, and K - 1 of K seeds, both with replacement: with K draws the bootstrap's variance of
 * a mean would be too small by (K - 1) / K (Rao and Wu 1988). With one seed there is nothing to draw, and the answer
 * holds only for these two models. Three seeds are few: be careful with a p near the limit.
 */
export function compareSeeds(
  baseline: readonly ResampledScore[],
  system: readonly ResampledScore[],
  seed = defaultSeed,
): { readonly delta: number; readonly p: number } {
  const mean = (runs: readonly ResampledScore[]) => spread(runs.map(({ score }) => score)).mean;
  const delta = mean(system) - mean(baseline);
  const trials = system[0]?.resamples.length ?? 0;
  const differences = Float64Array.from({ length: trials }, (_, trial) => {
    const random = new Random(seed, 'seeds', trial);
    const drawnMean = (runs: readonly ResampledScore[]): number => {
      const draws = Math.max(1, runs.length - 1);
      let sum = 0;
      for (let i = 0; i < draws; i++) sum += runs[random.integer(runs.length)]!.resamples[trial]!;
      return sum / draws;
    };
    const drawn = drawnMean(baseline);
    return drawnMean(system) - drawn;
  });
  const centre = differences.reduce((sum, difference) => sum + difference, 0) / trials;
  const larger = differences.reduce(
    (count, difference) => count + (Math.abs(difference - centre) >= Math.abs(delta) ? 1 : 0),
    0,
  );
  return { delta, p: (larger + 1) / (trials + 1) };
}
