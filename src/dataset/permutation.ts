import { Random } from '../support/random.ts';

const ROUNDS = 6;

/**
 * A random order of `0 .. size - 1` that needs no memory: `at(i)` computes the i-th index. This shuffles a corpus of
 * any size, where an array of ten million indices would already cost 40 MB.
 *
 * A Feistel network over a grid slightly larger than `size` (Black and Rogaway 2002, "Ciphers with arbitrary finite
 * domains"): each round shifts a number's row by a hash of its column, or the reverse. That can always be undone, so no
 * two numbers collide. A number that falls outside `size` is sent through again.
 */
export class Permutation {
  readonly size: number;
  readonly #rows: number;
  readonly #columns: number;
  readonly #keys: readonly number[];

  /** @param key as for `Random`: the same key gives the same order */
  constructor(size: number, ...key: readonly (string | number)[]) {
    const random = new Random(...key);
    this.size = size;
    this.#rows = Math.max(1, Math.ceil(Math.sqrt(size)));
    this.#columns = Math.max(1, Math.ceil(size / this.#rows));
    this.#keys = Array.from({ length: ROUNDS }, () => random.uint32());
  }

  /** The index at position `i` of the order, for `i` in `0 .. size - 1`. */
  at(i: number): number {
    let number = i;
    do {
      let row = number % this.#rows;
      let column = Math.floor(number / this.#rows);
      for (let round = 0; round < ROUNDS; round += 2) {
        row = (row + hash(column, this.#keys[round]!)) % this.#rows;
        column = (column + hash(row, this.#keys[round + 1]!)) % this.#columns;
      }
      number = column * this.#rows + row;
    } while (number >= this.size);
    return number;
  }
}

/** 32 well-mixed bits from a number and a key (the finaliser of MurmurHash3). */
function hash(value: number, key: number): number {
  let bits = value ^ key;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
