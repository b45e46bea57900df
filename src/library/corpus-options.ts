import type { Corpus } from '../corpus/corpus.ts';
import type { MalformedLines } from '../corpus/malformed.ts';

/** Which corpus, and how much of it may be malformed. */
export interface CorpusOptions {
  /**
   * A TSV file, plain or gzip; two files whose lines belong together; or their common prefix before `.it` and `.en`.
   */
  readonly corpus: string | readonly [string, string];
  /** The languages of the columns, in order, `-` for one to skip. Default: recognised from the text. */
  readonly columns?: readonly string[];
  /** The language to translate from. Default `it`, if the corpus has Italian and English. */
  readonly source?: string;
  /** The language to translate to. Default `en`, if the corpus has Italian and English. */
  readonly target?: string;
  /** Fraction of malformed lines that are skipped; more of them is an error. Default 0.01. */
  readonly maxMalformed?: number;
}

/** Opens a corpus for one task and closes it afterwards. */
export async function withCorpus<T>(
  { corpus, columns, source, target, maxMalformed = MAX_MALFORMED }: CorpusOptions,
  work: (corpus: Corpus, malformed: MalformedLines) => Promise<T>,
): Promise<T> {
  const [{ openCorpus }, { MalformedLines }] = await Promise.all([
    import('../corpus/corpus.ts'),
    import('../corpus/malformed.ts'),
  ]);
  const opened = await openCorpus({ corpus: [corpus].flat(), columns, source, target });
  try {
    return await work(opened, new MalformedLines(maxMalformed));
  } finally {
    opened.close();
  }
}

/** The default of `--max-malformed`. */
export const MAX_MALFORMED = 0.01;

/** The result of work that returns undefined when aborted. @throws the signal's reason */
export function unlessAborted<T>(result: T | undefined, signal: AbortSignal | undefined): T {
  signal?.throwIfAborted();
  if (result === undefined) throw new Error('stopped without a reason');
  return result;
}
