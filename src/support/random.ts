/**
 * Random numbers that belong to a key, never to the process: the same (run seed, purpose, step) gives the same numbers
 * on every machine. sfc32 (PractRand's small fast counter), seeded through a 128-bit string hash.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /** @param key for instance (seed, 'shuffle', epoch); parts are joined, so their order matters */
  constructor(...key: readonly (string | number)[]) {
    [this.#a, this.#b, this.#c, this.#counter] = hash128(key.join('\u0000'));
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1) with 53 random bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  /**
   * A whole number in [0, bound), all equally likely (Lemire's rejection).
   * @throws RangeError unless the bound is a whole number from 1 to 2^32
   */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 4294967296) {
      throw new RangeError(`the bound ${bound} is not a whole number from 1 to 2^32`);
    }
    const threshold = (4294967296 - bound) % bound;
    for (;;) {
      const product = BigInt(this.uint32()) * BigInt(bound);
      if (Number(product & 0xffffffffn) >= threshold) return Number(product >> 32n);
    }
  }

  /**
   * One item of a list.
   * @throws RangeError if it is empty
   */
  choice<T>(items: readonly T[]): T {
    return items[this.integer(items.length)] as T;
  }

  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T extends { [index: number]: unknown; length: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }

  /** A standard normal number (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}

/** Two 32-bit words for TensorFlow's stateless random ops, from the same kind of key. */
export function randomSeed(...key: readonly (string | number)[]): [number, number] {
  const [a, b] = hash128(key.join('\u0000'));
  return [a, b];
}

/** cyrb128: four 32-bit words from a text. */
function hash128(text: string): [number, number, number, number] {
  let h1 = 1779033703;
  let h2 = 3144134277;
  let h3 = 1013904242;
  let h4 = 2773480762;
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    h1 = h2 ^ Math.imul(h1 ^ k, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ k, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ k, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ k, 2716044179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179);
  h1 ^= h2 ^ h3 ^ h4;
  return [h1 | 0, (h2 ^ h1) | 0, (h3 ^ h1) | 0, (h4 ^ h1) | 0];
}
