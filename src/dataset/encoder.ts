import type { Worker } from 'node:worker_threads';
import { startWorker } from '../support/worker.ts';
import type { EncodedPairs } from './encode.ts';

/** The model files of the two vocabularies. */
export interface EncoderPaths {
  readonly source: string;
  readonly target: string;
}

interface Waiting {
  readonly resolve: (encoded: EncodedPairs) => void;
  readonly reject: (error: unknown) => void;
}

/** Encodes pairs on separate threads. Close it, or the process does not end. */
export class Encoder {
  readonly threads: number;
  readonly #workers: { readonly worker: Worker; readonly waiting: Waiting[] }[];
  #turn = 0;
  #failure: unknown;

  constructor(paths: EncoderPaths, threads: number) {
    this.threads = threads;
    this.#workers = Array.from({ length: threads }, () => {
      const worker = startWorker(new URL('./encode-worker.ts', import.meta.url), paths, {
        // What a task leaves behind is garbage at the next one: no need to let it pile up.
        maxYoungGenerationSizeMb: 8,
      });
      const waiting: Waiting[] = [];
      worker.on('message', (encoded: EncodedPairs) => waiting.shift()?.resolve(encoded));
      worker.on('error', (error) => {
        this.#failure = error;
        for (const { reject } of waiting.splice(0)) reject(error);
      });
      return { worker, waiting };
    });
  }

  /**
   * Encodes pairs (see `encodeSides`) on the next thread in turn. They are sent as single sentences: if they were
   * slices of one long text, a vocabulary that caches a word would keep all of it alive.
   */
  encode(sides: readonly string[]): Promise<EncodedPairs> {
    const { worker, waiting } = this.#workers[this.#turn++ % this.threads]!;
    const encoded = new Promise<EncodedPairs>((resolve, reject) => {
      // A thread that died no longer answers.
      if (this.#failure !== undefined) return reject(this.#failure);
      waiting.push({ resolve, reject });
      worker.postMessage(sides);
    });
    // a failure surfaces where it is awaited, and the first one is enough
    encoded.catch(() => {});
    return encoded;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }
}
