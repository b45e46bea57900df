import type { Run } from '../config/run.ts';
import { type Batch, batchTensors } from '../dataset/batch.ts';
import type { BatchSource, SamplerPosition } from '../dataset/sampler.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { RunError } from '../support/errors.ts';
import { randomSeed } from '../support/random.ts';
import type { Optimizer } from '../tensor/optimizers.ts';
import type { Runtime } from '../tensor/runtime.ts';
import { type HostTensor, isOutOfMemory } from '../tensor/session.ts';
import type { CompiledStep } from '../tensor/step.ts';
import type { Variables } from '../tensor/variables.ts';
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

/** Makes updates over the batches of a sampler: one at a time, on a GPU several together. */
export class Updates {
  readonly #run: Run;
  readonly #sampler: BatchSource;
  readonly #optimizer: Optimizer;
  readonly #update: CompiledStep;
  readonly #accumulate: CompiledStep | undefined;
  readonly #together: number;
  /** Batches read ahead, each with the sampler's position after it. */
  readonly #ready: { readonly batch: Batch; readonly position: SamplerPosition }[] = [];

  constructor({ runtime, model, optimizer, trained, variables, run, sampler }: UpdatesInput) {
    const onGpu = runtime.device.kind === 'gpu';
    const shards = runtime.compiled && !onGpu ? SHARDS : 1;
    const parts: StepParts = { model, optimizer, trained, options: run, shards };
    const options = { hostInputs: ['seed'] };
    this.#run = run;
    this.#sampler = sampler;
    this.#optimizer = optimizer;
    this.#update = runtime.compile(trainingStep(parts, run.accumulate), variables, options);
    this.#accumulate = run.accumulate > 1 ? runtime.compile(accumulationStep(parts), variables, options) : undefined;
    // accumulation steps alternate with the update
    this.#together = onGpu && run.accumulate === 1 ? TOGETHER : 1;
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
    const firstRate = rate(step, before);
    let loss = 0;
    let targetTokens = 0;
    for (let i = 0; i < accumulate - 1; i++) {
      const { batch } = this.#next();
      const inputs = feeds(batch, randomSeed(seed, 'dropout', step, i), {});
      const [result] = await (this.#accumulate as CompiledStep).sequence([inputs], () => this.#readAhead());
      loss += lossOf(result, batch);
      targetTokens += batch.targetTokens;
    }
    const planned: { batch: Batch; position: SamplerPosition; learningRate: number; inputs: Feeds }[] = [];
    let position = before;
    do {
      const number = step + planned.length;
      const learningRate = planned.length === 0 ? firstRate : rate(number, position);
      const next = this.#next();
      position = next.position;
      const dropout = randomSeed(seed, 'dropout', number, accumulate - 1);
      const inputs = feeds(next.batch, dropout, this.#optimizer.scalars(number + 1, learningRate));
      planned.push({ ...next, learningRate, inputs });
    } while (planned.length < this.#together && !stops(step + planned.length, position));
    // the next batches are read while these are computed
    const calls = planned.map(({ inputs }) => inputs);
    const results = await this.#update.sequence(calls, () => this.#readAhead());
    return planned.map(({ batch, position, learningRate }, i) => {
      const result = results[i];
      const tokens = targetTokens + batch.targetTokens;
      const gradientNorm = result?.gradientNorm?.data[0] as number;
      return {
        position,
        learningRate,
        loss: (loss + lossOf(result, batch)) / tokens,
        targetTokens: tokens,
        gradientNorm,
      };
    });
  }

  #next(): { readonly batch: Batch; readonly position: SamplerPosition } {
    if (this.#ready.length === 0) this.#readAhead();
    return this.#ready.shift() as { batch: Batch; position: SamplerPosition };
  }

  #readAhead(): void {
    const batch = this.#sampler.next();
    this.#ready.push({ batch, position: this.#sampler.position });
  }
}

type Feeds = Readonly<Record<string, HostTensor>>;

/** The summed loss of a batch. */
function lossOf(result: Feeds | undefined, { targetTokens }: Batch): number {
  return (result?.loss?.data[1] as number) * targetTokens;
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
