import type { Cluster } from '../cluster/cluster.ts';
import { reduce } from '../cluster/reduce.ts';
import type { Run } from '../config/run.ts';
import type { Runtime } from '../tensor/runtime.ts';
import { type HostTensor, SessionTensor } from '../tensor/session.ts';
import type { CompiledStep, HostInputs } from '../tensor/step.ts';
import type { Variables } from '../tensor/variables.ts';
import { gradientStep, type StepParts, updateStep } from './step.ts';

/** The input of an update by several workers. */
export interface SharedUpdateInput {
  readonly runtime: Runtime;
  readonly parts: StepParts;
  readonly variables: Variables;
  readonly run: Pick<Run, 'accumulate' | 'reduce'>;
  readonly cluster: Cluster;
}

/**
 * An update by several workers: each computes the gradients of its own batch as one vector, the vectors are summed over
 * the workers, and each makes the same update with the sum. The two halves are compiled separately: the first for every
 * shape, the second once. Calls and results are those of a single worker's training step, but `loss` is this worker's
 * part of it.
 */
export class SharedUpdate implements Pick<CompiledStep, 'sequence'> {
  readonly #gradient: CompiledStep;
  readonly #update: CompiledStep;
  readonly #run: SharedUpdateInput['run'];
  readonly #cluster: Cluster;

  constructor({ runtime, parts, variables, run, cluster }: SharedUpdateInput) {
    this.#gradient = runtime.compile(gradientStep(parts, run.accumulate), variables, { hostInputs: ['seed'] });
    this.#update = runtime.compile(updateStep(parts), variables);
    this.#run = run;
    this.#cluster = cluster;
  }

  async sequence(calls: readonly HostInputs[], meanwhile?: () => void): Promise<Record<string, HostTensor>[]> {
    const results: Record<string, HostTensor>[] = [];
    for (const inputs of calls) results.push(await this.#make(inputs, meanwhile));
    return results;
  }

  /** Compiles the first half for a shape, with a batch without gradients. */
  async prepare(inputs: HostInputs): Promise<void> {
    await this.#gradient(inputs);
  }

  async #make(inputs: HostInputs, meanwhile?: () => void): Promise<Record<string, HostTensor>> {
    // the optimiser's inputs are scalars; the batch has its own
    const isOptimisers = ([name, { shape }]: [string, HostTensor]) => shape.length === 0 && name !== 'tokens';
    const scalars = Object.fromEntries(Object.entries(inputs).filter(isOptimisers));
    const batch = Object.fromEntries(Object.entries(inputs).filter((entry) => !isOptimisers(entry)));
    const running = this.#gradient.runOnDevice(batch);
    // a failure of `meanwhile` is the visible one
    running.catch(() => {});
    meanwhile?.();
    const { gradient, loss } = await running;
    if (gradient === undefined || loss === undefined) throw new Error('a gradient step has no gradient');
    try {
      // in a session the sum is computed in the tensor's own memory; elsewhere in a copy
      const inPlace = gradient instanceof SessionTensor;
      const copy = inPlace ? undefined : gradient.read();
      await reduce(this.#cluster, inPlace ? gradient.memory : (copy?.data as Float32Array), this.#run.reduce);
      return { loss: loss.read(), ...(await this.#update({ ...scalars, gradient: copy ?? gradient })) };
    } finally {
      gradient.dispose();
      loss.dispose();
    }
  }
}
