import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/support/random.ts';
import { attn } from '../../test/helpers/command.ts';

/** A command that is made to fail, in a folder prepared by `makeTemplate`. */
export interface Scenario {
  readonly name: string;
  readonly words: readonly string[];
  /**
   * Files that belong together: after a failure each group is unchanged, or as the successful command leaves it, never
   * in between.
   */
  readonly wholes: readonly (readonly string[])[];
  /**
   * Files that mark their group as complete: while one is missing the group may be incomplete, if the process was
   * killed or the disk stays broken.
   */
  readonly signs?: readonly string[];
  /** Files that a failure may leave at any stage, as long as they are readable: those of a running training. */
  readonly readable?: readonly string[];
  /** What the command should have written when it succeeds. */
  readonly results: readonly string[];
}

const tiny = [
  ...['--validate-every', '3', '--log-every', '3', '--embedding', '8', '--hidden', '8', '--batch-tokens', '200'],
  ...['--learning-rate', '0.05', '--keep', '2', '--seed', '3', '--threads', '1', '--quiet'],
];
const corpus = (name: string) => ['train', 'dev', 'test'].flatMap((part) => [`--${part}`, `${name}/${part}.tsv`]);
const run = (name: string) =>
  ['config.yaml', 'source.model', 'target.model', 'model.safetensors', 'best', 'last'].map((file) => `${name}/${file}`);
const inputs = [['first', 'second'], run('checkpoints/a'), run('checkpoints/b')];

export const scenarios: readonly Scenario[] = [
  {
    name: 'vocab',
    words: ['vocab', '--train', 'second/train.tsv', '--size', '50', '--out', 'vocabulary', '--quiet'],
    wholes: [...inputs, ['vocabulary'], ['prepared']],
    signs: ['vocabulary/source.model', 'vocabulary/target.model'],
    results: ['vocabulary'],
  },
  {
    name: 'prepare',
    words: ['prepare', ...corpus('second'), '--vocabulary', 'vocabulary', '--out', 'prepared', '--quiet'],
    wholes: [...inputs, ['vocabulary'], ['prepared']],
    signs: ['prepared/manifest.json'],
    results: ['prepared', '.attn'],
  },
  {
    name: 'train',
    words: ['train', '--data', 'prepared', '--out', 'new', '--max-steps', '6', ...tiny, '--resume'],
    wholes: [...inputs, ['prepared']],
    readable: ['new'],
    results: ['new'],
  },
  {
    name: 'train-resume',
    words: [
      'train',
      '--data',
      'prepared',
      '--out',
      'checkpoints/b',
      '--max-steps',
      '9',
      ...tiny,
      '--score',
      'none',
      '--resume',
    ],
    wholes: [['first', 'second'], run('checkpoints/a'), ['prepared']],
    readable: ['checkpoints/b'],
    results: ['checkpoints/b'],
  },
  {
    name: 'train-overwrite',
    words: ['train', '--data', 'prepared', '--out', 'checkpoints/b', '--max-steps', '3', ...tiny, '--overwrite'],
    wholes: [['first', 'second'], run('checkpoints/a'), ['prepared']],
    readable: ['checkpoints/b'],
    results: ['checkpoints/b'],
  },
  {
    name: 'eval',
    words: [
      'eval',
      '--checkpoints',
      'checkpoints/a,checkpoints/b',
      '--out',
      'report',
      '--attention',
      '2',
      '--beam',
      '2',
      '--quiet',
    ],
    wholes: [...inputs, ['prepared'], ['report']],
    signs: ['report/report.json'],
    results: ['report', 'checkpoints/a', 'checkpoints/b'],
  },
  {
    name: 'compare',
    words: [
      ...['compare', '--scores', 'none,dot', '--seeds', '1', '--data', 'prepared', '--out', 'comparison'],
      ...['--max-steps', '4', '--validate-every', '2', '--embedding', '8', '--hidden', '8', '--batch-tokens', '200'],
      ...['--learning-rate', '0.05', '--attention', '1', '--threads', '1', '--quiet'],
    ],
    wholes: [...inputs, ['prepared']],
    readable: ['comparison'],
    results: ['comparison'],
  },
  {
    name: 'export',
    words: ['export', 'checkpoints/a', '--out', 'shipped', '--quiet'],
    wholes: [...inputs, ['prepared']],
    readable: ['shipped'],
    results: ['shipped'],
  },
  {
    name: 'average',
    words: ['average', 'checkpoints/a', '--out', 'averaged', '--quiet'],
    wholes: [...inputs, ['prepared']],
    readable: ['averaged'],
    results: ['averaged'],
  },
  {
    name: 'data-split',
    words: [
      ...['data', 'split', '--corpus', 'second/train.tsv', '--columns', 'it,en', '--source', 'it', '--target', 'en'],
      ...['--dev-size', '4', '--test-size', '4', '--out', 'split', '--quiet'],
    ],
    wholes: [...inputs, ['split']],
    signs: ['split/split.json'],
    results: ['split'],
  },
];

/** Creates the initial state of the scenarios in the working folder: two corpora, prepared data, runs, a report. */
export async function makeTemplate(): Promise<void> {
  for (const name of ['first', 'second']) writeCorpus(name);
  await succeed('vocab', '--train', 'first/train.tsv', '--size', '50', '--out', 'vocabulary');
  await succeed('prepare', ...corpus('first'), '--vocabulary', 'vocabulary', '--out', 'prepared');
  await succeed('train', '--data', 'prepared', '--out', 'checkpoints/a', '--max-steps', '6', ...tiny);
  await succeed(
    'train',
    '--data',
    'prepared',
    '--out',
    'checkpoints/b',
    '--max-steps',
    '6',
    ...tiny,
    '--score',
    'none',
  );
  await succeed('eval', '--checkpoints', 'checkpoints/a', '--out', 'report', '--attention', '1', '--beam', '1');
  await succeed(
    ...['data', 'split', '--corpus', 'first/train.tsv', '--columns', 'it,en', '--source', 'it', '--target', 'en'],
    ...['--dev-size', '4', '--test-size', '4', '--out', 'split'],
  );
}

async function succeed(...words: string[]): Promise<void> {
  const { code, err } = await attn(...words);
  if (code !== 0) throw new Error(`attn ${words.join(' ')} ended with ${code}: ${err}`);
}

const words = ['bami', 'celo', 'dure', 'fino', 'gapu', 'lero', 'mivo', 'nuta', 'peso', 'rami', 'sovi', 'tula'];

/** Sentences whose translation is their words in reverse. */
function writeCorpus(name: string): void {
  if (!existsSync(name)) mkdirSync(name);
  for (const [part, count] of Object.entries({ train: 40, dev: 4, test: 4 })) {
    const random = new Random('faults', name, part);
    const lines = Array.from({ length: count }, () => {
      const sentence = Array.from({ length: 2 + random.integer(4) }, () => random.choice(words));
      return `${sentence.join(' ')}\t${[...sentence].reverse().join(' ')}\n`;
    });
    writeFileSync(join(name, `${part}.tsv`), lines.join(''));
  }
}
