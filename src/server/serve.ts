import type { FastifyInstance } from 'fastify';
import { AttnError, InputError, RunError, systemCode } from '../support/errors.ts';
import { createApp } from './app.ts';
import type { KnownModel } from './catalogue.ts';
import { defaultSearch, Engine, type EngineSettings } from './engine.ts';
import { isLoopback } from './hosts.ts';
import { createMetrics } from './metrics.ts';
import type { ServerOptions } from './options.ts';
import { TranslationQueue } from './queue.ts';
import type { Service } from './service.ts';

/** A server that listens. */
export interface Server {
  /** `http://127.0.0.1:5000` */
  readonly url: string;
  /** Resolves when the default model is in memory. A failure to load it is a rejection. */
  readonly ready: Promise<void>;
  /** Accepts no more requests, finishes those in progress within their time limit, and frees everything. */
  close(): Promise<void>;
}

/**
 * Starts the server; it listens at once and loads the default model meanwhile.
 * @param models at least one, one of them the default
 * @param log called with messages for the operator
 * @throws InputError for a public address without keys; RunError if it cannot listen
 */
export async function serve(
  options: ServerOptions,
  models: readonly KnownModel[],
  log: (text: string) => void,
  backend?: EngineSettings['backend'],
): Promise<Server> {
  checkInterface(options);
  const { maxLoaded, precision, device } = options;
  const engine = new Engine({ maxLoaded, precision, ...(device && { device }), ...(backend && { backend }) });
  const metrics = createMetrics({ waiting: () => queue.waiting, loaded: () => engine.loaded.length });
  const queue = new TranslationQueue(engine, options, metrics.batch);
  const [first] = models;
  if (first === undefined) throw new InputError('there is no model to serve', { remedy: 'name one' });
  const defaultModel = models.find((model) => model.default) ?? first;
  let state: 'loading' | 'ready' | 'closing' = 'loading';
  const service: Service = {
    ...{ options, models, defaultModel, engine, queue, metrics, log },
    ready: () => state === 'ready',
  };
  const app = await createApp(service);
  const url = await listen(app, options);
  const ready = warmUp(engine, defaultModel, options).then(() => {
    if (state === 'loading') state = 'ready';
  });
  ready.catch(() => {});
  return {
    ...{ url, ready },
    async close() {
      state = 'closing';
      const cut = setTimeout(() => app.server.closeAllConnections(), options.timeout * 1000);
      await app.close();
      clearTimeout(cut);
      await engine.close();
    },
  };
}

/** @throws InputError for an interface reachable by others, unless that is explicitly allowed */
function checkInterface({ host, keys, public: open }: ServerOptions): void {
  if (keys !== undefined || open || isLoopback(host)) return;
  throw new InputError(`${host} can be reached by others, without a key`, {
    where: '--host',
    remedy: '--keys FILE requires one; --public allows everybody',
  });
}

async function listen(app: FastifyInstance, { host, port }: ServerOptions): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const code = systemCode(error);
    if (code === undefined || error instanceof AttnError) throw error;
    const remedy = code === 'EADDRINUSE' ? 'another program uses it: --port 0 picks a free one' : undefined;
    throw new RunError(`cannot listen (${code})`, { where: `${host}:${port}`, remedy, cause: error });
  }
}

/** Loads a model and compiles what its first requests will need: a single sentence, and a full batch. */
async function warmUp(engine: Engine, { path }: KnownModel, { maxBeam, batch }: ServerOptions): Promise<void> {
  for (const count of [1, 8, batch]) {
    await engine.translate(path, new Array(Math.min(count, batch)).fill('a'), defaultSearch(maxBeam));
  }
}
