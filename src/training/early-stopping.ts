/** What a validation measures. `loss` is the mean cross-entropy of a target token in nats; BLEU and chrF are 0 to 100. */
export interface Scores {
  readonly loss: number;
  readonly perplexity: number;
  readonly bleu: number;
  readonly chrf: number;
}

/** What decides which model is the best so far. */
export type ValidationMetric = 'loss' | 'bleu' | 'chrf';

/** The best validation so far, and how long ago it was: JSON holds it, so that a resumed training goes on with it. */
export interface BestSoFar {
  /** The best value of the metric, null before the first validation. */
  readonly value: number | null;
  /** The step of that validation. */
  readonly step: number;
  /** Validations since then. */
  readonly waited: number;
  /** The loss of that validation: it decides while BLEU or chrF is 0. */
  readonly loss?: number;
}

export const nothingYet: BestSoFar = { value: null, step: 0, waited: 0 };

/**
 * Negative when `a` is better than `b`, for sorting the best first; what is not a number comes last. A BLEU of 0 on both
 * says nothing: then the smaller loss is better.
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

/** Whether a value is better than the best so far. One that is not a number never is; an equal one is not. */
function isBetter(metric: ValidationMetric, value: number, best: number | null): boolean {
  if (!Number.isFinite(value)) return false;
  return best === null || (metric === 'loss' ? value < best : value > best);
}

/** Whether BLEU or chrF has been 0 at every validation, so that it tells no model from another. */
export function saysNothing(metric: ValidationMetric, { value }: BestSoFar): boolean {
  return metric !== 'loss' && value === 0;
}

/**
 * Takes a validation into account. As long as the metric says nothing, a smaller loss is better.
 * @param patience validations without a better one after which training should stop; 0: never.
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
