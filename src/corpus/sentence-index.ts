/**
 * Stores texts as 64-bit hashes, twelve bytes per slot, so that tens of millions fit in memory. Two different texts
 * collide with a probability of n² / 2^65: one in 100,000 for 20 million texts.
 */
export class SentenceIndex {
  #size = 0;
  #mask = 0xffff;
  #high = new Uint32Array(0x10000);
  #low = new Uint32Array(0x10000);
  /** Value + 1 of each slot; 0 marks a free slot. */
  #values = new Uint32Array(0x10000);

  /** The number of different texts. */
  get size(): number {
    return this.#size;
  }

  /** The value first given for a text: `value` itself if the text is new. */
  firstValue(text: string, value: number): number {
    let high = 0xdeadbeef;
    let low = 0x41c6ce57;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      high = Math.imul(high ^ unit, 2654435761);
      low = Math.imul(low ^ unit, 1597334677);
    }
    // cyrb53's final mixing: every bit of the state affects every bit of the hash
    const mixedHigh = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
    const mixedLow = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(mixedHigh ^ (mixedHigh >>> 13), 3266489909);
    const slot = this.#find(mixedHigh >>> 0, mixedLow >>> 0);
    const known = this.#values[slot]!;
    if (known !== 0) return known - 1;
    this.#high[slot] = mixedHigh;
    this.#low[slot] = mixedLow;
    this.#values[slot] = value + 1;
    if (++this.#size > 0.7 * this.#values.length) this.#grow();
    return value;
  }

  #find(high: number, low: number): number {
    let slot = low & this.#mask;
    while (this.#values[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #grow(): void {
    const [highs, lows, values] = [this.#high, this.#low, this.#values];
    const slots = values.length * 2;
    this.#mask = slots - 1;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#values = new Uint32Array(slots);
    for (let old = 0; old < values.length; old++) {
      if (values[old] === 0) continue;
      const slot = this.#find(highs[old]!, lows[old]!);
      this.#high[slot] = highs[old]!;
      this.#low[slot] = lows[old]!;
      this.#values[slot] = values[old]!;
    }
  }
}
