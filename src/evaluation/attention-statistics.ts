/** One translated sentence and where the model looked; the attention matrices of src/reports fit. */
export interface AttendedSentence {
  /** S pieces; `</s>` comes last if the encoder saw it. */
  readonly source: readonly string[];
  /**
   * T rows of S weights: row t is where the model looked while it wrote target piece t. A row sums to 1, or to less
   * under a local window.
   */
  readonly weights: readonly ArrayLike<number>[];
}

/** Properties of the attention over a set of sentences: means, NaN if there is nothing to average. */
export interface AttentionStatistics {
  /** Of a row, in nats: 0 looks at one piece, ln S at all equally. */
  readonly entropy: number;
  /** How much of a source piece was looked at over the whole sentence, in [0, 1]; `</s>` is not counted. */
  readonly coverage: number;
  /** A row's weight on the source's `</s>`, which is not a word. */
  readonly eosMass: number;
  /** The share of steps from one target piece to the next that do not go back in the source. */
  readonly monotonicity: number;
}

/**
 * Statistics of a model's attention. Long sentences count more: entropy and `</s>` mass are means over all target
 * pieces, coverage over all source pieces, monotonicity over all steps.
 *
 * - entropy: `-sum_s a_t(s) ln a_t(s)` (Ghader & Monz 2017, I17-1004).
 * - coverage: `min(sum_t a_t(s), 1)`, the term in GNMT's coverage penalty (Wu et al. 2016, arXiv 1609.08144, equation
 * 14),
 *   averaged without the logarithm, with which a single ignored piece would outweigh a whole test set.
 * - monotonicity: how often, from one target piece to the next, the position with the most weight moves forward or
 * stays.
 *   A piece that looks most at `</s>` has no position and is skipped.
 */
export function attentionStatistics(sentences: Iterable<AttendedSentence>): AttentionStatistics {
  const entropies: number[] = [];
  const coverages: number[] = [];
  const eosMasses: number[] = [];
  const forward: number[] = [];
  for (const { source, weights: rows } of sentences) {
    const words = source.at(-1) === '</s>' ? source.length - 1 : source.length;
    const looked = new Float64Array(words);
    let previous = -1;
    for (const row of rows) {
      const weights = Array.from(row);
      entropies.push(weights.reduce((sum, weight) => (weight > 0 ? sum - weight * Math.log(weight) : sum), 0));
      eosMasses.push(weights[words] ?? 0);
      for (let s = 0; s < words; s++) looked[s]! += weights[s]!;
      const place = weights.indexOf(Math.max(...weights));
      if (place >= words) continue;
      if (previous >= 0) forward.push(place >= previous ? 1 : 0);
      previous = place;
    }
    coverages.push(...Array.from(looked, (sum) => Math.min(sum, 1)));
  }
  return {
    entropy: mean(entropies),
    coverage: mean(coverages),
    eosMass: mean(eosMasses),
    monotonicity: mean(forward),
  };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
