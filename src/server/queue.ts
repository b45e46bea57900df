import type { Engine, Search, TranslatedSentence } from './engine.ts';
import { Refusal } from './refusal.ts';

/** How a queue forms its batches: see `serverOptions`. */
export interface QueueOptions {
  readonly batch: number;
  /** Milliseconds. */
  readonly window: number;
  readonly queue: number;
}

/** The translation work of a request. */
export interface Work {
  /** The folder of the model. */
  readonly path: string;
  readonly sentences: readonly string[];
  readonly search: Search;
  /** Aborted when the request is cancelled: what has not started is dropped. */
  readonly signal: AbortSignal;
}

/** A batch that was translated, or failed. */
export interface BatchReport {
  readonly sentences: number;
  readonly seconds: number;
}

interface Waiter {
  readonly resolve: (translated: TranslatedSentence) => void;
  readonly reject: (reason: unknown) => void;
}

/** A request in the queue. */
interface Ticket {
  readonly work: Work;
  /** A key shared by sentences that can be translated together. */
  readonly kind: string;
  readonly waiters: readonly Waiter[];
  /** The first sentence not yet in a batch. */
  next: number;
}

/**
 * Combines the sentences of many requests (dynamic batching): while one batch is translated, the next one collects.
 * Requests take turns, one sentence each, so that a long text does not keep a short one waiting. Sentences are
 * translated together if model and search are the same.
 */
export class TranslationQueue {
  readonly #engine: Pick<Engine, 'translate'>;
  readonly #options: QueueOptions;
  readonly #onBatch: (report: BatchReport) => void;
  #tickets: Ticket[] = [];
  #running = false;
  #full: (() => void) | undefined;

  constructor(engine: Pick<Engine, 'translate'>, options: QueueOptions, onBatch: (report: BatchReport) => void) {
    this.#engine = engine;
    this.#options = options;
    this.#onBatch = onBatch;
  }

  /** The number of sentences waiting for a batch. */
  get waiting(): number {
    return this.#tickets.reduce((sum, { waiters, next }) => sum + waiters.length - next, 0);
  }

  /**
   * The translation of each sentence, as it becomes ready. A failure surfaces where it is awaited, and is never an
   * unhandled rejection.
   * @throws Refusal if there is no room
   */
  translate(work: Work): readonly Promise<TranslatedSentence>[] {
    const { queue } = this.#options;
    const count = work.sentences.length;
    if (count === 0) return [];
    if (count > queue)
      throw new Refusal(413, `${count} sentences are more than the ${queue} that may wait: send fewer`);
    if (this.waiting + count > queue)
      throw new Refusal(503, 'too many sentences are waiting: try again', { retryAfter: 1 });
    work.signal.throwIfAborted();
    const waiters: Waiter[] = [];
    const translated = work.sentences.map(
      () => new Promise<TranslatedSentence>((resolve, reject) => waiters.push({ resolve, reject })),
    );
    for (const one of translated) one.catch(() => {});
    const ticket = { work, kind: kindOf(work), waiters, next: 0 };
    this.#tickets.push(ticket);
    work.signal.addEventListener('abort', () => this.#drop(ticket), { once: true });
    if (this.waiting >= this.#options.batch) this.#full?.();
    if (!this.#running) void this.#run();
    return translated;
  }

  #drop(ticket: Ticket): void {
    this.#tickets = this.#tickets.filter((other) => other !== ticket);
    for (const { reject } of ticket.waiters) reject(ticket.work.signal.reason);
  }

  async #run(): Promise<void> {
    this.#running = true;
    await this.#gather();
    while (this.#tickets.length > 0) {
      const taken = this.#take();
      const [{ ticket: first }] = taken as [Taken];
      const { path, search } = first.work;
      const sentences = taken.map(({ ticket, index }) => ticket.work.sentences[index] as string);
      const begun = performance.now();
      try {
        const translated = await this.#engine.translate(path, sentences, search);
        for (const [i, { waiter }] of taken.entries()) waiter.resolve(translated[i] as TranslatedSentence);
      } catch (error) {
        for (const { waiter } of taken) waiter.reject(error);
      }
      this.#onBatch({ sentences: sentences.length, seconds: (performance.now() - begun) / 1000 });
    }
    // in the same turn as the last look at the tickets: what comes next starts a run of its own
    this.#running = false;
  }

  /** Waits until others may have arrived, or a batch is full. */
  async #gather(): Promise<void> {
    const { window, batch } = this.#options;
    if (window === 0 || this.waiting >= batch) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, window);
      this.#full = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#full = undefined;
  }

  /** The next batch, of the same kind as the request that has waited longest for its turn. */
  #take(): Taken[] {
    const kind = this.#tickets[0]?.kind;
    const alike = this.#tickets.filter((ticket) => ticket.kind === kind);
    const taken: Taken[] = [];
    for (let turn = alike; turn.length > 0 && taken.length < this.#options.batch; turn = turn.filter(hasMore)) {
      for (const ticket of turn.slice(0, this.#options.batch - taken.length)) {
        taken.push({ ticket, index: ticket.next, waiter: ticket.waiters[ticket.next] as Waiter });
        ticket.next++;
      }
    }
    // those that got a turn go behind those that did not
    const served = new Set(taken.map(({ ticket }) => ticket));
    const others = this.#tickets.filter((ticket) => !served.has(ticket));
    this.#tickets = [...others, ...[...served].filter(hasMore)];
    return taken;
  }
}

function kindOf({ path, search }: Work): string {
  const said = Object.entries(search).filter(([, value]) => value !== undefined);
  return JSON.stringify([path, ...said.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

interface Taken {
  readonly ticket: Ticket;
  readonly index: number;
  readonly waiter: Waiter;
}

function hasMore({ waiters, next }: Ticket): boolean {
  return next < waiters.length;
}
