/**
 * Corpora of sentence pairs: read, write from any source, count, clean.
 *
 * ```ts
 * import { writePairs } from 'attn/corpus';
 *
 * await writePairs('mine.tsv', [{ source: 'Ho fame.', target: 'I am hungry.' }]);
 * ```
 *
 * @module attn/corpus
 */
import type { CleaningReport } from '../corpus/clean.ts';
import type { CleaningSettings } from '../corpus/filters.ts';
import type { CorpusStatistics } from '../corpus/statistics.ts';
import { type LocatedPair, type MalformedLine, readPairs as read } from '../corpus/tsv.ts';
import { InputError } from '../support/errors.ts';
import { AtomicFile } from '../support/files.ts';
import { type CorpusOptions, MAX_MALFORMED, unlessAborted, withCorpus } from './corpus-options.ts';

export type { CleaningReport, FilterReport } from '../corpus/clean.ts';
export type { Languages } from '../corpus/corpus.ts';
export { embeddedCorpus } from '../corpus/embedded.ts';
export type { CheckName, CleaningSettings, EditName } from '../corpus/filters.ts';
export type { Overlap } from '../corpus/sentence-graph.ts';
export type { SideCounts } from '../corpus/side-counter.ts';
export type { CorpusStatistics, SplitStatistics, StrayName, Unique } from '../corpus/statistics.ts';
export { normaliseSentence } from '../corpus/text.ts';
export type { LocatedPair, MalformedLine, Pair } from '../corpus/tsv.ts';
export type { CorpusOptions } from './corpus-options.ts';

/** How to read a file of pairs. */
export interface ReadPairsOptions {
  /** The 0-based columns of source and target. Default `[0, 1]`. */
  readonly columns?: readonly [source: number, target: number];
  /** Called with each malformed line, which is then skipped; without it the first one is an error. */
  readonly onMalformed?: (problem: MalformedLine) => void;
}

/**
 * The pairs of a TSV file (UTF-8, plain or gzip), one by one and in constant memory.
 * @throws `InputError` with file and line for a malformed line, unless `onMalformed` takes it
 */
export function readPairs(path: string, options: ReadPairsOptions = {}): AsyncGenerator<LocatedPair> {
  return read(path, options);
}

/** A sentence and its translation, from any source. */
export interface SentencePair {
  readonly source: string;
  readonly target: string;
}

/** The size of one write, in UTF-16 code units. */
const WRITTEN_AT_ONCE = 1 << 16;

/**
 * Writes pairs from any source (a database, an API, a generator) as a TSV file that all other functions read. Tabs and
 * line breaks within a sentence become spaces. The file appears when it is complete, or not at all.
 * @returns the number of pairs written
 * @throws `InputError` for a pair with an empty side
 */
export async function writePairs(
  path: string,
  pairs: Iterable<SentencePair> | AsyncIterable<SentencePair>,
): Promise<number> {
  const file = new AtomicFile(path);
  let count = 0;
  let text = '';
  try {
    for await (const { source, target } of pairs) {
      count++;
      const line = [source, target].map((sentence) => sentence.replace(/[\t\r\n\0]+/g, ' ').trim());
      if (line.includes('')) throw new InputError(`pair ${count} has an empty side`, { where: path });
      text += `${line.join('\t')}\n`;
      if (text.length < WRITTEN_AT_ONCE) continue;
      file.write(text);
      text = '';
    }
    file.write(text);
    file.commit();
    return count;
  } finally {
    file.abort();
  }
}

/**
 * Counts a corpus: sizes, lengths, types, coverage, and sentences shared between splits.
 * @param corpus a corpus, or a folder with `train.tsv`, `dev.tsv` and `test.tsv`
 * @throws `InputError` for missing files, and if too many lines are malformed
 */
export async function corpusStatistics(corpus: string | CorpusOptions): Promise<CorpusStatistics> {
  const [{ countCorpus }, { isSplitFolder, openSplitFolder }] = await Promise.all([
    import('../corpus/statistics.ts'),
    import('../corpus/split-folder.ts'),
  ]);
  const options = typeof corpus === 'string' ? { corpus } : corpus;
  if (typeof options.corpus === 'string' && isSplitFolder(options.corpus)) {
    return countCorpus(openSplitFolder(options.corpus), options.maxMalformed ?? MAX_MALFORMED);
  }
  return withCorpus(options, (opened, { maximumShare }) =>
    countCorpus([{ name: 'all', corpus: opened }], maximumShare),
  );
}

/** What to clean, how, and where to write it. */
export interface CleanCorpusOptions extends CorpusOptions, Partial<CleaningSettings> {
  /** The file to write, `source<TAB>target`. */
  readonly out: string;
  /** Stops, leaving nothing behind. */
  readonly signal?: AbortSignal;
}

/**
 * Repairs and filters a corpus. By default every filter runs except `words`.
 * @returns what each filter did
 * @throws `InputError` for missing files, and if too many lines are malformed; the signal's reason
 */
export async function cleanCorpus(options: CleanCorpusOptions): Promise<CleaningReport> {
  const [{ cleanCorpus: clean }, { cleaningDefaults }] = await Promise.all([
    import('../corpus/clean.ts'),
    import('../corpus/filters.ts'),
  ]);
  const { out, signal } = options;
  return withCorpus(options, async (corpus, malformed) => {
    const file = new AtomicFile(out);
    try {
      const settings = { ...cleaningDefaults, ...options };
      const report = await clean(corpus, settings, (lines) => file.write(lines), malformed, signal);
      const result = unlessAborted(report, signal);
      file.commit();
      return result;
    } finally {
      file.abort();
    }
  });
}
