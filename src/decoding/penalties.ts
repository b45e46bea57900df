/**
 * GNMT's length penalty (Wu et al. 2016, arXiv 1609.08144, section 7): `((5 + |Y|) / 6)^alpha`.
 * @param length |Y|: words of the hypothesis, eos included
 */
export function lengthPenalty(length: number, alpha: number): number {
  return ((5 + length) / 6) ** alpha;
}

/**
 * GNMT's coverage penalty: `beta * sum over s of log(min(sum over t of a_t(s), 1))`, never above zero.
 * @param attention a row of S weights for each word of the hypothesis
 */
export function coveragePenalty(attention: readonly ArrayLike<number>[], beta: number): number {
  const sources = attention[0]?.length ?? 0;
  let sum = 0;
  for (let s = 0; s < sources; s++) {
    let covered = 0;
    for (const weights of attention) covered += weights[s] as number;
    // a position that never got any attention would fix the score at minus infinity
    sum += Math.log(Math.min(Math.max(covered, 1e-10), 1));
  }
  return beta * sum;
}
