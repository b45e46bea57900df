/** The number of sentences for each pair of lengths. Lengths include the final eos, so they are at least 1. */
export interface LengthCount {
  readonly source: number;
  readonly target: number;
  readonly count: number;
}

/** Counts sentence pairs by their two lengths. */
export class LengthHistogram {
  readonly #counts = new Map<number, number>();

  add(source: number, target: number): void {
    const key = source * KEY_BASE + target;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** The counts, shorter sources first, then shorter targets. */
  cells(): LengthCount[] {
    return [...this.#counts]
      .sort(([a], [b]) => a - b)
      .map(([key, count]) => ({ source: Math.floor(key / KEY_BASE), target: key % KEY_BASE, count }));
  }
}

/** Larger than any length. */
const KEY_BASE = 1 << 20;
