import type { TrainedRun } from '../checkpoints/trained-run.ts';
import { hasTensorFlow, useBackend } from '../tensor/backend.ts';
import { openRuntime, type Runtime, type RuntimeOptions } from '../tensor/runtime.ts';
import type { HostTensor } from '../tensor/session.ts';
import { createSearch, type Search } from './search.ts';

/** What a translator computes on: as a runtime's options; without a backend, whichever is fastest for the work at hand. */
export type EngineOptions = Pick<RuntimeOptions, 'backend' | 'device' | 'threads' | 'precision'>;

/**
 * From this many sentences on TensorFlow is worth its start and its compiling, about a second together; fewer are
 * translated by WebAssembly before it would be ready (docs/performance.md).
 */
const WORTH_TENSORFLOW = 24;

/** The models of a translator in an engine, which is started when there is work, and changed for more work. */
export class Engine {
  readonly #runs: readonly TrainedRun[];
  readonly #options: EngineOptions;
  #runtime: Runtime | undefined;
  #search: Search | undefined;

  constructor(runs: readonly TrainedRun[], options: EngineOptions) {
    this.#runs = runs;
    this.#options = options;
  }

  /** A search on the engine for so many sentences. */
  async searchFor(sentences: number): Promise<Search> {
    const backend = this.#options.backend ?? this.#best(sentences);
    if (this.#runtime === undefined || this.#search === undefined || this.#runtime.backend !== backend) {
      this.close();
      this.#runtime = await openRuntime({
        ...this.#options,
        backend,
        // the search runs two groups of sentences at a time
        streams: 2,
        // WebAssembly starts faster without threads, and a few sentences have no work for them
        ...(this.#options.backend === undefined && backend === 'wasm' && hasTensorFlow() && { threads: 1 }),
      });
      const members = this.#runs.map(({ model }, i) => ({ model, prefix: `${i}/` }));
      this.#search = createSearch(this.#runtime, members, await this.#runtime.variables(this.#parameters()));
    }
    await useBackend(backend);
    return this.#search;
  }

  close(): void {
    this.#runtime?.close();
    this.#runtime = undefined;
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
