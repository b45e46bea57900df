/** A translation as ids, with what the search knows about it. */
export interface Hypothesis {
  /** Without eos. */
  readonly ids: readonly number[];
  /** Of all its words and, if it finished, its eos: in nats. */
  readonly logProbability: number;
  /** The ranking criterion: the log probability after the penalties. */
  readonly score: number;
  /** Whether it ended with eos, not at the length limit. */
  readonly finished: boolean;
  /**
   * Attention by name (`attention`, then a transformer's heads; empty for a model without attention): for each word,
   * and for the eos of a finished one, a row of S weights, including the source's eos but no padding. Only as much of
   * it as the search was asked to keep (`SearchOptions.attention`).
   */
  readonly attention: Readonly<Record<string, readonly Float32Array[]>>;
}
