import type { BatchShape } from './batch.ts';
import type { LengthCount } from './lengths.ts';
import { LengthTable, rowCost, Savings, type Size, TARGET_COST } from './savings.ts';

/**
 * What one more shape must save in an epoch, in target positions. Compiling it takes about a second, or ten thousand
 * positions once in a training run of several epochs, and each shape ends an epoch with a half-full batch.
 */
const SHAPE_PRICE = 3500;

/** How to choose shapes. */
export interface ShapeOptions {
  /** The maximum number of positions on a batch's longer side, padding included. */
  readonly batchTokens: number;
  /** The largest number of shapes. */
  readonly maxShapes?: number;
  /**
   * Lengths (with eos) that a shape must hold even if no counted sentence is that long: the longest of dev and test.
   */
  readonly longest?: { readonly source: number; readonly target: number };
}

/**
 * Chooses the shapes in which sentences of these lengths are batched with little padding; each sentence goes into the
 * cheapest one that holds it (`cheapestShape`). Starts with one shape that holds all, adds the shape that saves most
 * until none is worth its price, then moves each to where it saves most. Why: docs/decisions/batches.md.
 *
 * The result is in ascending order of row cost, and the last shape holds every sentence.
 */
export function chooseShapes(lengths: readonly LengthCount[], options: ShapeOptions): BatchShape[] {
  const largest = {
    source: lengths.reduce((most, cell) => Math.max(most, cell.source), options.longest?.source ?? 1),
    target: lengths.reduce((most, cell) => Math.max(most, cell.target), options.longest?.target ?? 1),
  };
  const sizes: Size[] = [largest];
  const table = new LengthTable(lengths);
  const grid = candidates(lengths);
  while (sizes.length < (options.maxShapes ?? 28)) {
    const best = mostSaving(new Savings(table, sizes), grid);
    if (best === undefined || best.saving < SHAPE_PRICE * TARGET_COST) break;
    sizes.push(best.size);
    // A new shape changes which places are best for its neighbours: settle them before choosing the next one.
    settle(table, sizes);
  }
  return sizes
    .sort((a, b) => rowCost(a) - rowCost(b) || a.target - b.target)
    .map(({ source, target }) => ({
      batch: Math.max(1, Math.floor(options.batchTokens / Math.max(source, target))),
      sourceLength: source,
      targetLength: target,
    }));
}

/** The index of the first of `shapes` that holds a pair of these lengths; -1 if none does. */
export function cheapestShape(shapes: readonly BatchShape[], source: number, target: number): number {
  return shapes.findIndex((shape) => shape.sourceLength >= source && shape.targetLength >= target);
}

/** The size that saves most, the first of them if there are several; none if none saves anything. */
function mostSaving(
  savings: Savings,
  sizes: readonly Size[],
): { readonly size: Size; readonly saving: number } | undefined {
  let best: { size: Size; saving: number } | undefined;
  for (const size of sizes) {
    const saving = savings.of(size);
    if (saving > (best?.saving ?? 0)) best = { size, saving };
  }
  return best;
}

/** Moves each size but the first (which holds all) to the best place near it, until none moves. */
function settle(table: LengthTable, sizes: Size[]): void {
  for (let moved = true; moved; ) {
    moved = false;
    for (let i = 1; i < sizes.length; i++) {
      const size = sizes[i]!;
      const best = mostSaving(new Savings(table, sizes.toSpliced(i, 1)), [size, ...neighbours(size)]);
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
