import { join } from 'node:path';
import { InputError, RunError } from '../support/errors.ts';
import { AtomicFile } from '../support/files.ts';
import { whileOwning } from '../support/folder-lock.ts';
import { refuseForeign } from '../support/foreign-files.ts';
import { commitTogether } from '../support/replace-together.ts';
import { assignComponents, assignRows, type HeldOut, readLineNumbers } from './assignment.ts';
import { checksumOf, nameOf } from './bytes.ts';
import { type Corpus, readCorpus } from './corpus.ts';
import { MalformedLines } from './malformed.ts';
import { countOverlap, SentenceGraph } from './sentence-graph.ts';
import { formatSplitFile, readSplitFile, type SplitFile, splitPath } from './split-folder.ts';
import { type SplitName, splitNames, TRAIN } from './splits.ts';
import { normaliseSentence } from './text.ts';

/** How to divide a corpus. */
export type SplitMethod =
  | { readonly method: 'component' | 'row'; readonly seed: number; readonly dev?: number; readonly test?: number }
  | { readonly method: 'lines'; readonly devLines: string; readonly testLines: string };

/**
 * By default a component split holds out this many pairs each for dev and test, but at most a tenth of the corpus each.
 */
const USUAL_SIZE = 2000;

/**
 * Divides a corpus into `train.tsv`, `dev.tsv` and `test.tsv` in `folder`, in the corpus's order, with a `split.json`
 * that records how. The corpus is read twice and never kept in memory: first for the graph of its sentences, then to
 * write. The four files appear together or, after an error or an abort of `signal`, not at all.
 * @returns the content of `split.json`; undefined after an abort
 * @throws InputError if the corpus cannot be divided this way
 */
export function splitCorpus(
  corpus: Corpus,
  how: SplitMethod,
  folder: string,
  malformed: MalformedLines,
  signal?: AbortSignal,
): Promise<SplitFile | undefined> {
  return whileOwning(folder, 'a corpus split', () => split(corpus, how, folder, malformed, signal));
}

async function split(
  corpus: Corpus,
  how: SplitMethod,
  folder: string,
  malformed: MalformedLines,
  signal?: AbortSignal,
): Promise<SplitFile | undefined> {
  if (readSplitFile(folder) === undefined)
    refuseForeign(folder, [...splitNames.map((name) => `${name}.tsv`), 'split.json']);
  const splitOfLine = how.method === 'lines' ? readLineNumbers(how.devLines, how.testLines) : new Map<number, number>();
  const read = await readGraph(corpus, splitOfLine, malformed, signal);
  if (read === undefined) return undefined;
  const { graph, given } = read;
  const components = graph.components();
  let splitOfPair: Uint8Array;
  if (how.method === 'lines') {
    splitOfPair = new Uint8Array(graph.pairs);
    for (const [pair, split] of given) splitOfPair[pair] = split;
  } else {
    const sizes = heldOutSizes(how, graph.pairs, corpus.name);
    splitOfPair =
      how.method === 'row' ? assignRows(graph.pairs, sizes, how.seed) : assignComponents(components, sizes, how.seed);
    refuseEmptySplits(splitOfPair, sizes, components.sizes.length, corpus.name);
  }
  const shared = (split: SplitName) => countOverlap(graph, splitOfPair, splitNames.indexOf(split), TRAIN);
  const sharedWithTrain = { dev: shared('dev'), test: shared('test') };
  const count = (split: SplitName) => countOf(splitOfPair, split);
  const report: SplitFile = {
    format: 'attn-split',
    version: 1,
    method: how.method,
    leaks: Object.values(sharedWithTrain).some(({ source, target }) => source + target > 0),
    seed: how.method === 'lines' ? null : how.seed,
    languages: corpus.languages,
    inputs: await Promise.all(
      corpus.files.map(async (file) => ({ file: nameOf(file.path, file), sha256: checksumOf(file.path) })),
    ),
    pairs: { train: count('train'), dev: count('dev'), test: count('test') },
    malformed: malformed.count,
    components: {
      count: components.sizes.length,
      largest: components.sizes.reduce((most, size) => Math.max(most, size), 0),
    },
    sharedWithTrain,
  };
  return (await writeSplits(corpus, splitOfPair, folder, formatSplitFile(report), signal)) ? report : undefined;
}

/**
 * First pass: the graph of the corpus's sentences, and the splits of the pairs on requested lines, by pair number.
 * Undefined after an abort.
 */
async function readGraph(
  corpus: Corpus,
  splitOfLine: ReadonlyMap<number, number>,
  malformed: MalformedLines,
  signal?: AbortSignal,
): Promise<{ graph: SentenceGraph; given: ReadonlyMap<number, number> } | undefined> {
  const graph = new SentenceGraph();
  const given = new Map<number, number>();
  const missing = new Set(splitOfLine.keys());
  for await (const batch of readCorpus(corpus, malformed)) {
    if (signal?.aborted) return undefined;
    for (const pair of batch) {
      const split = splitOfLine.get(pair.line);
      if (split !== undefined) given.set(graph.pairs, split);
      missing.delete(pair.line);
      graph.add(normaliseSentence(pair.source), normaliseSentence(pair.target));
    }
  }
  const [line] = missing;
  if (line === undefined) return { graph, given };
  throw new InputError('is in a file of line numbers, but holds no pair', {
    where: `${corpus.name}:${line}`,
    remedy: 'the line numbers must belong to this file',
  });
}

function heldOutSizes(
  how: SplitMethod & { readonly method: 'component' | 'row' },
  pairs: number,
  name: string,
): HeldOut {
  const tenth = Math.floor(pairs / 10);
  const usual = Math.max(1, how.method === 'row' ? tenth : Math.min(USUAL_SIZE, tenth));
  const sizes = { dev: how.dev ?? usual, test: how.test ?? usual };
  if (sizes.dev + sizes.test >= pairs) {
    throw new InputError(
      `${sizes.dev} pairs for dev and ${sizes.test} for test leave none of its ${pairs} to train on`,
      {
        where: name,
        remedy: 'ask for less: --dev-size N --test-size N',
      },
    );
  }
  return sizes;
}

function refuseEmptySplits(splitOfPair: Uint8Array, wanted: HeldOut, components: number, name: string): void {
  for (const split of ['dev', 'test'] as const) {
    if (wanted[split] === 0 || countOf(splitOfPair, split) > 0) continue;
    throw new InputError(
      `no ${split} set without leaks: its pairs share so many sentences that they form only ${components} component${components === 1 ? '' : 's'}`,
      { where: name, remedy: 'ask for a larger --dev-size and --test-size, or use --method row, which leaks' },
    );
  }
}

function countOf(splitOfPair: Uint8Array, split: SplitName): number {
  const number = splitNames.indexOf(split);
  return splitOfPair.reduce((count, p) => count + (p === number ? 1 : 0), 0);
}

/** Second pass. False after an abort, with nothing written. */
async function writeSplits(
  corpus: Corpus,
  splitOfPair: Uint8Array,
  folder: string,
  report: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const files: AtomicFile[] = [];
  let written = false;
  try {
    for (const split of splitNames) files.push(new AtomicFile(splitPath(folder, split)));
    files.push(new AtomicFile(join(folder, 'split.json')));
    let pair = 0;
    for await (const batch of readCorpus(corpus, new MalformedLines(1))) {
      if (signal?.aborted) return false;
      const texts = splitNames.map(() => '');
      for (const { source, target } of batch) {
        const split = splitOfPair[pair++] ?? TRAIN;
        texts[split] += `${source}\t${target}\n`;
      }
      texts.forEach((text, split) => {
        if (text !== '') files[split]?.write(text);
      });
    }
    if (pair !== splitOfPair.length) {
      throw new RunError('changed while it was read', { where: corpus.name, remedy: 'run the same command again' });
    }
    files.at(-1)?.write(report);
    commitTogether(files);
    written = true;
    return true;
  } finally {
    if (!written) for (const file of files) file.abort();
  }
}
