import type { BatchShape } from '../../src/dataset/batch.ts';
import type { LengthCount } from '../../src/dataset/lengths.ts';
import type { ShapeOptions } from '../../src/dataset/shapes.ts';

const SOURCE_COST = 1;
const TARGET_COST = 4;

const SHAPE_PRICE = 3500;

/** The oracle of `chooseShapes`: the same greedy choice, each saving summed over every pair of lengths. */
export function chooseShapesSlowly(lengths: readonly LengthCount[], options: ShapeOptions): BatchShape[] {
  const largest = {
    source: lengths.reduce((most, cell) => Math.max(most, cell.source), options.longest?.source ?? 1),
    target: lengths.reduce((most, cell) => Math.max(most, cell.target), options.longest?.target ?? 1),
  };
  const sizes: Size[] = [largest];
  const grid = candidates(lengths);
  let cost = costs(lengths, sizes);
  while (sizes.length < (options.maxShapes ?? 28)) {
    const best = cheapest(lengths, cost, grid);
    if (best === undefined || best.saving < SHAPE_PRICE * TARGET_COST) break;
    sizes.push(best.size);
    // A new shape changes which places are best for its neighbours: settle them before choosing the next one.
    settle(lengths, sizes);
    cost = costs(lengths, sizes);
  }
  return sizes
    .sort((a, b) => rowCost(a) - rowCost(b) || a.target - b.target)
    .map(({ source, target }) => ({
      batch: Math.max(1, Math.floor(options.batchTokens / Math.max(source, target))),
      sourceLength: source,
      targetLength: target,
    }));
}

/** Two lengths, with eos. */
interface Size {
  readonly source: number;
  readonly target: number;
}

function rowCost(size: Size): number {
  return SOURCE_COST * size.source + TARGET_COST * size.target;
}

/** For each cell, the cost of a row in the cheapest of `sizes` that holds it, leaving one out. */
function costs(lengths: readonly LengthCount[], sizes: readonly Size[], leftOut?: Size): Float64Array {
  return Float64Array.from(lengths, (cell) => {
    let least = Number.POSITIVE_INFINITY;
    for (const size of sizes) {
      if (size !== leftOut && size.source >= cell.source && size.target >= cell.target) {
        least = Math.min(least, rowCost(size));
      }
    }
    return least;
  });
}

/** The size that saves most over `cost`, if any saves anything. */
function cheapest(
  lengths: readonly LengthCount[],
  cost: Float64Array,
  sizes: readonly Size[],
): { readonly size: Size; readonly saving: number } | undefined {
  let best: { size: Size; saving: number } | undefined;
  for (const size of sizes) {
    const own = rowCost(size);
    let saving = 0;
    for (let i = 0; i < lengths.length; i++) {
      const cell = lengths[i]!;
      if (size.source >= cell.source && size.target >= cell.target && own < cost[i]!) {
        saving += cell.count * (cost[i]! - own);
      }
    }
    if (saving > (best?.saving ?? 0)) best = { size, saving };
  }
  return best;
}

/** Moves each size but the first (which holds all) to the best place near it, until none moves. */
function settle(lengths: readonly LengthCount[], sizes: Size[]): void {
  for (let moved = true; moved; ) {
    moved = false;
    for (let i = 1; i < sizes.length; i++) {
      const size = sizes[i]!;
      const others = costs(lengths, sizes, size);
      const best = cheapest(lengths, others, [size, ...neighbours(size)]);
      if (best !== undefined && best.size !== size) {
        sizes[i] = best.size;
        moved = true;
      }
    }
  }
}

function neighbours({ source, target }: Size): Size[] {
  const steps = [-2, -1, 0, 1, 2];
  return steps
    .flatMap((s) => steps.map((t) => ({ source: source + s, target: target + t })))
    .filter((size) => size.source > 0 && size.target > 0 && (size.source !== source || size.target !== target));
}

/** Sizes to try: every pair of up to about forty lengths of each side, each about 8 % longer than the previous one. */
function candidates(lengths: readonly LengthCount[]): Size[] {
  const sources = spread(new Set(lengths.map((cell) => cell.source)));
  const targets = spread(new Set(lengths.map((cell) => cell.target)));
  return sources.flatMap((source) => targets.map((target) => ({ source, target })));
}

function spread(lengths: ReadonlySet<number>): number[] {
  const chosen: number[] = [];
  for (const length of [...lengths].sort((a, b) => a - b)) {
    if (length >= 1.08 * (chosen.at(-1) ?? 0)) chosen.push(length);
  }
  return chosen;
}
