import type { Worker } from 'node:worker_threads';
import { type SearchSettings, searchDefaults } from '../decoding/search-options.ts';
import { InputError, RunError } from '../support/errors.ts';
import { startWorker } from '../support/worker.ts';
import type { SentenceTranslation } from './api.ts';
import type { ServerOptions } from './options.ts';

/** The start settings of the computing thread. */
export type EngineSettings = Pick<ServerOptions, 'maxLoaded' | 'precision' | 'device'> & {
  readonly backend?: 'tensorflow' | 'wasm';
};

/** The search for sentences that are translated together. */
export type Search = Omit<SearchSettings, 'unknownWords' | 'attention' | 'prefix'> & {
  readonly attention: boolean;
  readonly prefix?: string | undefined;
};

/** The default search of a request. @param widest beam that the server allows */
export function defaultSearch(widest: number): Search {
  const { unknownWords, attention, prefix, ...search } = searchDefaults;
  return { ...search, beam: Math.min(search.beam, widest), attention: false };
}

/** A sentence's translations, without what the server adds. */
export type TranslatedSentence = Pick<SentenceTranslation, 'sourcePieces' | 'truncated' | 'hypotheses'>;

/** Sentences for one model. */
export interface EngineCall {
  readonly id: number;
  /** The folder of the model. */
  readonly path: string;
  readonly sentences: readonly string[];
  readonly search: Search;
}

/** The result of a call, and the models now in memory, by folder. */
export type EngineAnswer = { readonly id: number; readonly loaded: readonly string[] } & (
  | { readonly translated: readonly TranslatedSentence[] }
  | { readonly failure: 'load' | 'input' | 'run'; readonly text: string }
);

/** A request that this model cannot fulfil: a prefix of pieces that it never writes. */
export class RequestError extends InputError {}

/** A model that cannot be loaded: the log's details are not for clients. */
export class LoadError extends RunError {}

interface Waiting {
  readonly resolve: (translated: readonly TranslatedSentence[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Translates on a separate thread, so that the server can answer meanwhile. The thread keeps the most recently used
 * models. If it dies, it is replaced at the next call.
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
   * @throws LoadError for a model that cannot be loaded, InputError for an invalid search, RunError if the computation
   *   failed
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

  /** Frees the models and ends the thread, after all earlier calls. */
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
      const error = new RunError(`the computing thread has ended: ${failure?.message ?? 'no reason given'}`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
    return worker;
  }
}

function errorOf({ failure, text }: { failure: 'load' | 'input' | 'run'; text: string }): Error {
  if (failure === 'load') return new LoadError(text);
  // options name themselves as flags
  return failure === 'input' ? new RequestError(text.replace(/^--/, '')) : new RunError(text);
}
