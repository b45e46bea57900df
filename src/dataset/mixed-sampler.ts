import type { Batch } from './batch.ts';
import type { BatchSource, SamplerPosition } from './sampler.ts';

/** Batches to mix in: a function that makes their sampler at a position, and their share of all batches. */
export interface MixedIn {
  readonly samplerAt: (position: SamplerPosition) => BatchSource;
  readonly share: number;
}

/**
 * The batches of several corpora, each batch from one of them. An epoch has every batch of the main one once and,
 * evenly spread among them, as many of the others as their shares require; those continue through their own epochs. The
 * position in each follows from the overall position alone.
 */
export class MixedSampler implements BatchSource {
  readonly batchesPerEpoch: number;
  readonly #samplers: readonly BatchSource[];
  /** Which corpus each batch of an epoch is from: 0 is the main one. */
  readonly #order: Uint8Array;
  #position: SamplerPosition;

  /** @param position from an earlier sampler's `position` */
  constructor(main: MixedIn['samplerAt'], others: readonly MixedIn[], position: SamplerPosition) {
    const begin = { epoch: 0, batch: 0 };
    const own = main(begin).batchesPerEpoch;
    const rest = others.reduce((sum, { share }) => sum - share, 1);
    const counts = [own, ...others.map(({ share }) => Math.max(1, Math.round((own * share) / rest)))];
    this.#order = spread(counts);
    this.batchesPerEpoch = this.#order.length;
    this.#position = position;
    const before = this.#order.subarray(0, position.batch);
    this.#samplers = [main, ...others.map(({ samplerAt }) => samplerAt)].map((samplerAt, i) => {
      const drawn = position.epoch * (counts[i] as number) + before.filter((corpus) => corpus === i).length;
      const perEpoch = samplerAt(begin).batchesPerEpoch;
      return samplerAt({ epoch: Math.floor(drawn / perEpoch), batch: drawn % perEpoch });
    });
  }

  get position(): SamplerPosition {
    return this.#position;
  }

  next(): Batch {
    return this.#advance().next();
  }

  skip(): number {
    return this.#advance().skip();
  }

  #advance(): BatchSource {
    const { epoch, batch } = this.#position;
    const sampler = this.#samplers[this.#order[batch] as number] as BatchSource;
    this.#position = batch + 1 === this.batchesPerEpoch ? { epoch: epoch + 1, batch: 0 } : { epoch, batch: batch + 1 };
    return sampler;
  }
}

/** This many of each number from 0, evenly spread: `[4, 2]` is 0 1 0 0 1 0. */
function spread(counts: readonly number[]): Uint8Array {
  const places = counts.flatMap((count, number) =>
    Array.from({ length: count }, (_, k) => ({ number, at: (k + 0.5) / count })),
  );
  return Uint8Array.from(places.sort((a, b) => a.at - b.at || a.number - b.number).map(({ number }) => number));
}
