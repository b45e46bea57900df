import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { loadModel, loadScores, loadTraining, saveTraining } from '../../src/checkpoints/checkpoint.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { remarkOn } from '../../src/checkpoints/run-remark.ts';
import { loadMetadata, loadTensors } from '../../src/checkpoints/safetensors.ts';
import { openTrainedRun } from '../../src/checkpoints/trained-run.ts';
import { readRun, toYaml } from '../../src/config/run-file.ts';
import { readLineNumbers } from '../../src/corpus/assignment.ts';
import { openCorpus, readCorpus } from '../../src/corpus/corpus.ts';
import { MalformedLines } from '../../src/corpus/malformed.ts';
import { readPairs } from '../../src/corpus/tsv.ts';
import { unzip } from '../../src/corpus/zip.ts';
import { openDataset, verifyDataset } from '../../src/dataset/dataset.ts';
import { prepareDataset } from '../../src/dataset/prepare.ts';
import { readAlignments } from '../../src/evaluation/alignment.ts';
import { readParallelFiles } from '../../src/evaluation/parallel-files.ts';
import { scoreSystem } from '../../src/evaluation/system.ts';
import { buildVocabularies } from '../../src/vocabulary/build.ts';
import { loadVocabulary } from '../../src/vocabulary/load.ts';
import { referenceForm } from '../../src/vocabulary/reference-form.ts';
import { defaultVocabularyOptions } from '../../src/vocabulary/train.ts';
import { readWordVectors } from '../../src/vocabulary/word-vectors.ts';
import { readSweep } from '../../src/workflows/sweep/file.ts';
import { readJob, readPlan, sweepFolder } from '../../src/workflows/sweep/folder.ts';
import { currentResults, formatSweep, readResults } from '../../src/workflows/sweep/results.ts';
import { statesOf } from '../../src/workflows/sweep/state.ts';
import { trainingReport } from '../../src/workflows/training-report.ts';
import { writeCard } from '../../src/workflows/write-card.ts';
import { writeToyCorpus, writeToyVocabulary } from '../../test/dataset/toy-corpus.ts';
import { writeToyRun } from '../../test/decoding/toy-run.ts';
import { mutateCheckpoint, mutateGzip, mutateProto, mutateSafetensors } from './formats.ts';
import { type Mutator, mutateBytes, mutateJson, mutateText } from './mutate.ts';

/** A reader of files from users. */
export interface Target {
  readonly name: string;
  /** Writes valid files into a folder. */
  readonly make: (folder: string) => void | Promise<void>;
  /** The files that are changed, one at a time, and how. */
  readonly files: Readonly<Record<string, Mutator>>;
  /** Reads them to the end as the commands do. An AttnError is a proper answer; any other error is not. */
  readonly read: (folder: string) => void | Promise<void>;
}

const pairs = Array.from(
  { length: 12 },
  (_, i) => `Il treno numero ${i} è in ritardo.\tThe train number ${i} is late.`,
);
const italian = pairs.map((pair) => pair.split('\t')[0]).join('\n');
const english = pairs.map((pair) => pair.split('\t')[1]).join('\n');
const metrics = [1, 2, 3]
  .flatMap((step) => [
    {
      kind: 'train',
      step,
      epoch: 0.5,
      seconds: step,
      loss: 2,
      targetTokens: 100,
      targetTokensPerSecond: 1000,
      learningRate: 0.1,
      gradientNorm: 1,
    },
    { kind: 'validation', step, seconds: step, loss: 1.5, perplexity: 4.48, bleu: 12, chrf: 30 },
  ])
  .map((record) => `${JSON.stringify(record)}\n`)
  .join('');

function write(files: Readonly<Record<string, string | Uint8Array>>): (folder: string) => void {
  return (folder) => {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  };
}

async function readWholeCorpus(...corpus: string[]): Promise<void> {
  for (const columns of [undefined, ['it', 'en']]) {
    const opened = await openCorpus({ corpus, columns });
    try {
      for await (const _ of readCorpus(opened, new MalformedLines(0.5)));
    } finally {
      opened.close();
    }
  }
}

async function readStrictly(path: string): Promise<void> {
  for await (const _ of readPairs(path));
}

/** Tries several readers: the first error is thrown after all have been tried. */
async function all(...readers: readonly (() => unknown)[]): Promise<void> {
  let first: unknown;
  for (const read of readers) {
    try {
      await read();
    } catch (error) {
      if (!isAnswer(error)) throw error;
      first ??= error;
    }
  }
  if (first !== undefined) throw first;
}

/** Whether an error is meant for people. */
export function isAnswer(error: unknown): boolean {
  return error instanceof Error && ['InputError', 'RunError'].includes(error.name);
}

async function makeVocabulary(folder: string, type: 'bpe' | 'unigram' | 'words', size: number): Promise<void> {
  const corpus = join(folder, 'corpus.tsv');
  writeFileSync(corpus, `${pairs.join('\n')}\n`);
  await buildVocabularies(corpus, folder, {
    ...defaultVocabularyOptions,
    type,
    size,
    byteFallback: false,
    shared: false,
  });
}

async function useVocabulary(path: string): Promise<void> {
  const vocabulary = await loadVocabulary(path);
  for (const sentence of ['Il treno è in ritardo.', 'zzz \u{1f600} \u0301', '']) {
    vocabulary.decode(vocabulary.encode(sentence));
  }
  vocabulary.decode([4, 5, vocabulary.size - 1]);
  referenceForm(vocabulary, path)('Il treno.');
}

const sentencePiece = (name: string, type: 'bpe' | 'unigram' | 'words', size: number): Target => ({
  name,
  make: (folder) => makeVocabulary(folder, type, size),
  files: { 'source.model': mutateProto },
  read: (folder) => useVocabulary(join(folder, 'source.model')),
});

async function makeRun(folder: string): Promise<void> {
  const tiny = { type: 'words', size: 20, options: { embedding: 4, hidden: 4 } } as const;
  const path = await writeToyRun(join(folder, 'run'), tiny);
  const { run, vocabularies, parameters } = loadModel(path);
  const best = { value: 1, step: 1, since: 0 };
  saveTraining(join(path, 'last', 'training.safetensors'), {
    ...{ run, vocabularies, step: 1, data: 'a'.repeat(64), kernels: 'graph', tensors: { all: parameters } },
    state: { step: 1, seconds: 1, sampler: { epoch: 0, batch: 0 }, best, plateau: {} },
  });
  writeFileSync(join(path, 'metrics.jsonl'), metrics);
  writeFileSync(join(path, 'config.yaml'), toYaml(run));
  const end = {
    reason: 'maxSteps',
    step: 1,
    seconds: 1,
    metric: 'bleu',
    best,
    lowestLoss: 1,
    guessLoss: 2,
    out: 'run',
  };
  writeFileSync(join(path, 'finished.json'), JSON.stringify(end));
}

async function makePrepared(folder: string): Promise<void> {
  writeToyCorpus(folder);
  const out = join(folder, 'prepared');
  const corpus = { train: join(folder, 'dev.tsv'), dev: join(folder, 'dev.tsv'), test: join(folder, 'test.tsv') };
  await prepareDataset({ corpus, vocabulary: join(folder, 'vocabulary'), out, maxLength: 30 });
}

function readPrepared(folder: string): void {
  const dataset = openDataset(join(folder, 'prepared'));
  try {
    for (const name of ['train', 'dev', 'test'] as const) {
      const split = dataset.split(name);
      split.lengthCounts();
      for (let i = 0; i < Math.min(split.size, 100); i++) {
        split.pair(i);
        split.text(i);
      }
    }
  } finally {
    dataset.close();
  }
  verifyDataset(join(folder, 'prepared'));
}

const sweep = `name: scores
data: datasets/prepared
common:
  maxSteps: 100
  hidden: 64
grid:
  score: [dot, general]
  learningRate: [1e-3, 2e-3]
runs:
  - {name: plain, score: none}
seeds: [1, 2]
slurm:
  time: 2:00:00
`;

export const targets: readonly Target[] = [
  {
    name: 'tsv',
    make: write({ 'corpus.tsv': `${pairs.join('\n')}\n` }),
    files: { 'corpus.tsv': mutateText },
    read: (folder) =>
      all(
        () => readWholeCorpus(join(folder, 'corpus.tsv')),
        () => readStrictly(join(folder, 'corpus.tsv')),
      ),
  },
  {
    name: 'two-files',
    make: write({ 'c.it': italian, 'c.en': english }),
    files: { 'c.it': mutateText, 'c.en': mutateText },
    read: (folder) => readWholeCorpus(join(folder, 'c.it'), join(folder, 'c.en')),
  },
  {
    name: 'gzip',
    make: write({ 'corpus.tsv.gz': gzipSync(`${pairs.join('\n')}\n`) }),
    files: { 'corpus.tsv.gz': mutateGzip },
    read: (folder) => readStrictly(join(folder, 'corpus.tsv.gz')),
  },
  {
    name: 'zip',
    make: write({
      'a.zip': zipSync({
        'ita/ita.txt': strToU8(pairs.join('\n')),
        'è.txt': [strToU8('stored'), { level: 0 }],
        'empty.txt': new Uint8Array(),
      }),
    }),
    files: { 'a.zip': mutateBytes },
    read: async (folder) => {
      const out = join(folder, 'out');
      try {
        await unzip(join(folder, 'a.zip'), out);
      } finally {
        rmSync(out, { recursive: true, force: true });
      }
    },
  },
  {
    name: 'safetensors',
    make: makeRun,
    files: { 'run/model.safetensors': mutateSafetensors },
    read: (folder) =>
      all(
        () => loadTensors(join(folder, 'run/model.safetensors')),
        () => loadMetadata(join(folder, 'run/model.safetensors')),
      ),
  },
  {
    name: 'checkpoints',
    make: makeRun,
    files: {
      'run/model.safetensors': mutateCheckpoint,
      'run/last/training.safetensors': mutateCheckpoint,
      'run/finished.json': mutateJson,
      'run/source.model': mutateProto,
      'run/metrics.jsonl': mutateText,
      'run/config.yaml': mutateText,
    },
    read: (folder) => {
      const path = join(folder, 'run');
      return all(
        async () => writeCard(await openTrainedRun({ name: 'run', path })),
        () => remarkOn(runFolder(path)),
        () => loadScores(path),
        () => loadTraining(join(path, 'last', 'training.safetensors')),
        () => trainingReport(join(path, 'metrics.jsonl')),
        () => readRun(join(path, 'config.yaml')),
      );
    },
  },
  sentencePiece('bpe', 'bpe', 60),
  sentencePiece('unigram', 'unigram', 30),
  sentencePiece('words', 'words', 20),
  {
    name: 'prepared',
    make: makePrepared,
    files: {
      'prepared/dev.pairs': mutateBytes,
      'prepared/dev.index': mutateBytes,
      'prepared/train.pairs': mutateBytes,
      'prepared/train.index': mutateBytes,
      'prepared/manifest.json': mutateJson,
    },
    read: readPrepared,
  },
  { name: 'manifest', make: makePrepared, files: { 'prepared/manifest.json': mutateJson }, read: readPrepared },
  {
    name: 'metrics',
    make: write({ 'metrics.jsonl': metrics }),
    files: { 'metrics.jsonl': mutateText },
    read: (folder) => void trainingReport(join(folder, 'metrics.jsonl')),
  },
  {
    name: 'config',
    make: async (folder) => {
      await makeRun(folder);
      rmSync(join(folder, 'run', 'last'), { recursive: true });
    },
    files: { 'run/config.yaml': mutateText },
    read: (folder) => void readRun(join(folder, 'run/config.yaml')),
  },
  {
    name: 'sweep',
    make: write({ 'sweep.yaml': sweep }),
    files: { 'sweep.yaml': mutateText },
    read: (folder) => void readSweep(join(folder, 'sweep.yaml')),
  },
  {
    name: 'sweep-folder',
    make: (folder) => {
      writeFileSync(join(folder, 'sweep.yaml'), sweep);
      const { name, sortBy, runs } = readSweep(join(folder, 'sweep.yaml'), folder);
      const plan = { name, sortBy, runs: runs.map((run) => ({ ...run, fingerprint: 'a'.repeat(64) })) };
      writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
      const job = { executor: 'local', log: 'a.log', host: 'a', process: 1 };
      writeFileSync(join(folder, 'job.json'), JSON.stringify(job));
      const results = {
        ...{ name, sortBy, test: { name: 'test.tsv', sentences: 4, sha256: 'a'.repeat(64) } },
        runs: runs.map((run) => ({
          ...{ name: run.name, state: 'finished', options: run.varied, progress: { step: 1, seconds: 1, bleu: 1 } },
          scores: { bleu: 1, chrf: 2, bleu1: 0.5, parameters: 100 },
        })),
      };
      writeFileSync(join(folder, 'sweep.json'), JSON.stringify(results));
    },
    files: { 'plan.json': mutateJson, 'job.json': mutateJson, 'sweep.json': mutateJson },
    read: (folder) => {
      const place = sweepFolder(folder);
      return all(
        () => readJob(join(folder, 'job.json')),
        () => {
          const plan = readPlan(folder);
          currentResults(place, plan, statesOf(place, plan));
        },
        () => formatSweep(readResults(place)),
      );
    },
  },
  {
    name: 'word-vectors',
    make: (folder) => {
      mkdirSync(join(folder, 'vocabulary'));
      writeToyVocabulary(folder, 'source', ['the', 'is', 'apple', 'red']);
      const vectors = ['the 0.1 0.2 0.3', 'is 1 2 3', 'apple -1e-3 2 0', 'tree 0 0 1'].join('\n');
      writeFileSync(join(folder, 'glove.txt'), `${vectors}\n`);
      writeFileSync(join(folder, 'fast.vec'), `4 3\n${vectors}\n`);
    },
    files: { 'glove.txt': mutateText, 'fast.vec': mutateText },
    read: async (folder) => {
      const vocabulary = await loadVocabulary(join(folder, 'vocabulary', 'source.model'));
      await all(
        () => readWordVectors(join(folder, 'glove.txt'), vocabulary, 3),
        () => readWordVectors(join(folder, 'fast.vec'), vocabulary, 3),
      );
    },
  },
  {
    name: 'alignments',
    make: write({ 'gold.align': '0-0 1-1 2?1 3-2\n\n0-2 1-0\n4?4\n' }),
    files: { 'gold.align': mutateText },
    read: async (folder) => void (await readAlignments(join(folder, 'gold.align'))),
  },
  {
    name: 'hypotheses',
    make: write({
      'hyp.txt': english.split('\n').slice(0, 4).join('\n'),
      'ref.txt': english.split('\n').slice(2, 6).join('\n'),
    }),
    files: { 'hyp.txt': mutateText, 'ref.txt': mutateText },
    read: async (folder) => {
      const [hypotheses = [], references = []] = await readParallelFiles([
        join(folder, 'hyp.txt'),
        join(folder, 'ref.txt'),
      ]);
      scoreSystem(hypotheses, [references]);
    },
  },
  {
    name: 'line-numbers',
    make: write({ 'dev.txt': '1\n5\n9\n', 'test.txt': '2\n3\n10\n' }),
    files: { 'dev.txt': mutateText, 'test.txt': mutateText },
    read: (folder) => void readLineNumbers(join(folder, 'dev.txt'), join(folder, 'test.txt')),
  },
];

/** Creates a target's valid files in a folder. */
export async function makeValid(target: Target, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await target.make(folder);
}
