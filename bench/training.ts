// Training throughput on real sentences (Tatoeba's train split): target tokens per second, without padding, of one GRU
// encoder-decoder with dot attention, compared with PyTorch's best ways (bench/peers/training.py) and JoeyNMT
// (bench/peers/joeynmt_training.py). All train on the same lists of sentences, build their own batches, and take turns,
// so that other work on the machine affects all equally. Every batch shape is run once before timing: the cost of that
// is a row of its own.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { completeRun, runSchema } from '../src/config/run.ts';
import { type Batch, batchTensors, makeBatch } from '../src/dataset/batch.ts';
import { openDataset } from '../src/dataset/dataset.ts';
import type { EncodedPair } from '../src/dataset/pair-file.ts';
import { prepareDataset } from '../src/dataset/prepare.ts';
import { Sampler } from '../src/dataset/sampler.ts';
import { chooseShapes } from '../src/dataset/shapes.ts';
import { createModel, initialParameters } from '../src/models/create.ts';
import { randomSeed } from '../src/support/random.ts';
import { adam } from '../src/tensor/optimizers.ts';
import { openRuntime } from '../src/tensor/runtime.ts';
import { trainingVariables } from '../src/training/state.ts';
import { SHARDS, trainingStep } from '../src/training/step.ts';
import { buildVocabularies } from '../src/vocabulary/build.ts';
import { defaultVocabularyOptions } from '../src/vocabulary/train.ts';
import { hasJoeynmt, startPython } from './peer.ts';
import type { Benchmark, BenchRow } from './row.ts';
import { hasTatoeba, tatoeba } from './tatoeba.ts';

/** The number of batches, from the start of an epoch in random order. */
const BATCHES = 48;
/** JoeyNMT is slow: it gets the first of them, and is compared on those. */
const FEW = 16;
const ROUNDS = 3;
const PRECISIONS = ['float32', 'bfloat16'] as const;
type Precision = (typeof PRECISIONS)[number];

const options = runSchema.parse({ score: 'dot', embedding: 256, hidden: 256, batchTokens: 3000 });
const { embedding, hidden, dropout, labelSmoothing, clipNorm, learningRate } = options;
const threads = availableParallelism();

/** The sentences on which all train. */
interface Data {
  readonly batches: readonly Batch[];
  readonly pair: (sentence: number) => EncodedPair;
  readonly vocabularies: { readonly sourceVocabulary: number; readonly targetVocabulary: number };
}

/** The seconds for each batch, and the processor time for all. */
interface Round {
  readonly seconds: readonly number[];
  readonly processor: number;
}

/** One of the programs that train. */
interface Trainer {
  /** Trains on each of its batches once. */
  readonly round: () => Promise<Round>;
  readonly close: () => void;
}

/** PyTorch's ways: as it is, with autocast to bfloat16, and either through torch.compile. */
const PYTORCH = {
  'PyTorch float32': { precision: 'float32', compile: false },
  'PyTorch bfloat16': { precision: 'bfloat16', compile: false },
  'PyTorch float32, compiled': { precision: 'float32', compile: true },
  'PyTorch bfloat16, compiled': { precision: 'bfloat16', compile: true },
} as const;
type PeerName = keyof typeof PYTORCH | 'JoeyNMT';
type Name = Precision | PeerName;

/** What was measured. */
interface Measured {
  /** For each trainer its rounds. */
  readonly times: ReadonlyMap<Name, readonly Round[]>;
  /** For our precisions, the seconds of the first step of each shape, by the number of its batch. */
  readonly first: ReadonlyMap<Precision, ReadonlyMap<number, number>>;
  /** For each round, the machine's rate of matrix products in 10^9 operations per second. */
  readonly rates: Readonly<Record<Precision, readonly number[]>>;
}

export const run: Benchmark = async ({ python }) => {
  if (!hasTatoeba) {
    console.error('training is skipped: it needs ../shared/corpora/tatoeba-ita-eng');
    return [];
  }
  const data = await prepare();
  return rowsOf(data, await measure(data, python));
};

async function measure(data: Data, python: string | undefined): Promise<Measured> {
  const trainers = new Map<Name, Trainer>();
  const first = new Map<Precision, ReadonlyMap<number, number>>();
  for (const precision of PRECISIONS) {
    const own = await ownTrainer(precision, data);
    trainers.set(precision, own.trainer);
    first.set(precision, own.first);
  }
  if (python !== undefined) {
    for (const [name, way] of Object.entries(PYTORCH)) {
      trainers.set(name as PeerName, peerTrainer(python, 'training.py', BATCHES, data, way));
    }
    if (hasJoeynmt(python)) trainers.set('JoeyNMT', peerTrainer(python, 'joeynmt_training.py', FEW, data));
  }
  // the peers' first round is not counted: ours have met every shape by now
  for (const [name, trainer] of trainers) {
    if (name === 'float32' || name === 'bfloat16') continue;
    try {
      await trainer.round();
    } catch (error) {
      console.error(
        `${name} does not work here: ${error instanceof Error ? error.message.trim().split('\n').at(-1) : error}`,
      );
      trainers.delete(name);
    }
  }

  const times = new Map<Name, Round[]>([...trainers.keys()].map((name) => [name, []]));
  const rates: Record<Precision, number[]> = { float32: [], bfloat16: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, trainer] of trainers) times.get(name)?.push(await trainer.round());
    const rate = machineRates();
    for (const precision of PRECISIONS) rates[precision].push(rate[precision]);
  }
  for (const { close } of trainers.values()) close();
  return { times, first, rates };
}

/**
 * The machine's own rates of matrix products, GFLOP/s, from another process: here each product has half of the threads.
 */
function machineRates(): Readonly<Record<Precision, number>> {
  const words = [fileURLToPath(new URL('../scripts/attn.mjs', import.meta.url)), 'doctor', '--json'];
  // the runtime has set this for itself, and TensorFlow would use it
  const { TF_NUM_INTRAOP_THREADS: _, ...env } = process.env;
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8', env })).gflops;
}

function rowsOf(data: Data, { times, first, rates }: Measured): BenchRow[] {
  /** Seconds of a batch: the median of the rounds. */
  const seconds = (name: Name, batch: number) =>
    median(times.get(name)?.map(({ seconds }) => seconds[batch] ?? 0) ?? []);
  const total = (name: Name, count: number) => sum(data.batches.slice(0, count).map((_, i) => seconds(name, i)));
  const speed = (name: Name, count: number) =>
    sum(data.batches.slice(0, count).map(({ targetTokens }) => targetTokens)) / total(name, count);
  /** Target tokens per second of processor time. */
  const efficiency = (name: Name) =>
    sum(data.batches.map(({ targetTokens }) => targetTokens)) /
    median(times.get(name)?.map(({ processor }) => processor) ?? []);
  const rows: BenchRow[] = [];
  const row = (precision: Precision, what: string, unit: string, of: (name: Name) => number, peer?: Name) => {
    const value = of(precision);
    const peerValue = peer && of(peer);
    rows.push({
      ...{ what: `${precision}, ${what}`, value, unit },
      ...(peerValue && { peer, peerValue, ratio: value / peerValue }),
    });
  };
  for (const precision of PRECISIONS) {
    const peers = (Object.keys(PYTORCH) as (keyof typeof PYTORCH)[]).filter(
      (name) => PYTORCH[name].precision === precision && times.has(name),
    );
    for (const peer of peers.length === 0 ? [undefined] : peers) {
      row(precision, `${BATCHES} batches`, 'target tokens/s', (name) => speed(name, BATCHES), peer);
      row(precision, `${BATCHES} batches, processor time`, 'target tokens/s', efficiency, peer);
    }
    if (times.has('JoeyNMT'))
      row(precision, `${FEW} batches`, 'target tokens/s', (name) => speed(name, FEW), 'JoeyNMT');
  }

  const work = sum(data.batches.map((batch) => operations(batch, data)));
  for (const precision of PRECISIONS) {
    const value = (100 * work) / total(precision, BATCHES) / 1e9 / median(rates[precision]);
    rows.push({ what: `fraction of the machine's ${precision} matrix products`, value, unit: '%' });
  }
  for (const [precision, steps] of first) {
    const compiling = sum([...steps].map(([batch, time]) => time - seconds(precision, batch)));
    rows.push({ what: `compiling ${steps.size} shapes, ${precision}`, value: compiling, unit: 's' });
  }
  return rows;
}

/** Vocabularies of 4,000 pieces each, the train split as ids, and the first batches of an epoch. */
async function prepare(): Promise<Data> {
  const { scratch, train, test } = await tatoeba();
  const [vocabulary, out] = [join(scratch, 'vocabulary'), join(scratch, 'prepared')];
  await buildVocabularies(train.files.pairs, vocabulary, { ...defaultVocabularyOptions, shared: false });
  const [trained, unused] = [train.files.pairs, test.files.pairs];
  const corpus = { train: trained, dev: unused, test: unused };
  const { vocabularies } = await prepareDataset({ corpus, vocabulary, out, maxLength: 100 });
  const split = openDataset(out).split('train');
  const sampler = new Sampler(split, chooseShapes(split.lengthCounts(), completeRun(options)), options.seed);
  return {
    batches: Array.from({ length: BATCHES }, () => sampler.next()),
    pair: (sentence) => split.pair(sentence),
    vocabularies: { sourceVocabulary: vocabularies.source.size, targetVocabulary: vocabularies.target.size },
  };
}

/** Training by this program. @returns also the seconds of the first step of each shape, by the number of its batch */
async function ownTrainer(
  precision: Precision,
  { batches, pair, vocabularies }: Data,
): Promise<{ readonly trainer: Trainer; readonly first: Map<number, number> }> {
  const runtime = await openRuntime({ precision, threads, streams: SHARDS });
  const model = createModel({ ...options, ...vocabularies });
  const optimizer = adam();
  const trained = Object.keys(model.parameters);
  const parameters = initialParameters(model, options.initializer, options.seed);
  const variables = await runtime.variables(trainingVariables(parameters, trained, optimizer, options));
  const step = runtime.compile(trainingStep({ model, optimizer, trained, options, shards: SHARDS }), variables);
  const layOut = (index: number): Batch | undefined => {
    const batch = batches[index];
    return batch && makeBatch(batch.shape, batch.sentences, pair);
  };
  let updates = 0;
  const update = (batch: Batch) => {
    const seed = { shape: [2], data: Int32Array.from(randomSeed(options.seed, 'dropout', updates, 0)) };
    const scalars = Object.entries(optimizer.scalars(++updates, learningRate)).map(
      ([name, value]) => [name, { shape: [], data: Float32Array.of(value) }] as const,
    );
    return step({ ...batchTensors(batch), seed, ...Object.fromEntries(scalars) });
  };
  const first = new Map<number, number>();
  const met = new Set<Batch['shape']>();
  for (const [index, batch] of batches.entries()) {
    if (met.has(batch.shape)) continue;
    met.add(batch.shape);
    const start = performance.now();
    await update(batch);
    first.set(index, (performance.now() - start) / 1000);
  }
  const round = async (): Promise<Round> => {
    const seconds: number[] = [];
    const before = process.cpuUsage();
    let start = performance.now();
    let next = layOut(0);
    for (let i = 1; next !== undefined; i++) {
      const running = update(next);
      // as in training: the next batch is built while this one is computed
      next = layOut(i);
      await running;
      const end = performance.now();
      seconds.push((end - start) / 1000);
      start = end;
    }
    const { user, system } = process.cpuUsage(before);
    return { seconds, processor: (user + system) / 1e6 };
  };
  return { trainer: { round, close: () => runtime.close() }, first };
}

/** A peer's training, on the first `count` batches. @param way how PyTorch trains */
function peerTrainer(
  python: string,
  script: string,
  count: number,
  { batches, pair, vocabularies }: Data,
  way: { readonly precision: Precision; readonly compile: boolean } = PYTORCH['PyTorch float32'],
): Trainer {
  const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
  const sentences = batches.slice(0, count).map((batch) =>
    Array.from(batch.sentences, (sentence) => {
      const { source, target } = pair(sentence);
      return [Array.from(source), Array.from(target)];
    }),
  );
  const sizes = { embedding, hidden, ...vocabularies };
  const given = { ...sizes, ...way, dropout, labelSmoothing, clipNorm, learningRate, threads, batches: sentences };
  const { ask, close } = startPython(python, ['-W', 'ignore', path], given);
  const numbers = sentences.map((_, i) => i);
  return { round: () => ask<Round>(numbers), close };
}

/** Multiplications and additions in a step's matrix products, without padding: each once forward, twice backward. */
function operations(batch: Batch, { pair, vocabularies }: Data): number {
  const word = 2 * (embedding * 3 * hidden + hidden * 3 * hidden);
  const output = 2 * (2 * hidden * hidden + hidden * vocabularies.targetVocabulary);
  const attention = Array.from(batch.sentences, (sentence) => {
    const { source, target } = pair(sentence);
    return 2 * 2 * hidden * (source.length + 1) * (target.length + 1);
  });
  return 3 * (batch.sourceTokens * word + batch.targetTokens * (word + output) + sum(attention));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
