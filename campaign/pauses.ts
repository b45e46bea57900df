/** Milliseconds between two looks at the clock, and how late a look may be. */
const EVERY = 500;
const LATE = 3000;

/**
 * Knows when this process stood still: stopped by a signal, or without a processor. Whoever measures others' speed may
 * stop a campaign and its server together; a client that stood still cannot say that no answer came in time.
 */
export class Pauses {
  readonly #now: () => number;
  #seen: number;
  #ended = Number.NEGATIVE_INFINITY;
  readonly #timer = setInterval(() => this.#look(), EVERY);

  /** @param now a clock of milliseconds */
  constructor(now = () => performance.now()) {
    this.#now = now;
    this.#seen = now();
  }

  /** Whether a pause ended after this moment of the clock. */
  since(moment: number): boolean {
    this.#look();
    return this.#ended >= moment;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = this.#now();
    if (now - this.#seen > EVERY + LATE) this.#ended = now;
    this.#seen = now;
  }
}
