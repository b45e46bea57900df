import type { TrainedRun } from '../checkpoints/trained-run.ts';
import { hasTensorFlow, useBackend } from '../tensor/backend.ts';
import { openRuntime, type Runtime, type RuntimeOptions } from '../tensor/runtime.ts';
import type { HostTensor } from '../tensor/session.ts';
import type { Variables } from '../tensor/variables.ts';
import { createForcing, type Forcing } from './forcing.ts';
import { createSearch, type Search } from './search.ts';
import type { Member } from './steps.ts';

/** What a translator computes on, as in a runtime's options; without a backend, whichever is fastest for the task. */
export type EngineOptions = Pick<RuntimeOptions, 'backend' | 'device' | 'threads' | 'precision'>;

/**
 * From this many sentences, TensorFlow is worth its start and compilation, about a second together; WebAssembly
 * translates fewer before TensorFlow would be ready (docs/performance.md).
 */
const WORTH_TENSORFLOW = 24;

/** The models of a translator in an engine, which is started when there is work, and replaced for larger tasks. */
export class Engine {
  readonly #runs: readonly TrainedRun[];
  readonly #options: EngineOptions;
  #runtime: Runtime | undefined;
  #variables: Variables | undefined;
  #search: Search | undefined;
  #forcing: Forcing | undefined;

  constructor(runs: readonly TrainedRun[], options: EngineOptions) {
    this.#runs = runs;
    this.#options = options;
  }

  /** A search on the engine for this many sentences. */
  async searchFor(sentences: number): Promise<Search> {
    const { runtime, members, variables } = await this.#startFor(sentences);
    this.#search ??= createSearch(runtime, members, variables);
    return this.#search;
  }

  /** Teacher forcing on the engine for this many pairs of sentences. */
  async forcingFor(pairs: number): Promise<Forcing> {
    const { runtime, members, variables } = await this.#startFor(pairs);
    this.#forcing ??= createForcing(runtime, members, variables);
    return this.#forcing;
  }

  async #startFor(sentences: number): Promise<{ runtime: Runtime; members: Member[]; variables: Variables }> {
    const backend = this.#options.backend ?? this.#best(sentences);
    if (this.#runtime === undefined || this.#variables === undefined || this.#runtime.backend !== backend) {
      this.close();
      this.#runtime = await openRuntime({
        ...this.#options,
        backend,
        // the search runs two groups of sentences at a time
        streams: 2,
        // WebAssembly starts faster without threads, and a few sentences do not need them
        ...(this.#options.backend === undefined && backend === 'wasm' && hasTensorFlow() && { threads: 1 }),
      });
      this.#variables = await this.#runtime.variables(this.#parameters());
    }
    await useBackend(backend);
    const members = this.#runs.map(({ model }, i) => ({ model, prefix: `${i}/` }));
    return { runtime: this.#runtime, members, variables: this.#variables };
  }

  close(): void {
    this.#runtime?.close();
    this.#runtime = undefined;
    this.#variables = undefined;
    this.#search = undefined;
    this.#forcing = undefined;
  }

  #best(sentences: number): 'tensorflow' | 'wasm' {
    const { device } = this.#options;
    const started = this.#runtime?.backend === 'tensorflow' || (device !== undefined && device !== 'cpu');
    return hasTensorFlow() && (started || sentences >= WORTH_TENSORFLOW) ? 'tensorflow' : 'wasm';
  }

  #parameters(): Record<string, HostTensor> {
    const named = this.#runs.flatMap(({ checkpoint }, i) =>
      Object.entries(checkpoint.parameters).map(([name, value]) => [`${i}/${name}`, value] as const),
    );
    return Object.fromEntries(named);
  }
}
