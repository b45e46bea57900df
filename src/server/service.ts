import type { KnownModel } from './catalogue.ts';
import type { Engine } from './engine.ts';
import type { Metrics } from './metrics.ts';
import type { ServerOptions } from './options.ts';
import type { TranslationQueue } from './queue.ts';

/** What the routes of a server share. */
export interface Service {
  readonly options: ServerOptions;
  readonly models: readonly KnownModel[];
  readonly defaultModel: KnownModel;
  readonly engine: Engine;
  readonly queue: TranslationQueue;
  readonly metrics: Metrics;
  /** Whether requests are accepted: the default model is in memory, and the server is not stopping. */
  ready(): boolean;
  /** Called with messages for the operator. */
  log(text: string): void;
}
