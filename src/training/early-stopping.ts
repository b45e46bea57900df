/**
 * The measurements of a validation. `loss` is the mean cross-entropy per target token in nats; BLEU and chrF are 0 to
 * 100.
 */
export interface Scores {
  readonly loss: number;
  readonly perplexity: number;
  readonly bleu: number;
  readonly chrf: number;
}

/** The metric that decides which model is the best so far. */
export type ValidationMetric = 'loss' | 'bleu' | 'chrf';

/**
 * The best validation so far, and how long ago it was. Saved as JSON, so that a resumed training run continues with it.
 */
export interface BestSoFar {
  /** The best value of the metric, null before the first validation. */
  readonly value: number | null;
  /** The step of that validation. */
  readonly step: number;
  /** Validations since then. */
  readonly waited: number;
  /** The loss of that validation: it decides as long as BLEU or chrF is 0. */
  readonly loss?: number;
}

export const nothingYet: BestSoFar = { value: null, step: 0, waited: 0 };

/**
 * Negative if `a` is better than `b`, to sort the best first; NaN comes last. If both BLEU scores are 0, the smaller
 * loss is better.
 */
export function compareScores(metric: ValidationMetric, a: Scores, b: Scores): number {
  const worth = ({ [metric]: value }: Scores) => {
    if (Number.isNaN(value)) return Number.NEGATIVE_INFINITY;
    return metric === 'loss' ? -value : value;
  };
  const [left, right] = [worth(a), worth(b)];
  if (left === right) return left === 0 && metric !== 'loss' ? compareScores('loss', a, b) : 0;
  return right - left;
}

/** Whether a value is better than the best so far. NaN never is, nor is an equal value. */
function isBetter(metric: ValidationMetric, value: number, best: number | null): boolean {
  if (!Number.isFinite(value)) return false;
  return best === null || (metric === 'loss' ? value < best : value > best);
}

/** Whether BLEU or chrF has been 0 at every validation, so that it cannot distinguish models. */
export function saysNothing(metric: ValidationMetric, { value }: BestSoFar): boolean {
  return metric !== 'loss' && value === 0;
}

/**
 * Accounts for a validation. As long as the metric is 0, a smaller loss is better.
 * @param patience validations without improvement after which training should stop; 0: never
 */
export function judge(
  best: BestSoFar,
  scores: Scores,
  step: number,
  metric: ValidationMetric,
  patience: number,
): { readonly best: BestSoFar; readonly improved: boolean; readonly stop: boolean } {
  const value = scores[metric];
  const byLoss = value === 0 && saysNothing(metric, best) && isBetter('loss', scores.loss, best.loss ?? null);
  if (byLoss || isBetter(metric, value, best.value)) {
    return { best: { value, step, waited: 0, loss: scores.loss }, improved: true, stop: false };
  }
  const waited = best.waited + 1;
  return { best: { ...best, waited }, improved: false, stop: patience > 0 && waited >= patience };
}
