/** A copy of where a training stands. */
export interface Snapshot {
  /** Saves it now. */
  save(): void;
  /** Saves it beside what else this thread does. */
  saveAside(): Promise<void>;
}

/** When a training is saved: at once, or beside the updates whenever so many minutes have passed. */
export class Saves {
  readonly #milliseconds: number;
  readonly #capture: () => Promise<Snapshot>;
  #last = performance.now();
  #underway: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(minutes: number, capture: () => Promise<Snapshot>) {
    this.#milliseconds = 60_000 * minutes;
    this.#capture = capture;
  }

  async now(): Promise<void> {
    await this.finish();
    (await this.#capture()).save();
    this.#last = performance.now();
  }

  /** Begins a save if it is time; one that is still underway is not overtaken. @throws what the save before has met */
  async whenDue(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#underway !== undefined || performance.now() - this.#last < this.#milliseconds) return;
    const snapshot = await this.#capture();
    this.#underway = snapshot
      .saveAside()
      .catch((error) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#underway = undefined;
        this.#last = performance.now();
      });
  }

  /** Waits for a save that is underway. @throws what it has met */
  async finish(): Promise<void> {
    await this.#underway;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Waits for a save that is underway, whatever comes of it. */
  async settle(): Promise<void> {
    await this.#underway;
  }
}
