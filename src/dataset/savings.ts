import type { LengthCount } from './lengths.ts';

/** Two lengths, with eos: a shape without its rows. */
export interface Size {
  readonly source: number;
  readonly target: number;
}

/**
 * The cost of a position in a training step, padded or not. A target position goes through the decoder, the attention
 * and the output layer, a source position only through the encoder: 1.6 and 0.4 million multiplications at E256 H256
 * V4000.
 */
export const SOURCE_COST = 1;
export const TARGET_COST = 4;

/** The cost of a row of this size. */
export function rowCost(size: Size): number {
  return SOURCE_COST * size.source + TARGET_COST * size.target;
}

/**
 * Counts the sentences up to a length on both sides in constant time, with sums over all smaller lengths that occur (a
 * summed-area table).
 */
export class LengthTable {
  readonly #sources: Int32Array;
  readonly #targets: Int32Array;
  readonly #sums: Float64Array;
  readonly #width: number;

  constructor(lengths: readonly LengthCount[]) {
    this.#sources = ranks(lengths.map(({ source }) => source));
    this.#targets = ranks(lengths.map(({ target }) => target));
    this.#width = (this.#targets.at(-1) ?? 0) + 1;
    this.#sums = new Float64Array(((this.#sources.at(-1) ?? 0) + 1) * this.#width);
    for (const { source, target, count } of lengths) {
      this.#sums[this.#sources[source]! * this.#width + this.#targets[target]!]! += count;
    }
    for (let i = this.#width; i < this.#sums.length; i++) {
      const left = i % this.#width === 0 ? 0 : this.#sums[i - 1]! - this.#sums[i - 1 - this.#width]!;
      this.#sums[i]! += left + this.#sums[i - this.#width]!;
    }
  }

  count(source: number, target: number): number {
    const row = this.#sources[Math.min(source, this.#sources.length - 1)]!;
    return this.#sums[row * this.#width + this.#targets[Math.min(target, this.#targets.length - 1)]!]!;
  }
}

/** For each length from 0 to the longest, the number of different lengths up to it. */
function ranks(lengths: readonly number[]): Int32Array {
  const rank = new Int32Array(lengths.reduce((most, length) => Math.max(most, length), 0) + 1);
  for (const length of lengths) rank[length] = 1;
  for (let length = 1; length < rank.length; length++) rank[length]! += rank[length - 1]!;
  return rank;
}

/** Sizes of one cost, and everything held by one of these or a cheaper size. */
interface Level {
  readonly cost: number;
  readonly held: Staircase;
}

/** What one more size would save, given sizes in which every sentence is already in the cheapest that holds it. */
export class Savings {
  readonly #table: LengthTable;
  /** Cheapest first. */
  readonly #levels: readonly Level[];

  /** @param sizes one of them holds every sentence */
  constructor(table: LengthTable, sizes: readonly Size[]) {
    this.#table = table;
    let held: Staircase = [];
    this.#levels = sizes
      .toSorted((a, b) => rowCost(a) - rowCost(b))
      .map((size) => {
        held = withCorner(held, size);
        return { cost: rowCost(size), held };
      });
  }

  /**
   * The sum of `max(0, cost - rowCost(size))` over the sentences that `size` holds. A sentence costs at least c if no
   * cheaper size holds it, so the sum is taken level by level over what is not held; sums of whole numbers, so exact.
   */
  of(size: Size): number {
    let saving = 0;
    let below = rowCost(size);
    const all = this.#table.count(size.source, size.target);
    let held: Staircase = [];
    for (const level of this.#levels) {
      if (level.cost > below) {
        saving += (level.cost - below) * (all - heldWithin(this.#table, held, size));
        below = level.cost;
      }
      held = level.held;
    }
    return saving;
  }
}

/** What several sizes hold together, as corners: sources ascending, targets descending. */
type Staircase = readonly Size[];

function withCorner(corners: Staircase, size: Size): Staircase {
  const holds = (a: Size, b: Size) => a.source >= b.source && a.target >= b.target;
  if (corners.some((corner) => holds(corner, size))) return corners;
  return [...corners.filter((corner) => !holds(size, corner)), size].sort((a, b) => a.source - b.source);
}

/** How many of the sentences that `size` holds are held by a staircase. */
function heldWithin(table: LengthTable, corners: Staircase, size: Size): number {
  let sum = 0;
  let before = 0;
  for (const corner of corners) {
    const source = Math.min(corner.source, size.source);
    const target = Math.min(corner.target, size.target);
    sum += table.count(source, target) - table.count(before, target);
    if (source === size.source) break;
    before = source;
  }
  return sum;
}
