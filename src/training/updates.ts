import { type Cluster, sumOf } from '../cluster/cluster.ts';
import type { Run } from '../config/run.ts';
import { type Batch, type BatchShape, batchTensors, emptyBatch } from '../dataset/batch.ts';
import { nextRound, type Round } from '../dataset/round.ts';
import type { BatchSource, SamplerPosition } from '../dataset/sampler.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { RunError } from '../support/errors.ts';
import { randomSeed } from '../support/random.ts';
import type { Optimizer } from '../tensor/optimizers.ts';
import { isOutOfMemory } from '../tensor/out-of-memory.ts';
import type { Runtime } from '../tensor/runtime.ts';
import type { HostTensor } from '../tensor/session.ts';
import type { CompiledStep } from '../tensor/step.ts';
import type { Variables } from '../tensor/variables.ts';
import { SharedUpdate } from './shared-update.ts';
import { accumulationStep, SHARDS, type StepParts, trainingStep } from './step.ts';

/** Updates that a GPU makes without waiting for the host in between; their losses are returned together. */
const TOGETHER = 16;

/** What updates need. */
export interface UpdatesInput {
  readonly runtime: Runtime;
  readonly model: Seq2Seq;
  readonly optimizer: Optimizer;
  readonly trained: readonly string[];
  readonly variables: Variables;
  readonly run: Run;
  readonly sampler: BatchSource;
  readonly cluster: Cluster;
}

/** An update that was made. */
export interface Update {
  /** The sampler's position after it. */
  readonly position: SamplerPosition;
  readonly learningRate: number;
  /** Mean loss per target token. */
  readonly loss: number;
  readonly targetTokens: number;
  /** Before clipping. */
  readonly gradientNorm: number;
}

/** How to plan updates. `position` is the sampler's before an update, or after it. */
export interface Plan {
  /** Updates made before. */
  readonly step: number;
  readonly position: SamplerPosition;
  rate(step: number, position: SamplerPosition): number;
  /** Whether something else happens after this many updates, so that the group must end there. */
  stops(step: number, position: SamplerPosition): boolean;
}

/** Makes updates over the batches of a sampler: one at a time, on a GPU several together, with other workers if there are any. */
export class Updates {
  readonly #run: Run;
  readonly #sampler: BatchSource;
  readonly #optimizer: Optimizer;
  readonly #cluster: Cluster;
  readonly #update: Pick<CompiledStep, 'sequence'>;
  readonly #accumulate: CompiledStep | undefined;
  readonly #together: number;
  /** Rounds read ahead, each with the sampler's position after it. */
  readonly #ready: { readonly round: Round; readonly position: SamplerPosition }[] = [];

  constructor({ runtime, model, optimizer, trained, variables, run, sampler, cluster }: UpdatesInput) {
    const onGpu = runtime.device.kind === 'gpu';
    const shards = runtime.compiled && !onGpu ? SHARDS : 1;
    const parts: StepParts = { model, optimizer, trained, options: run, shards };
    const options = { hostInputs: ['seed'] };
    this.#run = run;
    this.#sampler = sampler;
    this.#optimizer = optimizer;
    this.#cluster = cluster;
    this.#update =
      cluster.size === 1
        ? runtime.compile(trainingStep(parts, run.accumulate), variables, options)
        : new SharedUpdate({ runtime, parts, variables, run, cluster });
    this.#accumulate = run.accumulate > 1 ? runtime.compile(accumulationStep(parts), variables, options) : undefined;
    // accumulation steps and sums over workers alternate with the update
    this.#together = onGpu && run.accumulate === 1 && cluster.size === 1 ? TOGETHER : 1;
  }

  /** Compiles the steps of several workers for all shapes: later, each new shape would delay all of them. */
  async prepare(shapes: readonly BatchShape[]): Promise<void> {
    if (!(this.#update instanceof SharedUpdate)) return;
    for (const shape of shapes) {
      const inputs = feeds(emptyBatch(shape, this.#run.guidedWeight > 0), [0, 0], { tokens: 1 });
      await this.#accumulate?.(inputs);
      await this.#update.prepare(inputs);
    }
  }

  /** Makes the next updates, at least one. @throws RunError if a batch does not fit in GPU memory */
  async make(plan: Plan): Promise<Update[]> {
    try {
      return await this.#make(plan);
    } catch (error) {
      throw isOutOfMemory(error) ? tooLarge(error, this.#run) : error;
    }
  }

  async #make({ step, position: before, rate, stops }: Plan): Promise<Update[]> {
    const { accumulate, seed } = this.#run;
    const { rank, size } = this.#cluster;
    const firstRate = rate(step, before);
    const dropout = (step: number, round: number) => randomSeed(seed, 'dropout', step, round * size + rank);
    const earlier = Array.from({ length: accumulate - 1 }, () => this.#next().round);
    const planned: { round: Round; position: SamplerPosition; learningRate: number; inputs: Feeds }[] = [];
    let position = before;
    do {
      const number = step + planned.length;
      const learningRate = planned.length === 0 ? firstRate : rate(number, position);
      const next = this.#next();
      position = next.position;
      const scalars = this.#optimizer.scalars(number + 1, learningRate);
      const seed = dropout(number, accumulate - 1);
      const inputs = feeds(next.round.batch, seed, { ...scalars, ...this.#tokens([...earlier, next.round]) });
      planned.push({ ...next, learningRate, inputs });
    } while (planned.length < this.#together && !stops(step + planned.length, position));
    let loss = 0;
    const rounds = [...earlier, (planned[0] as (typeof planned)[0]).round];
    for (const [i, { batch }] of earlier.entries()) {
      const inputs = feeds(batch, dropout(step, i), this.#tokens(rounds));
      const [result] = await (this.#accumulate as CompiledStep).sequence([inputs], () => this.#readAhead());
      loss += lossOf(result);
    }
    // the next batches are read while these are computed
    const calls = planned.map(({ inputs }) => inputs);
    const results = await this.#update.sequence(calls, () => this.#readAhead());
    const updates = planned.map(({ round, position, learningRate }, i) => ({
      ...{ position, learningRate },
      loss: loss + lossOf(results[i]),
      targetTokens: tokensOf([...earlier, round]),
      gradientNorm: results[i]?.gradientNorm?.data[0] as number,
    }));
    const losses = await sumOf(
      this.#cluster,
      updates.map(({ loss }) => loss),
    );
    return updates.map((update, i) => ({ ...update, loss: losses[i] as number }));
  }

  /** The number of target tokens of an update, if there are more than in its own batch. */
  #tokens(rounds: readonly Round[]): Readonly<Record<string, number>> {
    return rounds.length === 1 && this.#cluster.size === 1 ? {} : { tokens: tokensOf(rounds) };
  }

  #next(): { readonly round: Round; readonly position: SamplerPosition } {
    if (this.#ready.length === 0) this.#readAhead();
    return this.#ready.shift() as { round: Round; position: SamplerPosition };
  }

  #readAhead(): void {
    const round = nextRound(this.#sampler, this.#cluster);
    this.#ready.push({ round, position: this.#sampler.position });
  }
}

type Feeds = Readonly<Record<string, HostTensor>>;

/** A batch's part of its update's mean loss. */
function lossOf(result: Feeds | undefined): number {
  return result?.loss?.data[1] as number;
}

function tokensOf(rounds: readonly Round[]): number {
  return rounds.reduce((sum, { targetTokens }) => sum + targetTokens, 0);
}

function tooLarge(cause: Error, { batchTokens, out }: Run): RunError {
  const half = Math.floor(batchTokens / 2);
  return new RunError(`a batch of ${batchTokens} tokens does not fit into the memory of the GPU`, {
    ...{ where: out, cause },
    remedy: `--batch-tokens ${half} takes half as much; with --accumulate 2 an update is still made of as many`,
  });
}

/** A batch and its other inputs, as a training step receives them. */
function feeds(
  batch: Batch,
  seed: readonly [number, number],
  scalars: Readonly<Record<string, number>>,
): Record<string, HostTensor> {
  return {
    ...batchTensors(batch),
    seed: { shape: [2], data: Int32Array.from(seed) },
    ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, scalar(value)])),
  };
}

function scalar(value: number): HostTensor {
  return { shape: [], data: Float32Array.of(value) };
}
