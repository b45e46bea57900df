// Whether memory grows with the corpus: 350 thousand and 10 million generated pairs, prepared and iterated (about 10
// min).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePairs } from '../src/grammar/generate.ts';
import { AtomicFile } from '../src/support/files.ts';
import { buildVocabularies } from '../src/vocabulary/build.ts';
import { defaultVocabularyOptions } from '../src/vocabulary/train.ts';
import type { BenchRow } from './row.ts';

const SMALL = 350_000;
const LARGE = 10_000_000;
/**
 * About one epoch of the larger corpus, and about thirty of the smaller one, so that the garbage collector has as much
 * to do.
 */
const BATCHES = 34_000;

/** Peak resident memory and time of a separate program. */
interface Measured {
  readonly megabytes: number;
  readonly seconds: number;
}

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'attn-bench-'));
  try {
    writePairs(join(folder, 'dev.tsv'), 2000, 2);
    writePairs(join(folder, 'test.tsv'), 2000, 3);
    for (const pairs of [SMALL, LARGE]) writePairs(join(folder, `${pairs}.tsv`), pairs, 1);
    const options = { ...defaultVocabularyOptions, shared: false };
    await buildVocabularies(join(folder, `${SMALL}.tsv`), join(folder, 'vocabulary'), options);
    const prepared = [SMALL, LARGE].map((pairs) => measure('prepare', folder, String(pairs)));
    const iterated = [SMALL, LARGE].map((pairs) => measure('iterate', folder, String(pairs)));
    const bytes = statSync(join(folder, String(LARGE), 'train.pairs')).size;
    return [
      memoryRow('preparing', prepared as [Measured, Measured]),
      memoryRow(`iterating ${BATCHES} batches`, iterated as [Measured, Measured]),
      { what: 'preparing', value: LARGE / prepared[1]!.seconds, unit: 'pairs/s' },
      { what: 'iterating', value: BATCHES / iterated[1]!.seconds, unit: 'batches/s' },
      { what: 'records', value: bytes / LARGE, unit: 'bytes/pair' },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function memoryRow(what: string, [small, large]: [Measured, Measured]): BenchRow {
  return {
    ...{ what: `peak memory ${what}, ${LARGE} pairs`, value: large.megabytes, unit: 'MiB' },
    ...{ peer: `${SMALL} pairs`, peerValue: small.megabytes, ratio: small.megabytes / large.megabytes },
  };
}

/** Writes generated pairs; large files repeat the same half million, because the grammar is not what is measured. */
function writePairs(path: string, count: number, seed: number): void {
  const distinct = Math.min(count, 500_000);
  const lines: string[] = [];
  for (const { source, target } of generatePairs(distinct, seed)) lines.push(`${source}\t${target}\n`);
  const bytes = Buffer.from(lines.join(''), 'utf8');
  const file = new AtomicFile(path);
  for (let written = 0; written < count; written += distinct) file.write(bytes);
  file.commit();
}

/** Programs over the built package, because compiling the sources in the process would be measured too. */
const programs = {
  prepare: `
    import { prepareDataset } from '${built('dataset/prepare.js')}';
    const [folder, name] = process.argv.slice(-2);
    const corpus = { train: folder + '/' + name + '.tsv', dev: folder + '/dev.tsv', test: folder + '/test.tsv' };
    await prepareDataset({ corpus, vocabulary: folder + '/vocabulary', out: folder + '/' + name, maxLength: 100 });`,
  iterate: `
    import { openDataset } from '${built('dataset/dataset.js')}';
    import { Sampler } from '${built('dataset/sampler.js')}';
    import { chooseShapes } from '${built('dataset/shapes.js')}';
    const train = openDataset(process.argv.slice(-2).join('/')).split('train');
    const sampler = new Sampler(train, chooseShapes(train.lengthCounts(), { batchTokens: 3000 }), 1);
    for (let i = 0; i < ${BATCHES}; i++) sampler.next();`,
};

function built(module: string): string {
  return new URL(`../dist/${module}`, import.meta.url).href;
}

function measure(program: keyof typeof programs, ...words: readonly string[]): Measured {
  const report = `
    const { maxRSS } = process.resourceUsage();
    console.log(JSON.stringify({ megabytes: maxRSS / 1024, seconds: performance.now() / 1000 }));`;
  const code = ['--input-type=module', '-e', programs[program] + report, ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, code, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout) as Measured;
}
