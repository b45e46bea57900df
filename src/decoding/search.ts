import { learnedPlaces } from '../models/places.ts';
import { InputError, RunError } from '../support/errors.ts';
import { isOutOfMemory } from '../tensor/out-of-memory.ts';
import type { Runtime } from '../tensor/runtime.ts';
import type { Variables } from '../tensor/variables.ts';
import { type Job, type Shape, type Steps, searchTogether } from './group.ts';
import type { Hypothesis } from './hypothesis.ts';
import { needsAllWords } from './next-words.ts';
import { type AttentionLevel, type SearchOptions, type SearchSettings, withDefaults } from './search-options.ts';
import { lengthLimit, SentenceSearch, SPARE_WORDS } from './sentence-search.ts';
import { decodeStep, encodeStep, type Member, packStep, reorderStep } from './steps.ts';

/** Rows of a step, if there is work for that many: with more, the logits no longer fit in the processor's cache. */
const MOST_ROWS = 256;

/** The maximum number of sentences encoded at once. */
const MOST_READ = 64;

/** The initial room of the state, in words, is the source width, but at least this. */
const FIRST_ROOM = 32;

/** A GPU handles thousands of rows as fast as hundreds: maximum rows, sentences encoded, and states of rows. */
const ON_GPU = { rows: 4096, reads: 1024, states: 2 ** 18 };

/** If a GPU's memory is too small, a search is tried again with this many times fewer rows. */
const FEWER = 4;

/**
 * Where custom kernels compute only the rows in use, a step has this many rows or all that it may have, and few, some, or as many as
 * possible are encoded at once: the groups of a service have every size, and each shape costs about 0.2 s the first time.
 */
const FEW_ROWS = 32;
const FEW_READS = [1, 8];

/** From this many sentences on, a group is translated in two parts, each in operations on half of the threads. */
const WORTH_HALVING = 16;

/** The shortest source length that steps are compiled for; the others are this times powers of two. */
const NARROWEST = 16;

/**
 * Sources wider than this are long. Fewer of them are encoded and translated at once, because memory and attention grow
 * with width times steps, and no shorter ones join them.
 */
const LONG = 64;

/** Fewer sentences than this are not worth a compiled length of their own: they join those of twice their length. */
const WORTH_COMPILING = 256;

/**
 * Translates ids to ids: the hypotheses of every sentence, best first, at most `nbest`.
 * @param sources ids without eos; a sentence may be empty
 * @throws InputError for a prefix that is longer than the maximum translation
 */
export type Search = (
  sources: readonly (readonly number[])[],
  options?: SearchOptions,
) => Promise<(readonly Hypothesis[])[]>;

/** What a search needs from an engine. */
export type SearchRuntime = Pick<Runtime, 'compile' | 'compiled' | 'kernels'> & {
  readonly device: Pick<Runtime['device'], 'kind'>;
};

/** Makes a search over models whose parameters are in `variables`. Sentences of similar length are translated together. */
export function createSearch(runtime: SearchRuntime, members: readonly Member[], variables: Variables): Search {
  const readFor = remembered((room: number) => runtime.compile(encodeStep(members, room), variables));
  const advanceFor = remembered((level: AttentionLevel) =>
    remembered((count: number | 'all') => runtime.compile(decodeStep(members, count, level), variables)),
  );
  const pack = runtime.kernels === 'graph' ? undefined : runtime.compile(packStep(members), variables);
  const moveFor = remembered((room: number) => runtime.compile(reorderStep(members, room)));
  const onGpu = runtime.device.kind === 'gpu';
  const places = Math.min(
    ...members.map(({ model }) => learnedPlaces(model.options).target ?? Number.POSITIVE_INFINITY),
  );
  /** The maximum rows on a GPU: fewer once its memory was too small. */
  let rowsOnGpu = onGpu ? ON_GPU.rows : undefined;

  /**
   * @param longestOf the maximum length of translations of sources of a width, rounded: few rooms are compiled
   * @param packed the weights for custom kernels
   */
  async function searchGroup(
    group: readonly Job[],
    options: SearchSettings,
    longestOf: (width: number) => number,
    packed: Steps['packed'],
  ): Promise<void> {
    const { beam } = options;
    const sizesOf = (jobs: readonly Job[]) =>
      runtime.compiled ? fewShapes(jobs, beam, rowsOnGpu, Object.keys(packed).length > 0) : exactShape(jobs, beam);
    // two at a time if there is work for both: one's single-threaded work overlaps with the other's operations
    const worthHalving = onGpu ? group.length > 2 * sizesOf(group).places : group.length >= WORTH_HALVING;
    const parts = runtime.compiled && worthHalving ? [0, 1] : [0];
    const jobsOf = parts.map((part) => group.filter((_, i) => i % parts.length === part));
    const sizes = sizesOf(onGpu ? group : (jobsOf[0] as readonly Job[]));
    const longest = longestOf(sizes.width);
    const room = Math.min(Math.max(FIRST_ROOM, sizes.width), longest);
    const shape = { ...sizes, longest, room };
    const count = needsAllWords(options) ? 'all' : beam + SPARE_WORDS;
    const steps = { read: readFor(room), move: moveFor, advance: advanceFor(options.attention)(count), packed };
    // allSettled, so that nothing is still running when the caller sees a failure and frees what the other part uses
    const ends = await Promise.allSettled(jobsOf.map((jobs) => searchTogether(steps, jobs, shape, beam)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed === undefined) return;
    if (!onGpu || !isOutOfMemory(failed.reason)) throw failed.reason;
    if (sizes.rows <= powerOfTwo(beam)) throw tooLarge(failed.reason, beam);
    rowsOnGpu = sizes.rows / FEWER;
    for (const { search } of group) search.restart();
    await searchGroup(group, options, longestOf, packed);
  }

  return async (sources, given) => {
    const options = withDefaults(given);
    /** The maximum length of a translation, eos included: no more than the models' maximum positions. */
    const limit = (sourceLength: number) => Math.min(lengthLimit(sourceLength, options), places);
    const jobs = sources.map((ids) => {
      const maxOutputLength = limit(ids.length + 1);
      checkPrefix(options.prefix?.ids.length ?? 0, maxOutputLength);
      return { ids, search: new SentenceSearch(ids, { ...options, maxOutputLength }) };
    });
    const longestOf = (width: number) => Math.min(powerOfTwo(limit(width)), places);
    const packed = (await pack?.runOnDevice({})) ?? {};
    try {
      for (const group of byLength(jobs)) await searchGroup(group, options, longestOf, packed);
    } finally {
      for (const tensor of Object.values(packed)) tensor.dispose();
    }
    return jobs.map(({ search }) => search.hypotheses);
  };
}

function tooLarge(cause: Error, beam: number): RunError {
  return new RunError(`a search with beam ${beam} does not fit into the memory of the GPU`, {
    ...{ cause, remedy: 'use a smaller --beam, free the card if others use it (nvidia-smi), or use --device cpu' },
  });
}

function checkPrefix(length: number, limit: number): void {
  if (length < limit) return;
  throw new InputError(`has ${length} pieces, but a translation has at most ${limit}, including its end`, {
    where: '--prefix',
    remedy: 'shorten it, or raise --max-output-length if the model can write longer texts',
  });
}

/** Groups of sentences of similar length, each sorted from longest to shortest: what ends last starts first. */
function byLength(jobs: readonly Job[]): Job[][] {
  const groups = new Map<number, Job[]>();
  for (const job of jobs.toSorted((a, b) => b.ids.length - a.ids.length)) {
    const width = roundedWidth(job.ids.length + 1);
    const own = groups.get(width);
    if (own === undefined) groups.set(width, [job]);
    else own.push(job);
  }
  for (const [width, group] of [...groups].reverse()) {
    const wider = groups.get(2 * width);
    if (group.length >= WORTH_COMPILING || wider === undefined || 2 * width > LONG) continue;
    wider.push(...group);
    groups.delete(width);
  }
  return [...groups.values()];
}

type Sizes = Omit<Shape, 'room' | 'longest'>;

/**
 * Sizes rounded up, so that there are few shapes: each new one costs about 0.2 s.
 * @param rowsOnGpu the maximum rows, if it is a GPU
 * @param counts whether steps compute only the rows in use
 */
function fewShapes(group: readonly Job[], beam: number, rowsOnGpu: number | undefined, counts: boolean): Sizes {
  const width = roundedWidth(widest(group));
  const most =
    rowsOnGpu === undefined
      ? mostRows(beam, width)
      : Math.max(Math.min(rowsOnGpu, ON_GPU.states / width), powerOfTwo(beam));
  const mostReads = rowsOnGpu === undefined ? fewerWhereLong(MOST_READ, width) : Math.min(most, ON_GPU.reads);
  const rows = Math.min(
    powerOfTwo(counts ? fewOrAll(group.length * beam, [FEW_ROWS], most) : group.length * beam),
    most,
  );
  const reads = counts ? fewOrAll(group.length, FEW_READS, mostReads) : powerOfTwo(group.length);
  return {
    exact: false,
    width,
    rows,
    // sentences have fewer than K beams most of the time
    places: Math.min(
      counts ? rows : powerOfTwo(group.length),
      beam === 1 ? rows : Math.max(1, Math.floor((rows * 3) / 8)),
    ),
    reads: Math.min(reads, mostReads),
  };
}

/** The first of the sizes that is large enough, else all. */
function fewOrAll(wanted: number, sizes: readonly number[], all: number): number {
  return sizes.find((size) => wanted <= size) ?? all;
}

/** Exact sizes, for when nothing is compiled. */
function exactShape(group: readonly Job[], beam: number): Sizes {
  const width = widest(group);
  const rows = mostRows(beam, width);
  const reads = fewerWhereLong(MOST_READ, width);
  return { exact: true, width, rows, places: Math.min(group.length, rows), reads };
}

function mostRows(beam: number, width: number): number {
  return Math.max(fewerWhereLong(MOST_ROWS, width), powerOfTwo(beam));
}

/** The usual number or, for long sources, a smaller one such that the number times the width squared stays the same. */
function fewerWhereLong(usual: number, width: number): number {
  return Math.max(1, Math.floor(usual / Math.max(1, powerOfTwo(width) / LONG) ** 2));
}

/** S of the longest sentence, eos included. */
function widest(group: readonly Job[]): number {
  return Math.max(...group.map(({ ids }) => ids.length)) + 1;
}

function roundedWidth(width: number): number {
  return Math.max(powerOfTwo(width), NARROWEST);
}

/** The smallest power of two that is at least `count`. */
function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
