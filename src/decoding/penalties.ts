import type { SearchOptions } from './options.ts';

/**
 * GNMT's length penalty (Wu et al. 2016, arXiv 1609.08144, section 7): `((5 + |Y|) / 6)^alpha`.
 * @param length |Y|: words of the hypothesis, its eos counted
 */
export function lengthPenalty(length: number, alpha: number): number {
  return ((5 + length) / 6) ** alpha;
}

/**
 * GNMT's coverage penalty: `beta * sum over s of log(min(sum over t of a_t(s), 1))`.
 * @param covered the attention that each source position has got so far [S]; padding is not in it
 */
export function coveragePenalty(covered: ArrayLike<number>, beta: number): number {
  let sum = 0;
  // a position that never got any attention would make the score minus infinity for good
  for (let s = 0; s < covered.length; s++) sum += Math.log(Math.min(Math.max(covered[s] as number, 1e-10), 1));
  return beta * sum;
}

/** What hypotheses are ranked by. */
export function hypothesisScore(
  logProbability: number,
  length: number,
  covered: ArrayLike<number>,
  options: SearchOptions,
): number {
  const score = logProbability / lengthPenalty(length, options.lengthPenalty);
  return options.coveragePenalty === 0 ? score : score + coveragePenalty(covered, options.coveragePenalty);
}
