import { createWriteStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError, systemCode } from '../support/errors.ts';
import { writeFailure } from '../support/file-failures.ts';
import { makeTemporaryFolder, removeQuietly } from '../support/files.ts';
import { inputFailure, nameOf, openStored } from './bytes.ts';
import { checkColumns, chooseSides, identifyColumns, languageOfExtension } from './columns.ts';
import type { MalformedLines } from './malformed.ts';
import { readPairedFiles, type SentenceFile } from './paired.ts';
import { type LocatedPair, readPairBatches } from './tsv.ts';

/** Which corpus, as the user specifies it. */
export interface CorpusChoice {
  /** A TSV file; two files whose lines belong together; or their common prefix before `.it` and `.en`. `-` is stdin. */
  readonly corpus: readonly string[];
  /** The languages of the columns, in order (`-` for one to skip); by default recognised from the text. */
  readonly columns?: readonly string[] | undefined;
  readonly source?: string | undefined;
  readonly target?: string | undefined;
}

/** What opening a corpus needs from its environment. */
export interface CorpusSurroundings {
  readonly stdin?: Readable;
  /** Called with what was guessed. */
  readonly say?: (text: string) => void;
}

/** The two languages of a corpus. */
export interface Languages {
  readonly source: string;
  readonly target: string;
}

/** A corpus that was found and understood, and can be read from the start any number of times. */
export interface Corpus {
  /** What messages call it. */
  readonly name: string;
  readonly languages: Languages;
  readonly files: readonly SentenceFile[];
  /** For a TSV file: the 0-based columns of source and target. */
  readonly columns?: readonly [source: number, target: number];
  /** Removes the copy kept of a pipe. */
  close(): void;
}

/** How many lines are examined to recognise the languages. */
const SAMPLE_LINES = 20_000;

/**
 * Finds the files of a corpus and which side is which. Input from a pipe is kept in a temporary file until `close()`,
 * so that it too can be read twice.
 * @throws InputError for missing files, and if the columns cannot be told apart or are not the named ones
 */
export async function openCorpus(choice: CorpusChoice, around: CorpusSurroundings = {}): Promise<Corpus> {
  const kept: string[] = [];
  const remove = () => {
    for (const folder of kept) removeQuietly(folder);
  };
  const keep = (folder: string) => {
    // the process may end before close(): its reader goes away, as with `| head`
    if (kept.length === 0) process.once('exit', remove);
    kept.push(folder);
  };
  const close = () => {
    process.off('exit', remove);
    remove();
  };
  try {
    const files: SentenceFile[] = [];
    const paths = locate(choice);
    if (paths.length === 2 && paths[0] === '-' && paths[1] === '-') {
      throw new InputError('standard input can be one file, not two', { where: '--corpus' });
    }
    for (const path of paths) files.push(await readableTwice(path, around.stdin, keep));
    const name = files.map((file) => nameOf(file.path, file)).join(', ');
    const found = await identifyColumns(files, SAMPLE_LINES);
    const fromNames = files.length === 2 ? files.map((file) => languageOfExtension(file.path)) : [];
    const named =
      choice.columns ?? (fromNames.every((l) => l !== undefined) && files.length === 2 ? fromNames : undefined);
    if (named) checkColumns(named, found, name, choice.columns ? '--columns' : 'the files’ names');
    const columns = named ?? found;
    const [source, target] = chooseSides(columns, choice, name);
    const languages = { source: columns[source]!, target: columns[target]! };
    if (!named) {
      const what = files.length === 2 ? 'file' : 'column';
      around.say?.(
        `${name}: ${what} ${source + 1} is ${languages.source}, ${what} ${target + 1} is ${languages.target} (detected from the text; --columns overrides)`,
      );
    }
    if (files.length === 2) return { name, languages, files: [files[source]!, files[target]!], close };
    return { name, languages, files, columns: [source, target], close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * The pairs of a corpus from its start, about a thousand at a time. Malformed lines go to `malformed`.
 * @throws InputError (at the end) if the corpus is empty or too many of its lines are malformed, and like the readers
 */
export async function* readCorpus(corpus: Corpus, malformed: MalformedLines): AsyncGenerator<readonly LocatedPair[]> {
  const [first, second] = corpus.files;
  let pairs = 0;
  const batches = corpus.columns
    ? readPairBatches(first!.path, { ...first, columns: corpus.columns, onMalformed: malformed.add })
    : readPairedFiles(first!, second!, malformed.add);
  for await (const batch of batches) {
    pairs += batch.length;
    yield batch;
  }
  malformed.check(corpus.name, pairs);
}

/** The paths a choice means: those given, or `PREFIX.it` and `PREFIX.en`, plain or gzip. */
function locate({ corpus, columns, source, target }: CorpusChoice): readonly string[] {
  const [path] = corpus;
  if (path === undefined || corpus.length > 2) {
    throw new InputError(`${corpus.length} files`, {
      where: '--corpus',
      remedy: 'give one TSV file or two files of sentences; to join corpora: cat A B | attn ... --corpus -',
    });
  }
  if (corpus.length === 2 || path === '-' || existsSync(path)) return corpus;
  const languages = columns ?? (source && target ? [source, target] : ['it', 'en']);
  const parts = languages.map((language) =>
    [`${path}.${language}`, `${path}.${language}.gz`].find((name) => existsSync(name)),
  );
  if (parts.length === 2 && parts[0] !== undefined && parts[1] !== undefined) return [parts[0], parts[1]];
  throw new InputError('no such file', {
    where: path,
    remedy: `${languages.map((language) => `${path}.${language}`).join(' and ')} do not exist either; check the path`,
  });
}

/** A file that can be read again: itself, or a temporary copy of a pipe (`keep` is called with its folder). */
async function readableTwice(
  path: string,
  stdin: Readable | undefined,
  keep: (folder: string) => void,
): Promise<SentenceFile> {
  if (path !== '-' && (!existsSync(path) || !isPipe(path))) return { path };
  const folder = makeTemporaryFolder('attn-pipe-');
  keep(folder);
  const copy = join(folder, 'input');
  try {
    await pipeline(openStored(path, { ...(stdin && { stdin }) }), createWriteStream(copy));
  } catch (error) {
    throw systemCode(error) === 'ENOSPC' ? writeFailure(copy, error) : inputFailure(nameOf(path), error);
  }
  return { path: copy, name: nameOf(path) };
}

function isPipe(path: string): boolean {
  const stat = statSync(path);
  return stat.isFIFO() || stat.isSocket();
}
