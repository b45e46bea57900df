import { InputError } from '../support/errors.ts';
import { Random } from '../support/random.ts';
import { type Batch, type BatchShape, makeBatch } from './batch.ts';
import type { Split } from './dataset.ts';
import { type Groups, type PlannedBatch, planBatches, shuffled, summarizeEpoch } from './epoch-plan.ts';
import type { WordStarts } from './guide.ts';
import { Permutation } from './permutation.ts';

/** The position of a sampler: the batch that `next` returns next. Plain data, saved with a checkpoint. */
export interface SamplerPosition {
  readonly epoch: number;
  readonly batch: number;
  /** How this epoch's order is grouped for several workers; absent for one. */
  readonly groups?: Groups;
}

/** One of the workers that share batches. */
export interface Share {
  readonly rank: number;
  readonly size: number;
}

/** The only worker. */
export const onlyWorker: Share = { rank: 0, size: 1 };

/** Endless batches, in a fixed order that can be resumed at any position. */
export interface BatchSource {
  /** The number of batches per epoch: the same for every epoch. */
  readonly batchesPerEpoch: number;
  readonly position: SamplerPosition;
  /** The next batch; after the last one of an epoch, the first of the next. */
  next(): Batch;
  /** Skips the next batch. @returns its number of target tokens, eos included */
  skip(): number;
}

/**
 * The batches of training, epoch after epoch. Every sentence occurs once per epoch; the order depends only on the seed
 * and the epoch, so a sampler created with a saved position continues exactly like the one that was stopped. Memory
 * does not grow with the corpus: the order is computed (`Permutation`), and sentences are read when their batch is
 * returned.
 */
export class Sampler implements BatchSource {
  readonly shapes: readonly BatchShape[];
  /** The number of batches per epoch: the same for every epoch. */
  readonly batchesPerEpoch: number;
  readonly #split: Split;
  readonly #seed: number;
  readonly #workers: number;
  readonly #starts: WordStarts | undefined;
  #position: SamplerPosition;
  #plans: Iterator<PlannedBatch> | undefined;
  /** Batches returned or skipped so far: whole rounds of all workers, and part of one. */
  #given = 0;

  /**
   * @param shapes from `chooseShapes`; the last one holds every sentence of the split
   * @param position to continue from; by default the first batch of epoch 0. An epoch that has started keeps its order
   * @param starts which ids start a word, for batches with alignments, if the split was prepared with them
   * @param workers how many take turns: their batches of one round have similar shapes
   * @throws InputError for an empty split, and for a position outside the split
   */
  constructor(
    split: Split,
    shapes: readonly BatchShape[],
    seed: number,
    position: SamplerPosition = { epoch: 0, batch: 0 },
    starts?: WordStarts,
    workers = 1,
  ) {
    if (split.size === 0) {
      throw new InputError(`the ${split.name} split has no pairs`, { remedy: 'prepare a corpus that has some' });
    }
    this.shapes = shapes;
    this.batchesPerEpoch = summarizeEpoch(split.lengthCounts(), shapes).batches;
    this.#split = split;
    this.#seed = seed;
    this.#starts = starts;
    this.#workers = workers;
    this.#position = position.batch > 0 ? position : { ...position, ...groupsOf(workers, workers) };
    if (!(position.epoch >= 0 && position.batch >= 0 && position.batch < this.batchesPerEpoch)) {
      throw new InputError(`epoch ${position.epoch}, batch ${position.batch} does not exist in this data`, {
        remedy: `an epoch has ${this.batchesPerEpoch} batches; resume with the data the run was started with`,
      });
    }
  }

  get position(): SamplerPosition {
    return this.#position;
  }

  /** The next batch; after the last one of an epoch, the first of the next. */
  next(): Batch {
    return readBatch(this.#split, this.#advance(), this.#starts);
  }

  skip(): number {
    return this.#advance().sentences.reduce((sum, index) => sum + this.#split.lengths(index).target + 1, 0);
  }

  #advance(): PlannedBatch {
    const { epoch, batch, groups } = this.#position;
    this.#plans ??= this.#plan(epoch, batch, groups);
    const plan: PlannedBatch = this.#plans.next().value;
    this.#given++;
    if (batch + 1 < this.batchesPerEpoch) {
      this.#position = { ...this.#position, batch: batch + 1 };
    } else {
      this.#plans = undefined;
      const missing = this.#workers - (this.#given % this.#workers);
      this.#position = { epoch: epoch + 1, batch: 0, ...groupsOf(this.#workers, missing) };
    }
    return plan;
  }

  *#plan(epoch: number, from: number, groups: Groups | undefined): Generator<PlannedBatch> {
    const order = new Permutation(this.#split.size, this.#seed, 'sentences', epoch);
    const plans = planBatches(this.#split, this.shapes, (position) => order.at(position));
    let batch = 0;
    for (const plan of shuffled(plans, new Random(this.#seed, 'batches', epoch), groups)) {
      if (batch++ >= from) yield plan;
    }
  }
}

/** @param first the number of batches missing from the round with which the epoch starts */
function groupsOf(size: number, first: number): { readonly groups?: Groups } {
  return size === 1 ? {} : { groups: { size, first } };
}

/**
 * The batches of a split with its sentences in order, each once: for the loss on dev or test. Several workers take turns.
 */
export function* sequentialBatches(
  split: Split,
  shapes: readonly BatchShape[],
  { rank, size }: Share = onlyWorker,
): Generator<Batch> {
  let batch = 0;
  for (const plan of planBatches(split, shapes, (position) => position)) {
    if (batch++ % size === rank) yield readBatch(split, plan);
  }
}

function readBatch(split: Split, plan: PlannedBatch, starts?: WordStarts): Batch {
  return makeBatch(plan.shape, plan.sentences, (index) => split.pair(index), starts);
}
