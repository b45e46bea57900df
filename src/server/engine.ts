import type { Worker } from 'node:worker_threads';
import { type SearchSettings, searchDefaults } from '../decoding/search-options.ts';
import { InputError, RunError } from '../support/errors.ts';
import { startWorker } from '../support/worker.ts';
import type { SentenceTranslation } from './api.ts';
import type { ServerOptions } from './options.ts';

/** What the thread that computes is started with. */
export type EngineSettings = Pick<ServerOptions, 'maxLoaded' | 'precision' | 'device'> & {
  readonly backend?: 'tensorflow' | 'wasm';
};

/** How sentences are translated that are translated together. */
export type Search = Omit<SearchSettings, 'unknownWords' | 'attention' | 'prefix'> & {
  readonly attention: boolean;
  readonly prefix?: string | undefined;
};

/** The search of a request that says nothing of it. @param widest beam that the server allows */
export function defaultSearch(widest: number): Search {
  const { unknownWords, attention, prefix, ...search } = searchDefaults;
  return { ...search, beam: Math.min(search.beam, widest), attention: false };
}

/** A sentence's translations, without what the server knows of it. */
export type TranslatedSentence = Pick<SentenceTranslation, 'sourcePieces' | 'truncated' | 'hypotheses'>;

/** Sentences for one model. */
export interface EngineCall {
  readonly id: number;
  /** The folder of the model. */
  readonly path: string;
  readonly sentences: readonly string[];
  readonly search: Search;
}

/** What became of a call, and the models that are in memory now, by their folders. */
export type EngineAnswer = { readonly id: number; readonly loaded: readonly string[] } & (
  | { readonly translated: readonly TranslatedSentence[] }
  | { readonly failure: 'load' | 'input' | 'run'; readonly text: string }
);

/** A model that cannot be loaded: what the log says of it is not for clients. */
export class LoadError extends RunError {}

interface Waiting {
  readonly resolve: (translated: readonly TranslatedSentence[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Translates on a thread of its own, so that the server answers meanwhile. The thread holds the models that were used
 * last. One that dies is replaced for the next call.
 */
export class Engine {
  readonly #settings: EngineSettings;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #loaded: readonly string[] = [];
  #calls = 0;

  constructor(settings: EngineSettings) {
    this.#settings = settings;
  }

  /** The folders of the models in memory. */
  get loaded(): readonly string[] {
    return this.#loaded;
  }

  /**
   * @throws LoadError for a model that cannot be loaded, InputError for a search that cannot be made, RunError where the
   *   computation failed
   */
  translate(path: string, sentences: readonly string[], search: Search): Promise<readonly TranslatedSentence[]> {
    const id = this.#calls++;
    this.#worker ??= this.#start();
    const answered = new Promise<readonly TranslatedSentence[]>((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject }),
    );
    this.#worker.postMessage({ id, path, sentences, search } satisfies EngineCall);
    return answered;
  }

  /** Frees the models and ends the thread, after the calls made before. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('close');
    await ended;
  }

  #start(): Worker {
    const worker = startWorker(new URL('./engine-worker.ts', import.meta.url), this.#settings);
    let failure: Error | undefined;
    worker.on('message', (answer: EngineAnswer) => {
      this.#loaded = answer.loaded;
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('translated' in answer) waiting?.resolve(answer.translated);
      else waiting?.reject(errorOf(answer));
    });
    worker.on('error', (error) => {
      failure = error;
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#loaded = [];
      const error = new RunError(`the thread that computes has ended: ${failure?.message ?? 'for no reason given'}`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
    return worker;
  }
}

function errorOf({ failure, text }: { failure: 'load' | 'input' | 'run'; text: string }): Error {
  if (failure === 'load') return new LoadError(text);
  return failure === 'input' ? new InputError(text) : new RunError(text);
}
