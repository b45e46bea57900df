import type { CompiledStep } from '../tensor/compile.ts';
import type { Runtime } from '../tensor/runtime.ts';
import type { Held, HostTensor } from '../tensor/session.ts';
import type { Variables } from '../tensor/variables.ts';
import { BOS, EOS, PAD } from '../vocabulary/vocabulary.ts';
import { type Hypothesis, SentenceSearch, type StepResult } from './hypothesis.ts';
import { mostWords, type SearchOptions } from './options.ts';
import { advancingStep, type Member, pickingStep, readingStep } from './steps.ts';

/** Most sentences searched at once; a power of two. */
const MOST_SENTENCES = 64;

/** Source lengths are rounded up to a multiple of this, so that few shapes are compiled. */
const LENGTH_STEP = 4;

/**
 * Translates ids to ids: hypotheses of every sentence, best first, at most K each.
 * @param sources ids without eos; a sentence may be empty
 */
export type Search = (
  sources: readonly (readonly number[])[],
  options: SearchOptions,
) => Promise<(readonly Hypothesis[])[]>;

/**
 * Makes a search over models whose parameters are in `variables`. Sentences go in batches of about the same length; a
 * batch shrinks by halves as its sentences are done.
 */
export function createSearch(runtime: Runtime, members: readonly Member[], variables: Variables): Search {
  const readFor = remembered((room) => runtime.compile(readingStep(members, room), variables));
  const pick = runtime.compile(pickingStep());
  const advanceFor = remembered((count) => runtime.compile(advancingStep(members, count), variables));
  return async (sources, options) => {
    const results: (readonly Hypothesis[])[] = new Array(sources.length);
    const order = sources.map((_, i) => i).sort((a, b) => lengthOf(sources, a) - lengthOf(sources, b));
    for (let at = 0; at < order.length; at += MOST_SENTENCES) {
      const batch = order.slice(at, at + MOST_SENTENCES);
      // 2K candidates, and room for the three special words that may have to be passed over
      const step = advanceFor(2 * options.beam + 3);
      const found = await searchBatch(
        { readFor, pick, advance: step },
        batch.map((i) => sources[i] as readonly number[]),
        options,
      );
      for (const [i, index] of batch.entries()) results[index] = found[i] as readonly Hypothesis[];
    }
    return results;
  };
}

interface Steps {
  readonly readFor: (room: number) => CompiledStep;
  readonly pick: CompiledStep;
  readonly advance: CompiledStep;
}

async function searchBatch(
  steps: Steps,
  sources: readonly (readonly number[])[],
  options: SearchOptions,
): Promise<(readonly Hypothesis[])[]> {
  const { beam } = options;
  const width = roundUp(Math.max(...sources.map((source) => source.length)) + 1, LENGTH_STEP);
  const searches = sources.map((source) => new SentenceSearch(source.length + 1, BOS, options));
  /** Which sentence each place of the batch holds; places past its end hold nothing. */
  let places = searches.map((_, i) => i);
  let size = powerOfTwo(places.length);
  const held = await steps.readFor(mostWords(options, width)).hold({
    source: layOut(sources, size, width),
    rows: vector(rowsOf(size, beam, (place) => place)),
  });
  let memory = withPrefix(held, 'memory/');
  let state = withPrefix(held, 'state/');
  try {
    for (;;) {
      const alive = places.filter((sentence) => !(searches[sentence] as SentenceSearch).done);
      if (alive.length === 0) break;
      if (powerOfTwo(alive.length) < size) {
        const from = alive.map((sentence) => places.indexOf(sentence));
        places = alive;
        size = powerOfTwo(alive.length);
        const rows = vector(
          Int32Array.from(
            { length: size * beam },
            (_, row) => (from[Math.floor(row / beam)] ?? 0) * beam + (row % beam),
          ),
        );
        memory = await replace(memory, steps.pick.hold({ ...memory, rows }));
        state = await replace(state, steps.pick.hold({ ...state, rows }));
      }
      const previous = new Int32Array(size * beam).fill(PAD);
      const origin = Int32Array.from(previous, (_, row) => row);
      for (const [place, sentence] of places.entries()) {
        for (const [k, { word, origin: from }] of (searches[sentence] as SentenceSearch).beams.entries()) {
          previous[place * beam + k] = word;
          origin[place * beam + k] = place * beam + from;
        }
      }
      const outputs = await steps.advance.hold({
        ...memory,
        ...state,
        previous: vector(previous),
        origin: vector(origin),
      });
      disposeAll(state);
      state = withPrefix(outputs, 'state/');
      const result = readOutputs(outputs);
      for (const [place, sentence] of places.entries()) {
        const search = searches[sentence] as SentenceSearch;
        if (!search.done) search.advance(rowsAt(result, place, search.beams.length, beam));
      }
    }
  } finally {
    disposeAll(memory);
    disposeAll(state);
  }
  return searches.map((search) => search.hypotheses);
}

/** Reads the small outputs and frees them; the state stays. */
function readOutputs(outputs: Readonly<Record<string, Held>>): StepResult {
  const take = (name: string): HostTensor => {
    const tensor = outputs[name] as Held;
    const value = tensor.read();
    tensor.dispose();
    return value;
  };
  const words = take('words');
  const logProbabilities = take('logProbabilities').data as Float32Array;
  const attention: Record<string, Float32Array> = {};
  let width = 0;
  for (const name of Object.keys(outputs).filter((key) => key.startsWith('attention/'))) {
    const { shape, data } = take(name);
    width = shape[1] as number;
    attention[name.slice('attention/'.length)] = data as Float32Array;
  }
  return { words: words.data as Int32Array, logProbabilities, count: words.shape[1] as number, attention, width };
}

/** One sentence's rows of a step's result. */
function rowsAt(result: StepResult, place: number, rows: number, beam: number): StepResult {
  const { words, logProbabilities, count, attention, width } = result;
  const first = place * beam;
  const weights = Object.entries(attention).map(([name, all]) => [
    name,
    all.subarray(first * width, (first + rows) * width),
  ]);
  return {
    words: words.subarray(first * count, (first + rows) * count),
    logProbabilities: logProbabilities.subarray(first * count, (first + rows) * count),
    count,
    attention: Object.fromEntries(weights),
    width,
  };
}

/** Ids with eos, padded. @returns [size, width]; places without a sentence hold only an eos */
function layOut(sources: readonly (readonly number[])[], size: number, width: number): HostTensor {
  const data = new Int32Array(size * width).fill(PAD);
  for (let place = 0; place < size; place++) data.set([...(sources[place] ?? []), EOS], place * width);
  return { shape: [size, width], data };
}

function rowsOf(size: number, beam: number, sentence: (place: number) => number): Int32Array {
  return Int32Array.from({ length: size * beam }, (_, row) => sentence(Math.floor(row / beam)));
}

function vector(data: Int32Array): HostTensor {
  return { shape: [data.length], data };
}

function withPrefix(tensors: Readonly<Record<string, Held>>, prefix: string): Record<string, Held> {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => name.startsWith(prefix)));
}

async function replace(
  old: Readonly<Record<string, Held>>,
  picked: Promise<Record<string, Held>>,
): Promise<Record<string, Held>> {
  const result = await picked;
  disposeAll(old);
  return result;
}

function disposeAll(tensors: Readonly<Record<string, Held>>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

function lengthOf(sources: readonly (readonly number[])[], index: number): number {
  return (sources[index] as readonly number[]).length;
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** The smallest power of two that is at least `count`. */
function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

/** Makes a step for each number once. */
function remembered(make: (key: number) => CompiledStep): (key: number) => CompiledStep {
  const made = new Map<number, CompiledStep>();
  return (key) => {
    const step = made.get(key) ?? make(key);
    made.set(key, step);
    return step;
  };
}
