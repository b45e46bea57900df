import type { RunOptions } from '../config/run.ts';

/** What a validation measures. `loss` is the mean cross-entropy of a target token in nats; BLEU and chrF are 0 to 100. */
export interface Scores {
  readonly loss: number;
  readonly perplexity: number;
  readonly bleu: number;
  readonly chrf: number;
}

export type Metric = RunOptions['metric'];

/** The best validation so far, and how long ago it was: JSON holds it, so that a resumed training goes on with it. */
export interface BestSoFar {
  /** The best value of the metric, null before the first validation. */
  readonly value: number | null;
  /** The step of that validation. */
  readonly step: number;
  /** Validations since then. */
  readonly waited: number;
}

export const nothingYet: BestSoFar = { value: null, step: 0, waited: 0 };

/** Negative when `a` is better than `b`, for sorting the best first; what is not a number comes last. */
export function compareScores(metric: Metric, a: Scores, b: Scores): number {
  const worth = ({ [metric]: value }: Scores) => {
    if (Number.isNaN(value)) return Number.NEGATIVE_INFINITY;
    return metric === 'loss' ? -value : value;
  };
  const [left, right] = [worth(a), worth(b)];
  return left === right ? 0 : right - left;
}

/** Whether a value is better than the best so far. One that is not a number never is; an equal one is not. */
export function isBetter(metric: Metric, value: number, best: number | null): boolean {
  if (!Number.isFinite(value)) return false;
  return best === null || (metric === 'loss' ? value < best : value > best);
}

/**
 * Takes a validation into account.
 * @param patience validations without a better one after which training should stop; 0: never.
 */
export function judge(
  best: BestSoFar,
  scores: Scores,
  step: number,
  metric: Metric,
  patience: number,
): { readonly best: BestSoFar; readonly improved: boolean; readonly stop: boolean } {
  const value = scores[metric];
  if (isBetter(metric, value, best.value)) {
    return { best: { value, step, waited: 0 }, improved: true, stop: false };
  }
  const waited = best.waited + 1;
  return { best: { ...best, waited }, improved: false, stop: patience > 0 && waited >= patience };
}
