import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { type SplitName, splitNames } from '../corpus/splits.ts';
import { type Pair, readPairBatches } from '../corpus/tsv.ts';
import { InputError } from '../support/errors.ts';
import { AtomicFile } from '../support/files.ts';
import { type FolderLock, whileOwning } from '../support/folder-lock.ts';
import { refuseForeign } from '../support/foreign-files.ts';
import { commitTogether } from '../support/replace-together.ts';
import { isOwnModelFile, readModelFile } from '../vocabulary/model-file.ts';
import { loadVocabularies } from '../vocabulary/pair.ts';
import { AlignmentReader } from './alignment-reader.ts';
import type { EncodedPairs } from './encode.ts';
import { Encoder, type EncoderPaths } from './encoder.ts';
import { type WordStarts, wordStarts } from './guide.ts';
import { isManifest, MANIFEST_FILE, type Manifest, type Origin, type SplitManifest } from './manifest.ts';
import { describeOrigin } from './origin.ts';
import { FORMAT_VERSION, type IdBytes, isPairFile } from './pair-file.ts';
import { PairWriter } from './pair-writer.ts';
import { PrepareCounts } from './prepare-counts.ts';

/** What to prepare, and how. */
export interface PrepareOptions {
  /** TSV files, `source<TAB>target`, plain or gzip. */
  readonly corpus: Readonly<Record<SplitName, string>>;
  /** The folder that contains `source.model` and `target.model`. */
  readonly vocabulary: string;
  readonly out: string;
  /** The maximum number of ids per side, without eos: longer train pairs are left out, longer dev sides cut. */
  readonly maxLength: number;
  /** A file with word alignments of train, in Pharaoh format, line by line. */
  readonly guidedAlignment?: string;
  /** Called now and then with the number of finished pairs of a split. */
  readonly onProgress?: (split: SplitName, pairs: number) => void;
  /** Stops, leaving nothing behind. */
  readonly signal?: AbortSignal;
  /** How to open a file, for tests of failing disks. */
  readonly openFile?: (path: string) => AtomicFile;
}

/** More threads would wait for the one that reads and writes. */
const MOST_THREADS = 8;
/** Pairs sent to a thread at a time: enough to make the overhead negligible, few enough to keep memory small. */
const PAIRS_PER_TASK = 512;
/** Text smaller than this is encoded by one thread: starting another takes as long. */
const BYTES_PER_THREAD = 1 << 20;

/**
 * Encodes a corpus with its vocabularies and writes the binary form, in constant memory. The files appear together at
 * the end, the manifest last; a failure leaves the folder unchanged.
 * @throws InputError for files that are missing or malformed (also a line without two sides) and a folder in which
 *   another process works, RunError for a full disk
 */
export function prepareDataset(options: PrepareOptions): Promise<Manifest> {
  return whileOwning(options.out, 'data preparation', (lock) => prepareOwned(options, lock));
}

async function prepareOwned(options: PrepareOptions, lock: FolderLock): Promise<Manifest> {
  const { out, openFile = (path: string) => new AtomicFile(path) } = options;
  checkOwn(options);
  const paths = { source: join(options.vocabulary, 'source.model'), target: join(options.vocabulary, 'target.model') };
  const corpusOf = (name: SplitName): Origin =>
    describeOrigin(options.corpus[name], out, 'write it with `attn data split`, or check the path');
  const corpora = { train: corpusOf('train'), dev: corpusOf('dev'), test: corpusOf('test') };
  const aligned = await readAligned(options, paths);
  const source = describeVocabulary(paths.source, out);
  const target = describeVocabulary(paths.target, out);
  const idBytes: IdBytes = Math.max(source.size, target.size) <= 65536 ? 2 : 4;
  const files: AtomicFile[] = [];
  const open = (name: string): AtomicFile => {
    const file = openFile(join(out, name));
    files.push(file);
    return file;
  };
  const useful = Math.min(MOST_THREADS, Math.ceil(corpora.train.bytes / BYTES_PER_THREAD));
  const encoder = new Encoder(paths, Math.max(1, Math.min(availableParallelism(), useful)));
  try {
    const prepare = (name: SplitName): Promise<SplitManifest> =>
      prepareSplit(name, corpora[name], options, encoder, new PairWriter(open, name, idBytes), {
        ...(name === 'train' && aligned),
      });
    const manifest: Manifest = {
      format: 'attn-prepared',
      version: FORMAT_VERSION,
      idBytes,
      maxLength: options.maxLength,
      vocabularies: { source, target },
      splits: { train: await prepare('train'), dev: await prepare('dev'), test: await prepare('test') },
    };
    for (const side of ['source', 'target'] as const) {
      // A vocabulary that was built in this very folder is already there.
      const name = `${side}.model`;
      if (manifest.vocabularies[side].from.path !== name) open(name).write(readFileSync(paths[side]));
    }
    open(MANIFEST_FILE).write(`${JSON.stringify(manifest, undefined, 2)}\n`);
    lock.check();
    commitTogether(files);
    return manifest;
  } catch (error) {
    for (const file of files) file.abort();
    throw error;
  } finally {
    await encoder.close();
    await aligned?.reader.close();
  }
}

/** Alignments of a split, and what is needed to check them. */
interface Aligned {
  readonly reader: AlignmentReader;
  readonly from: Origin;
  readonly starts: WordStarts;
}

async function readAligned(
  { guidedAlignment, corpus, out }: PrepareOptions,
  paths: EncoderPaths,
): Promise<Aligned | undefined> {
  if (guidedAlignment === undefined) return undefined;
  const from = describeOrigin(guidedAlignment, out, 'write it with a word aligner, one line for each training pair');
  const { source, target } = await loadVocabularies(paths);
  const starts = { source: wordStarts(source), target: wordStarts(target) };
  return { reader: new AlignmentReader(guidedAlignment, corpus.train), from, starts };
}

/** @throws InputError if files in the folder have the names of prepared data but are something else */
function checkOwn({ out, vocabulary }: PrepareOptions): void {
  if (isManifest(join(out, MANIFEST_FILE))) return;
  const data = (['pairs', 'index'] as const).flatMap((kind) =>
    splitNames.map((part) => `${part}.${kind}`).filter((name) => !isPairFile(join(out, name), kind)),
  );
  // vocabularies that are in this very folder are not written
  const models = resolve(vocabulary) === resolve(out) ? [] : ['source.model', 'target.model'];
  refuseForeign(out, [MANIFEST_FILE, ...data, ...models.filter((name) => !isOwnModel(join(out, name)))]);
}

function isOwnModel(path: string): boolean {
  return existsSync(path) && isOwnModelFile(readFileSync(path));
}

function describeVocabulary(path: string, out: string): Manifest['vocabularies']['source'] {
  const from = describeOrigin(path, out, 'build it with `attn vocab --train FILE.tsv`, or check --vocabulary');
  const { type, pieces } = readModelFile(readFileSync(path), path);
  return { type, size: pieces.length, from };
}

async function prepareSplit(
  name: SplitName,
  corpus: Origin,
  options: PrepareOptions,
  encoder: Encoder,
  writer: PairWriter,
  { reader, from, starts }: Partial<Aligned>,
): Promise<SplitManifest> {
  const counts = new PrepareCounts(name, options.maxLength, starts);
  const waiting: { readonly pairs: readonly Pair[]; readonly encoded: Promise<EncodedPairs> }[] = [];
  const writeFirst = async (): Promise<void> => {
    const first = waiting.shift();
    if (first === undefined) return;
    const encoded = await first.encoded;
    counts.write(first.pairs, encoded, writer, await reader?.next(first.pairs));
    options.onProgress?.(name, counts.seen);
    options.signal?.throwIfAborted();
  };
  for await (const pairs of readTasks(options.corpus[name])) {
    const encoded = encoder.encode(pairs.flatMap(({ source, target }) => [source, target]));
    encoded.catch(() => {}); // reported when it is awaited
    waiting.push({ pairs, encoded });
    if (waiting.length > 2 * encoder.threads) await writeFirst();
  }
  while (waiting.length > 0) await writeFirst();
  await reader?.finish();
  const { size, pairs, index } = writer.finish();
  if (size === 0) {
    const problem = counts.seen === 0 ? 'has no pairs' : `has no pairs of 1 to ${options.maxLength} ids per side`;
    throw new InputError(problem, { where: options.corpus[name], remedy: `${name} needs at least one` });
  }
  const alignment = from && { from, ...counts.links };
  return { corpus, pairs: size, ...counts.counts(), ...(alignment && { alignment }), files: { pairs, index } };
}

/** The pairs of a corpus in portions for a thread. */
async function* readTasks(path: string): AsyncGenerator<readonly Pair[]> {
  for await (const pairs of readPairBatches(path)) {
    for (let first = 0; first < pairs.length; first += PAIRS_PER_TASK) yield pairs.slice(first, first + PAIRS_PER_TASK);
  }
}
