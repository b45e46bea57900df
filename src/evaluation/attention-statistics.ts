/** One translated sentence and where the model looked; what src/reports calls an attention matrix fits. */
export interface AttendedSentence {
  /** S pieces; where the encoder saw `</s>` it is the last. */
  readonly source: readonly string[];
  /** T rows of S weights: row t says where the model looked while it wrote target piece t. A row sums to 1, or to less under a local window. */
  readonly weights: readonly ArrayLike<number>[];
}

/** What the attention over a set of sentences is like: means, NaN where there is nothing to average. */
export interface AttentionStatistics {
  /** Of a row, in nats: 0 looks at one piece, ln S at all alike. */
  readonly entropy: number;
  /** How much of a source piece was looked at in the whole sentence, in [0, 1]; `</s>` is not counted. */
  readonly coverage: number;
  /** Weight of a row on the source's `</s>`, which is a look at no word. */
  readonly eosMass: number;
  /** Share of steps from one target piece to the next that do not go back in the source. */
  readonly monotonicity: number;
}

/**
 * Statistics of a model's attention. Long sentences count more: entropy and `</s>` mass are means over all target pieces,
 * coverage over all source pieces, monotonicity over all steps.
 *
 * - entropy: `-sum_s a_t(s) ln a_t(s)` (Ghader & Monz 2017, I17-1004).
 * - coverage: `min(sum_t a_t(s), 1)`, the term in GNMT's coverage penalty (Wu et al. 2016, arXiv 1609.08144, equation 14),
 *   averaged as it is: its logarithm would let one piece never looked at outweigh a whole test set.
 * - monotonicity: of following target pieces, how often the place with most weight moves on or stays. A piece that looks
 *   most at `</s>` has no place and is passed over.
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
