import type { Runtime } from '../tensor/runtime.ts';
import type { HostTensor } from '../tensor/session.ts';
import type { Variables } from '../tensor/variables.ts';
import { BOS, EOS, PAD } from '../vocabulary/vocabulary.ts';
import type { AttentionLevel } from './search-options.ts';
import { forcedStep, type Member } from './steps.ts';

/** A source and the translation to force on the models. */
export interface ForcedPair {
  /** Without eos. */
  readonly source: readonly number[];
  /** Every word to be generated, including the eos. */
  readonly said: readonly number[];
}

/** The models' output for a forced translation. */
export interface ForcedResult {
  /** For each generated word, in nats. */
  readonly logProbabilities: Float32Array;
  /** By name: for each word a row of S weights, including the source's eos. */
  readonly attention: Readonly<Record<string, readonly Float32Array[]>>;
}

/** Forces translations on models (teacher forcing), all words of a sentence at once. */
export type Forcing = (pairs: readonly ForcedPair[], level: AttentionLevel) => Promise<ForcedResult[]>;

/** Positions of a batch: the probabilities of all words are computed for each of its target positions. */
const BATCH_TOKENS = 1024;

/** The narrowest batch that is compiled; the others are this times powers of two, so that there are few. */
const NARROWEST = 8;

/** Makes a function that forces translations on models whose parameters are in `variables`. */
export function createForcing(runtime: Runtime, members: readonly Member[], variables: Variables): Forcing {
  const steps = new Map<AttentionLevel, ReturnType<Runtime['compile']>>();
  return async (pairs, level) => {
    const step = steps.get(level) ?? runtime.compile(forcedStep(members, level), variables);
    steps.set(level, step);
    const results: ForcedResult[] = [];
    for (const { rows, width, length, indices } of batchesOf(pairs, runtime.compiled)) {
      const own = indices.map((index) => pairs[index] as ForcedPair);
      const outputs = await step({
        source: matrix(rows, width, own, ({ source }) => [...source, EOS]),
        targetInput: matrix(rows, length, own, ({ said }) => [BOS, ...said.slice(0, -1)]),
        targetOutput: matrix(rows, length, own, ({ said }) => said),
      });
      for (const [row, pair] of own.entries()) results[indices[row] as number] = resultOf(outputs, row, length, pair);
    }
    return results;
  };
}

/** A batch: B rows of S source and T target positions, and the numbers of its pairs. */
interface ForcedBatch {
  readonly rows: number;
  readonly width: number;
  readonly length: number;
  readonly indices: readonly number[];
}

/** Groups pairs of similar lengths. @param few whether shapes are rounded up, so that there are few of them */
function batchesOf(pairs: readonly ForcedPair[], few: boolean): ForcedBatch[] {
  const rounded = (length: number) => Math.max(NARROWEST, 2 ** Math.ceil(Math.log2(length)));
  const groups = new Map<string, { width: number; length: number; indices: number[] }>();
  for (const [index, { source, said }] of pairs.entries()) {
    const [width, length] = [rounded(source.length + 1), rounded(said.length)];
    const group = groups.get(`${width} ${length}`) ?? { width, length, indices: [] };
    groups.set(`${width} ${length}`, group);
    group.indices.push(index);
  }
  return [...groups.values()].flatMap(({ width, length, indices }) => {
    const rows = Math.max(1, Math.floor(BATCH_TOKENS / Math.max(width, length)));
    return Array.from({ length: Math.ceil(indices.length / rows) }, (_, i) => {
      const own = indices.slice(i * rows, (i + 1) * rows);
      return { rows: few ? rows : own.length, width, length, indices: own };
    });
  });
}

/** Sentences as the rows of an int32 matrix; a row without a sentence is padding. */
function matrix(
  rows: number,
  columns: number,
  pairs: readonly ForcedPair[],
  ids: (pair: ForcedPair) => readonly number[],
): HostTensor {
  const data = new Int32Array(rows * columns).fill(PAD);
  for (const [row, pair] of pairs.entries()) data.set(ids(pair), row * columns);
  return { shape: [rows, columns], data };
}

/** One pair's part of a batch, without padding. */
function resultOf(
  outputs: Readonly<Record<string, HostTensor>>,
  row: number,
  length: number,
  { source, said }: ForcedPair,
): ForcedResult {
  const words = outputs.logProbabilities?.data as Float32Array;
  const attention = Object.entries(outputs).flatMap(([name, { shape, data }]) => {
    if (!name.startsWith('attention/')) return [];
    const width = shape[2] as number;
    const rows = said.map((_, t) => {
      const from = (row * length + t) * width;
      return Float32Array.from(data.subarray(from, from + source.length + 1));
    });
    return [[name.slice('attention/'.length), rows] as const];
  });
  return {
    logProbabilities: words.slice(row * length, row * length + said.length),
    attention: Object.fromEntries(attention),
  };
}
