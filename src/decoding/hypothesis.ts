/** A translation as ids, with what the search knows of it. */
export interface Hypothesis {
  /** Without eos. */
  readonly ids: readonly number[];
  /** Of all its words and, where it ended by itself, its eos: in nats. */
  readonly logProbability: number;
  /** What it was ranked by: the log probability after the penalties. */
  readonly score: number;
  /** Whether it ended by itself, not at the length limit. */
  readonly finished: boolean;
  /**
   * Attention by name (`attention`, then a transformer's heads; nothing where a model has none): for each word, and for
   * the eos of a finished one, a row of S weights, the source's eos among them and padding left out. As much of it as the
   * search was asked to keep (`SearchOptions.attention`).
   */
  readonly attention: Readonly<Record<string, readonly Float32Array[]>>;
}
