import type { Batch } from './batch.ts';
import type { BatchSource, Share } from './sampler.ts';

/** A worker's batch of a round, in which every worker takes one. */
export interface Round {
  readonly batch: Batch;
  /** The number of target tokens in the batches of all workers. */
  readonly targetTokens: number;
}

/** Takes a round of batches: reads this worker's, skips the others'. */
export function nextRound(source: BatchSource, { rank, size }: Share): Round {
  let targetTokens = 0;
  let own: Batch | undefined;
  for (let worker = 0; worker < size; worker++) {
    if (worker === rank) own = source.next();
    targetTokens += worker === rank ? (own?.targetTokens ?? 0) : source.skip();
  }
  return { batch: own as Batch, targetTokens };
}
