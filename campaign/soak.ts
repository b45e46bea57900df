import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { memory } from '@tensorflow/tfjs-core';
import { main } from '../src/cli/main.ts';
import { embeddedCorpus } from '../src/corpus/embedded.ts';
import { readPairBatches } from '../src/corpus/tsv.ts';

/** How long to train and how much to translate. */
export interface SoakOptions {
  readonly minutes: number;
  readonly lines: number;
  readonly threads: number;
  readonly say: (text: string) => void;
}

/** What a process holds at a moment. */
export interface Sample {
  readonly seconds: number;
  /** Resident memory, bytes. */
  readonly resident: number;
  /** Tensors that tfjs holds. */
  readonly tensors: number;
}

export interface SoakResult {
  readonly what: string;
  readonly samples: number;
  /** Median resident memory in bytes: of the second quarter of the time, and of the last. */
  readonly before: number;
  readonly after: number;
  /** The most tensors in the same two quarters. */
  readonly tensors: readonly [before: number, after: number];
}

/** Resident memory may grow by this much from the second quarter of the time to the last. */
const MOST_GROWTH = 0.02;

/** Whether memory stayed flat, and tensors constant. */
export function isFlat({ before, after, tensors }: SoakResult): boolean {
  return after <= before * (1 + MOST_GROWTH) && tensors[1] <= tensors[0];
}

/** Summarises samples: the first quarter is for warming up. */
export function summary(what: string, samples: readonly Sample[]): SoakResult {
  const part = (from: number, to: number) => samples.slice(from * samples.length, to * samples.length);
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  const resident = (list: readonly Sample[]) => median(list.map((sample) => sample.resident));
  const tensors = (list: readonly Sample[]) => Math.max(...list.map((sample) => sample.tensors));
  const [second, last] = [part(0.25, 0.5), part(0.75, 1)];
  return {
    ...{ what, samples: samples.length, before: resident(second), after: resident(last) },
    tensors: [tensors(second), tensors(last)],
  };
}

/**
 * Trains for `minutes` on the embedded corpus, then translates `lines` lines of it, both through the command line in
 * this process, and watches its memory.
 */
export async function soak({ minutes, lines, threads, say }: SoakOptions): Promise<SoakResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'attn-soak-'));
  const home = process.cwd();
  try {
    const out = join(folder, 'run');
    process.chdir(folder);
    const trained = await watched('training', say, 10, () =>
      attn(say, [
        ...['train', '--out', out, '--quiet', '--threads', String(threads), '--patience', '1000000'],
        // small: leaks show with every update and every validation
        ...[
          '--embedding',
          '64',
          '--hidden',
          '64',
          '--batch-tokens',
          '1000',
          '--validate-every',
          '200',
          '--log-every',
          '20',
        ],
        ...['--max-minutes', String(minutes)],
      ]),
    );
    if (lines === 0) return [trained];
    const sentences: string[] = [];
    for await (const batch of readPairBatches(join(embeddedCorpus, 'train.tsv')))
      sentences.push(...batch.map((p) => p.source));
    const input = Readable.from(numberedLines(sentences, lines));
    const translated = await watched('translating', say, 2, () =>
      attn(say, ['translate', '--checkpoint', out, '--quiet'], input),
    );
    return [trained, translated];
  } finally {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** This many lines, each followed by a number, so that all differ. */
function* numberedLines(sentences: readonly string[], lines: number): Generator<string> {
  for (let line = 0; line < lines; line++) yield `${sentences[line % sentences.length]} ${line}\n`;
}

async function attn(
  say: (text: string) => void,
  words: readonly string[],
  stdin: Readable = Readable.from([]),
): Promise<void> {
  let lines = 0;
  const stdout = new Writable({
    write(chunk: Buffer, _, done) {
      for (const byte of chunk) if (byte === 10) lines++;
      done();
    },
  });
  const stderr = new Writable({
    write(chunk, _, done) {
      say(String(chunk).trimEnd());
      done();
    },
  });
  const code = await main(words, { stdin, stdout, stderr });
  say(`attn ${words[0]}: exit ${code}, ${lines} lines`);
  if (code !== 0) throw new Error(`attn ${words.join(' ')} ended with ${code}`);
}

/** Takes a sample every few seconds while something runs. */
async function watched(
  what: string,
  say: (text: string) => void,
  everySeconds: number,
  work: () => Promise<void>,
): Promise<SoakResult> {
  const samples: Sample[] = [];
  const begun = performance.now();
  const sample = () => {
    const seconds = (performance.now() - begun) / 1000;
    samples.push({ seconds, resident: process.memoryUsage.rss(), tensors: tensorCount() });
    const { resident, tensors } = samples.at(-1) as Sample;
    if (samples.length % 6 === 0) say(`${what}: ${seconds.toFixed(0)} s, ${megabytes(resident)}, ${tensors} tensors`);
  };
  const timer = setInterval(sample, everySeconds * 1000);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return summary(what, samples);
}

/** None before a backend has started, when tfjs cannot be asked. */
function tensorCount(): number {
  try {
    return memory().numTensors;
  } catch {
    return 0;
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
