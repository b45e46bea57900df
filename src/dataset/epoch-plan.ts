import type { Random } from '../support/random.ts';
import type { BatchShape } from './batch.ts';
import type { LengthCount } from './lengths.ts';
import { rowCost } from './savings.ts';
import { cheapestShape } from './shapes.ts';

/** Which sentences form a batch, before any is read. */
export interface PlannedBatch {
  readonly shape: BatchShape;
  /** Numbers of at most B sentences. */
  readonly sentences: Int32Array;
}

/** What planning needs to know about a split. */
export interface Lengths {
  readonly size: number;
  /** Ids of each side, without eos. */
  lengths(index: number): { readonly source: number; readonly target: number };
}

/**
 * Groups a split into batches of these shapes, every sentence once, taking the sentences in the order `at`: each joins
 * the batch of the cheapest shape that holds it, and a full batch is yielded. The unfilled batches come last, some of
 * them merged (`mergeLeftovers`).
 */
export function* planBatches(
  split: Lengths,
  shapes: readonly BatchShape[],
  at: (position: number) => number,
): Generator<PlannedBatch> {
  const open: number[][] = shapes.map(() => []);
  for (let position = 0; position < split.size; position++) {
    const index = at(position);
    const { source, target } = split.lengths(index);
    const chosen = cheapestShape(shapes, source + 1, target + 1);
    const shape = shapes[chosen];
    const sentences = open[chosen];
    if (!shape || !sentences) throw new RangeError(`no shape holds pair ${index}: ${source + 1} x ${target + 1}`);
    sentences.push(index);
    if (sentences.length === shape.batch) {
      yield { shape, sentences: Int32Array.from(sentences) };
      open[chosen] = [];
    }
  }
  const places = mergeLeftovers(
    shapes,
    open.map((sentences) => sentences.length),
  );
  for (const [i, shape] of shapes.entries()) {
    const sentences = open[i] ?? [];
    const place = places[i] ?? i;
    if (place !== i) open[place]?.push(...sentences);
    else if (sentences.length > 0) yield { shape, sentences: Int32Array.from(sentences) };
  }
}

/**
 * The number of batches of each shape that `planBatches` makes from sentences of these lengths (eos included), in any
 * order.
 */
export function batchesPerShape(lengths: readonly LengthCount[], shapes: readonly BatchShape[]): number[] {
  const sentences = shapes.map(() => 0);
  for (const { source, target, count } of lengths) {
    const chosen = cheapestShape(shapes, source, target);
    if (chosen < 0) throw new RangeError(`no shape holds ${source} x ${target}`);
    sentences[chosen]! += count;
  }
  const left = shapes.map(({ batch }, i) => sentences[i]! % batch);
  const places = mergeLeftovers(shapes, left);
  return shapes.map(({ batch }, i) => Math.floor(sentences[i]! / batch) + (left[i]! > 0 && places[i] === i ? 1 : 0));
}

/** Batches and padding of one epoch. */
export interface EpochSummary {
  readonly shapes: number;
  readonly batches: number;
  /** The share of padding among each side's positions, empty rows included. */
  readonly padding: { readonly source: number; readonly target: number };
}

/** Batches and padding of an epoch over sentences of these lengths (eos included). */
export function summarizeEpoch(lengths: readonly LengthCount[], shapes: readonly BatchShape[]): EpochSummary {
  const batches = batchesPerShape(lengths, shapes);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const share = (tokens: number, positions: number): number => (positions === 0 ? 0 : 1 - tokens / positions);
  return {
    shapes: shapes.length,
    batches: sum(batches),
    padding: {
      source: share(
        sum(lengths.map(({ source, count }) => source * count)),
        sum(shapes.map(({ batch, sourceLength }, i) => batches[i]! * batch * sourceLength)),
      ),
      target: share(
        sum(lengths.map(({ target, count }) => target * count)),
        sum(shapes.map(({ batch, targetLength }, i) => batches[i]! * batch * targetLength)),
      ),
    },
  };
}

/**
 * Where the last, unfilled batch of each shape goes: into the free rows of a larger unfilled batch that can take all of
 * it, or nowhere (its own number). `left` is the number of sentences in each.
 */
function mergeLeftovers(shapes: readonly BatchShape[], left: readonly number[]): number[] {
  const rows = [...left];
  return shapes.map((shape, i) => {
    const place = shapes.findIndex(
      (other, j) =>
        j > i &&
        rows[j]! > 0 &&
        rows[i]! + rows[j]! <= other.batch &&
        other.sourceLength >= shape.sourceLength &&
        other.targetLength >= shape.targetLength,
    );
    if (rows[i] === 0 || place < 0) return i;
    rows[place]! += rows[i]!;
    return place;
  });
}

/** How many planned batches are kept to draw from. */
const POOL = 256;

/** For several workers: how many batches of similar shapes follow each other in an epoch. */
export interface Groups {
  readonly size: number;
  /** The size of the first group: smaller if it completes a round that began in the previous epoch. */
  readonly first: number;
}

/** The same batches in a random order, keeping little more than `POOL` of them at a time. */
export function* shuffled(
  plans: Iterable<PlannedBatch>,
  random: Random,
  { size, first }: Groups = { size: 1, first: 1 },
): Generator<PlannedBatch> {
  const pool: PlannedBatch[] = [];
  let left = first;
  const group = function* (): Generator<PlannedBatch> {
    const lead = take(pool, random.integer(pool.length));
    yield lead;
    for (left--; left > 0 && pool.length > 0; left--) {
      const places = likest(pool, lead);
      yield take(pool, places[random.integer(places.length)]!);
    }
    left = size;
  };
  for (const plan of plans) {
    pool.push(plan);
    if (pool.length >= POOL + left) yield* group();
  }
  while (pool.length > 0) yield* group();
}

function take(pool: PlannedBatch[], chosen: number): PlannedBatch {
  const plan = pool[chosen]!;
  pool[chosen] = pool.at(-1)!;
  pool.pop();
  return plan;
}

/** The indices of the batches whose cost is closest to another's: those of the same shape, if there are any. */
function likest(pool: readonly PlannedBatch[], { shape }: PlannedBatch): number[] {
  const unlike = pool.map((plan) => (plan.shape === shape ? -1 : Math.abs(costOf(plan.shape) - costOf(shape))));
  const least = unlike.reduce((a, b) => Math.min(a, b));
  return unlike.flatMap((difference, place) => (difference === least ? [place] : []));
}

function costOf({ batch, sourceLength, targetLength }: BatchShape): number {
  return batch * rowCost({ source: sourceLength, target: targetLength });
}
