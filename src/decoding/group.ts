import type { DeviceTensor, HostTensor } from '../tensor/session.ts';
import type { CompiledStep } from '../tensor/step.ts';
import { EOS, PAD } from '../vocabulary/vocabulary.ts';
import type { SentenceSearch, StepResult } from './sentence-search.ts';

/** A sentence to translate: its ids without eos, and its search, which will hold the result. */
export interface Job {
  readonly ids: readonly number[];
  readonly search: SentenceSearch;
}

/** The steps of a search (steps.ts). */
export interface Steps {
  readonly read: CompiledStep;
  /** To a state with room for this many words. */
  readonly move: (room: number) => CompiledStep;
  readonly advance: CompiledStep;
  /** Inputs of every `advance`: weights packed for custom kernels. */
  readonly packed: Tensors;
}

/** The sizes of a group's tensors. */
export interface Shape {
  /** S: at least the longest sentence, eos included. */
  readonly width: number;
  /** R: maximum rows of a step, at least K. */
  readonly rows: number;
  /** B: maximum number of sentences translated at once. */
  readonly places: number;
  /** N: maximum number of sentences encoded at once. */
  readonly reads: number;
  /** The initial room for words (what `read` was made for); it is doubled when a translation is longer. */
  readonly room: number;
  /** Maximum length of a translation, in words. */
  readonly longest: number;
  /** Tensors have only as many rows as needed, not always the number given here. */
  readonly exact: boolean;
}

/**
 * New sentences are admitted when this share of the rows is free: each time, memory is moved. Custom kernels do not
 * compute free rows, so they can wait for more.
 */
const FREE_SHARE = { graph: 1 / 12, kernels: 1 / 4 };

/** A shape this many times smaller is worth compiling after this many steps for which it would have been enough. */
const SHRINKING = 8;
const PATIENCE = 8;
const SMALLEST = 64;

/**
 * Translates sentences together. Each has a place; one that is done leaves it and another takes it (continuous
 * batching: Orca, Yu et al. 2022), so that a step has work for all its rows, whatever the lengths, and always the same
 * shape.
 */
export async function searchTogether(steps: Steps, jobs: readonly Job[], shape: Shape, beam: number): Promise<void> {
  const group = new Group(steps, jobs, shape, beam);
  try {
    while (await group.advance());
  } finally {
    group.dispose();
  }
}

/** Outputs used only by later steps. */
const STAY = ['memory/', 'state/'];

type Tensors = Readonly<Record<string, DeviceTensor>>;

/** An encoded sentence, and its row among those encoded with it. */
interface Newcomer {
  readonly job: Job;
  readonly row: number;
}

class Group {
  readonly #steps: Steps;
  readonly #beam: number;
  #shape: Shape;
  /** Sentences not yet encoded. */
  readonly #waiting: Job[];
  /** Sentences waiting for a place, encoded in `#read`. */
  readonly #lobby: Newcomer[] = [];
  #read: Tensors = {};
  /** The sentences being translated: each has the row of its place in memory. One that is done leaves a gap. */
  #places: (Job | undefined)[] = [];
  /** `memory/...` of the sentences in their places. */
  #memory: Tensors = {};
  /** `state/...` of the rows of the previous step. */
  #state: Tensors = {};
  /** Steps with hardly any rows. */
  #emptySteps = 0;

  /** Whether steps compute only the rows in use. */
  readonly #counts: boolean;

  constructor(steps: Steps, jobs: readonly Job[], shape: Shape, beam: number) {
    this.#steps = steps;
    this.#counts = Object.keys(steps.packed).length > 0;
    this.#beam = beam;
    this.#shape = shape;
    this.#waiting = [...jobs];
  }

  dispose(): void {
    disposeAll(this.#read);
    disposeAll(this.#memory);
    disposeAll(this.#state);
  }

  /** Advances every sentence in its place by one word; false if there are none left. */
  async advance(): Promise<boolean> {
    this.#makeRoom();
    const moved = await this.#moveWhereWorthIt();
    const count = beamsOf(this.#running);
    if (count === 0) return false;
    const size = this.#shape.exact ? count : this.#shape.rows;
    // the values of rows beyond the beams do not matter
    const [placeOf, originOf, previous] = [new Int32Array(size), new Int32Array(size), new Int32Array(size)];
    let row = 0;
    for (const [place, job] of this.#places.entries()) {
      if (job === undefined) continue;
      const { search } = job;
      for (let beam = 0; beam < search.count; beam++, row++) {
        placeOf[row] = place;
        originOf[row] = moved ? row : search.origin(beam);
        previous[row] = search.lastWord(beam);
      }
    }
    const inputs = {
      ...this.#steps.packed,
      ...(this.#counts && { used: { shape: [1], data: Int32Array.of(count) } }),
      ...this.#memory,
      ...this.#state,
      place: { shape: [size], data: placeOf },
      origin: { shape: [size], data: originOf },
      previous: { shape: [size], data: previous },
    };
    const outputs = await this.#steps.advance.runOnDevice(inputs, STAY);
    disposeAll(this.#state);
    this.#state = withPrefix(outputs, 'state/');
    this.#take(readResult(outputs));
    return true;
  }

  get #running(): Job[] {
    return this.#places.filter((job) => job !== undefined);
  }

  /** There may now be more beams than rows: then the sentences that came last start again later. */
  #makeRoom(): void {
    while (beamsOf(this.#running) > this.#shape.rows) {
      const last = this.#running.reduce((a, b) => (b.search.length < a.search.length ? b : a));
      this.#places[this.#places.indexOf(last)] = undefined;
      last.search.restart();
      this.#waiting.unshift(last);
    }
  }

  /**
   * Admits new sentences, or continues with fewer rows or room for more words. @returns whether rows are now in the
   * order of their places
   */
  async #moveWhereWorthIt(): Promise<boolean> {
    const { rows, places, longest } = this.#shape;
    const running = this.#running;
    const full = running.some(({ search }) => search.length >= this.#shape.room);
    if (full) this.#shape = { ...this.#shape, room: Math.min(2 * this.#shape.room, longest) };
    const someWait = this.#waiting.length > 0 || this.#lobby.length > 0;
    if (someWait) {
      // a new sentence will soon have K beams
      const free = Math.min(Math.floor((rows - beamsOf(running)) / this.#beam), places - running.length);
      if (running.length === 0 || free * this.#beam >= rows * FREE_SHARE[this.#counts ? 'kernels' : 'graph']) {
        if (this.#lobby.length === 0) await this.#readMore();
        await this.#move(this.#lobby.splice(0, free));
        return true;
      }
    } else if (this.#mayShrink() && ++this.#emptySteps >= PATIENCE) {
      this.#shape = { ...this.#shape, rows: rows / SHRINKING, places: rows / SHRINKING };
      this.#emptySteps = 0;
      await this.#move([]);
      return true;
    }
    if (full) await this.#move([]);
    return full;
  }

  /** Whether fewer rows would be less work, and are enough for now and for all beams that one sentence may have later. */
  #mayShrink(): boolean {
    const { rows, exact } = this.#shape;
    const fewer = rows / SHRINKING;
    return !exact && !this.#counts && rows > SMALLEST && fewer >= this.#beam && beamsOf(this.#running) <= fewer;
  }

  /** Rearranges memory and state: current sentences without gaps, then newcomers from the lobby. */
  async #move(newcomers: readonly Newcomer[]): Promise<void> {
    const { rows, places, exact } = this.#shape;
    const [oldPlaces, oldRows] = [rowsOf(this.#memory), rowsOf(this.#state)];
    const stays = this.#places.flatMap((job, place) => (job === undefined ? [] : [{ job, place }]));
    const memoryRows = [...stays.map(({ place }) => place), ...newcomers.map(({ row }) => oldPlaces + row)];
    const stateRows = [
      ...stays.flatMap(({ job: { search } }) => Array.from({ length: search.count }, (_, beam) => search.origin(beam))),
      ...newcomers.map(({ row }) => oldRows + row),
    ];
    const inputs = {
      ...renamed('old/', { ...this.#memory, ...this.#state }),
      ...(newcomers.length > 0 && renamed('new/', this.#read)),
      places: this.#rows(memoryRows, exact ? memoryRows.length : places),
      origin: this.#rows(stateRows, exact ? stateRows.length : rows),
    };
    const moved = await this.#steps.move(this.#shape.room).runOnDevice(inputs, STAY);
    disposeAll(this.#memory);
    disposeAll(this.#state);
    this.#memory = withPrefix(moved, 'memory/');
    this.#state = withPrefix(moved, 'state/');
    this.#places = [...stays, ...newcomers].map(({ job }) => job);
  }

  /** Row numbers as an input of a step that moves rows; those beyond them do not matter, so kernels leave them out. */
  #rows(numbers: readonly number[], size: number): HostTensor {
    const data = new Int32Array(size).fill(this.#counts ? -1 : 0);
    data.set(numbers);
    return { shape: [size], data };
  }

  async #readMore(): Promise<void> {
    const { width, reads, exact } = this.#shape;
    const jobs = this.#waiting.splice(0, reads);
    this.#lobby.push(...jobs.map((job, row) => ({ job, row })));
    const source = new Int32Array((exact ? jobs.length : reads) * width).fill(PAD);
    for (let row = 0; row * width < source.length; row++) {
      // a row without a sentence encodes an empty one
      const ids = jobs[row]?.ids ?? [];
      source.set([...ids, EOS], row * width);
    }
    disposeAll(this.#read);
    const inputs = { source: { shape: [source.length / width, width], data: source } };
    this.#read = await this.#steps.read.runOnDevice(inputs, STAY);
  }

  /** Gives every sentence its rows of a step; those that are done leave their places. */
  #take(result: StepResult): void {
    let row = 0;
    for (const [place, job] of this.#places.entries()) {
      if (job === undefined) continue;
      const own = job.search.count;
      job.search.advance(result, row);
      row += own;
      if (job.search.count === 0) this.#places[place] = undefined;
    }
  }
}

function beamsOf(jobs: readonly Job[]): number {
  return jobs.reduce((sum, { search }) => sum + search.count, 0);
}

/** Reads the small outputs of a step and frees them; the state stays. */
function readResult(outputs: Tensors): StepResult {
  const take = (name: string): HostTensor => {
    const tensor = outputs[name] as DeviceTensor;
    const value = tensor.read();
    tensor.dispose();
    return value;
  };
  const words = outputs.words && (take('words').data as Int32Array);
  const { data: logProbabilities, shape: offered } = take('logProbabilities');
  const attention: Record<string, Float32Array> = {};
  let width = 0;
  for (const name of Object.keys(outputs).filter((key) => key.startsWith('attention/'))) {
    const { shape, data } = take(name);
    width = shape[1] as number;
    attention[name.slice('attention/'.length)] = data as Float32Array;
  }
  const count = offered[1] as number;
  return { ...(words && { words }), logProbabilities: logProbabilities as Float32Array, count, attention, width };
}

function withPrefix(tensors: Tensors, prefix: string): Record<string, DeviceTensor> {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => name.startsWith(prefix)));
}

function renamed(prefix: string, tensors: Tensors): Record<string, DeviceTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, tensor]));
}

function rowsOf(tensors: Tensors): number {
  return Object.values(tensors)[0]?.shape[0] ?? 0;
}

function disposeAll(tensors: Tensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}
