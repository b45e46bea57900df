import { InputError } from '../support/errors.ts';
import { Random } from '../support/random.ts';
import { bootstrapScores, checkDraws, defaultSeed } from './bootstrap.ts';
import { type Metric, type SentenceStatistics, sumStatistics } from './metric.ts';

/** Paired bootstrap resampling or paired approximate randomisation. */
export const significanceTests = ['bootstrap', 'randomization'] as const;
/** One of {@link significanceTests}. */
export type SignificanceTest = (typeof significanceTests)[number];

/** The default number of resamples or trials: sacreBLEU's. */
export const defaultTrials: Readonly<Record<SignificanceTest, number>> = { bootstrap: 1000, randomization: 10000 };

/** Two systems' scores on the same sentences, and the probability that a difference this large is due to chance. */
export interface SignificanceResult {
  /** The metric's name. */
  readonly metric: string;
  readonly baseline: number;
  readonly system: number;
  /** system - baseline, in points. */
  readonly delta: number;
  /** Two-sided; at least 1 / (trials + 1). */
  readonly p: number;
  readonly test: SignificanceTest;
  readonly trials: number;
}

/** Which test, how many trials, and which random numbers. */
export interface SignificanceOptions {
  readonly test?: SignificanceTest;
  readonly trials?: number;
  readonly seed?: number;
}

/**
 * Tests whether two systems differ on the sentences both translated, like sacreBLEU's `--paired-bs` (Koehn 2004,
 * W04-3250) and `--paired-ar` (Riezler & Maxwell 2005, W05-0908). One departure: chance differences equal to the
 * observed one count (as in Riezler & Maxwell), and systems with equal scores get p = 1. sacreBLEU counts only larger
 * differences, which gives the smallest possible p to systems that differ in one sentence, or in none. A single
 * sentence proves nothing either: p = 1.
 * @throws InputError for systems with different numbers of sentences, and less than one trial
 */
export function compareStatistics(
  metric: Metric<{ readonly score: number }>,
  baseline: SentenceStatistics,
  system: SentenceStatistics,
  options: SignificanceOptions = {},
): SignificanceResult {
  if (baseline.sentences !== system.sentences) {
    throw new InputError(`${system.sentences} sentences cannot be compared with ${baseline.sentences}`, {
      remedy: 'score both systems on the same test set',
    });
  }
  const { test = 'bootstrap', seed = defaultSeed } = options;
  const trials = options.trials ?? defaultTrials[test];
  checkDraws('trials', trials);
  const score = (statistics: SentenceStatistics) => metric.evaluate(sumStatistics(statistics)).score;
  const scores = { baseline: score(baseline), system: score(system) };
  const delta = scores.system - scores.baseline;
  const sample = test === 'bootstrap' ? bootstrapDifferences : randomizedDifferences;
  const p =
    delta === 0 || system.sentences === 1 ? 1 : pValue(sample(metric, baseline, system, trials, seed), Math.abs(delta));
  return { metric: metric.name, ...scores, delta, p, test, trials };
}

/** Differences closer than this, in points, are equal up to the order of summation. */
const ROUNDING = 1e-9;

/** How often chance alone made a difference this large; the 1 counts the observed outcome. */
function pValue(chance: Float64Array, seen: number): number {
  const asLarge = chance.reduce((count, difference) => count + (difference >= seen - ROUNDING ? 1 : 0), 0);
  return (asLarge + 1) / (chance.length + 1);
}

/** The differences on resampled test sets, minus their mean: what they would be if the systems were equally good. */
function bootstrapDifferences(
  metric: Metric<{ readonly score: number }>,
  baseline: SentenceStatistics,
  system: SentenceStatistics,
  trials: number,
  seed: number,
): Float64Array {
  const baselineScores = bootstrapScores(metric, baseline, trials, seed);
  const differences = bootstrapScores(metric, system, trials, seed).map((score, i) =>
    Math.abs(score - baselineScores[i]!),
  );
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / trials;
  return differences.map((difference) => difference - mean);
}

/** The differences when a coin toss decides for each sentence whether its two translations trade places. */
function randomizedDifferences(
  metric: Metric<{ readonly score: number }>,
  baseline: SentenceStatistics,
  system: SentenceStatistics,
  trials: number,
  seed: number,
): Float64Array {
  const total = sumStatistics(system);
  const both = sumStatistics(baseline).map((sum, k) => sum + total[k]!);
  const gaps = { ...baseline, values: baseline.values.map((value, i) => value - system.values[i]!) };
  const changed = new Int32Array(baseline.sentences);
  return Float64Array.from({ length: trials }, (_, trial) => {
    const random = new Random(seed, 'randomization', trial);
    let count = 0;
    let coins = 0;
    for (let i = 0; i < baseline.sentences; i++) {
      if (i % 32 === 0) coins = random.uint32();
      changed[count] = i;
      count += (coins >>> (i % 32)) & 1;
    }
    const a = sumStatistics(gaps, changed.subarray(0, count)).map((sum, k) => sum + total[k]!);
    const b = both.map((sum, k) => sum - a[k]!);
    return Math.abs(metric.evaluate(a).score - metric.evaluate(b).score);
  });
}
