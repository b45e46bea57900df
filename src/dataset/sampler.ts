import { InputError } from '../support/errors.ts';
import { Random } from '../support/random.ts';
import { type Batch, type BatchShape, makeBatch } from './batch.ts';
import type { Split } from './dataset.ts';
import { type PlannedBatch, planBatches, shuffled, summarizeEpoch } from './epoch-plan.ts';
import type { WordStarts } from './guide.ts';
import { Permutation } from './permutation.ts';

/** The position of a sampler: the batch that `next` returns next. Plain data, saved with a checkpoint. */
export interface SamplerPosition {
  readonly epoch: number;
  readonly batch: number;
}

/** Endless batches, in a fixed order that can be resumed at any position. */
export interface BatchSource {
  /** The number of batches per epoch: the same for every epoch. */
  readonly batchesPerEpoch: number;
  readonly position: SamplerPosition;
  /** The next batch; after the last one of an epoch, the first of the next. */
  next(): Batch;
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
  readonly #starts: WordStarts | undefined;
  #position: SamplerPosition;
  #plans: Iterator<PlannedBatch> | undefined;

  /**
   * @param shapes from `chooseShapes`; the last one holds every sentence of the split
   * @param position to continue from; by default the first batch of epoch 0
   * @param starts which ids start a word, for batches with alignments, if the split was prepared with them
   * @throws InputError for an empty split, and for a position outside the split
   */
  constructor(
    split: Split,
    shapes: readonly BatchShape[],
    seed: number,
    position = { epoch: 0, batch: 0 },
    starts?: WordStarts,
  ) {
    if (split.size === 0) {
      throw new InputError(`the ${split.name} split has no pairs`, { remedy: 'prepare a corpus that has some' });
    }
    this.shapes = shapes;
    this.batchesPerEpoch = summarizeEpoch(split.lengthCounts(), shapes).batches;
    this.#split = split;
    this.#seed = seed;
    this.#starts = starts;
    this.#position = position;
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
    const { epoch, batch } = this.#position;
    this.#plans ??= this.#plan(epoch, batch);
    const plan: PlannedBatch = this.#plans.next().value;
    const last = batch + 1 === this.batchesPerEpoch;
    if (last) this.#plans = undefined;
    this.#position = last ? { epoch: epoch + 1, batch: 0 } : { epoch, batch: batch + 1 };
    return readBatch(this.#split, plan, this.#starts);
  }

  *#plan(epoch: number, from: number): Generator<PlannedBatch> {
    const order = new Permutation(this.#split.size, this.#seed, 'sentences', epoch);
    const plans = planBatches(this.#split, this.shapes, (position) => order.at(position));
    let batch = 0;
    for (const plan of shuffled(plans, new Random(this.#seed, 'batches', epoch))) {
      if (batch++ >= from) yield plan;
    }
  }
}

/** The batches of a split with its sentences in order, each once: for the loss on dev or test. */
export function* sequentialBatches(split: Split, shapes: readonly BatchShape[]): Generator<Batch> {
  for (const plan of planBatches(split, shapes, (position) => position)) yield readBatch(split, plan);
}

function readBatch(split: Split, plan: PlannedBatch, starts?: WordStarts): Batch {
  return makeBatch(plan.shape, plan.sentences, (index) => split.pair(index), starts);
}
