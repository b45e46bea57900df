/** A copy of the training state. */
export interface Snapshot {
  /** Saves it now. */
  save(): void;
  /** Saves it in parallel with this thread's other work. */
  saveAside(): Promise<void>;
}

/** When to save training: at once, or in parallel with updates every so many minutes. */
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

  /** Starts a save if it is time and no other save is running. @throws the error of the previous save */
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

  /** Waits for a running save. @throws its error */
  async finish(): Promise<void> {
    await this.#underway;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Waits for a running save, whatever its result. */
  async settle(): Promise<void> {
    await this.#underway;
  }
}
