import type { ModelsResponse, TranslateRequest, TranslateResponse } from '../server/api.ts';
import type { WorkerAnswer, WorkerCall } from './worker.ts';

/** The page's source of translations: a server, or a worker. */
export interface Translations {
  models(): Promise<ModelsResponse>;
  /** @throws an AbortError once the signal is aborted: the caller is no longer interested */
  translate(request: TranslateRequest, signal: AbortSignal): Promise<TranslateResponse>;
  /** What computes, for people; undefined before the first translation, and if unknown. */
  readonly engine: string | undefined;
}

/** The server rejects requests without a key. */
export class KeyNeeded extends Error {}

/** Translations by `attn serve`. @param key returns the key for the server, if known */
export function serverTranslations(key: () => string | null): Translations {
  const ask = async <T>(path: string, init?: RequestInit): Promise<T> => {
    const known = key();
    const headers = { ...init?.headers, ...(known && { authorization: `Bearer ${known}` }) };
    const response = await fetch(path, { ...init, headers }).catch((cause: unknown) => {
      if (init?.signal?.aborted) throw cause;
      throw new Error('The server cannot be reached.', { cause });
    });
    const answer = (await response.json().catch(() => ({}))) as T & { readonly error?: string };
    if (response.status === 401) throw new KeyNeeded(answer.error);
    if (!response.ok) throw new Error(answer.error ?? `The server says ${response.status}.`);
    return answer;
  };
  return {
    engine: undefined,
    models: () => ask('v1/models'),
    translate: (request, signal) =>
      ask('v1/translate', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
        signal,
      }),
  };
}

const engines = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WebAssembly' } as const;

/** Translations in the browser itself. */
export function workerTranslations(): Translations {
  const address = new URL('worker.js', import.meta.url);
  address.search = location.search;
  const worker = new Worker(address, { type: 'module' });
  const waiting = new Map<number, { resolve: (answer: WorkerAnswer) => void; reject: (error: Error) => void }>();
  let calls = 0;
  let engine: string | undefined;
  worker.addEventListener('message', ({ data: answer }: MessageEvent<WorkerAnswer>) => {
    const asker = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) asker?.reject(new Error(answer.error));
    else asker?.resolve(answer);
  });
  worker.addEventListener('error', ({ message }) => {
    const error = new Error(`The translator stopped: ${message || 'its script cannot be read'}`);
    for (const asker of waiting.values()) asker.reject(error);
    waiting.clear();
  });
  const call = (what: Omit<WorkerCall, 'id'>, signal?: AbortSignal): Promise<WorkerAnswer> =>
    new Promise((resolve, reject) => {
      const id = calls++;
      const abort = () => {
        worker.postMessage({ id, kind: 'cancel' } satisfies WorkerCall);
        waiting.delete(id);
        reject(signal?.reason);
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      waiting.set(id, { resolve, reject });
      worker.postMessage({ ...what, id });
    });
  return {
    get engine() {
      return engine;
    },
    async models() {
      const answer = await call({ kind: 'models' });
      return 'models' in answer ? answer.models : { models: [] };
    },
    async translate(request, signal) {
      const answer = await call({ kind: 'translate', request } as Omit<WorkerCall, 'id'>, signal);
      if (!('translated' in answer)) throw new Error('no translation');
      engine = engines[answer.backend];
      return answer.translated;
    },
  };
}
