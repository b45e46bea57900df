import { dirname, join } from 'node:path';
import type { SplitName } from '../corpus/splits.ts';

/** What to prepare. Only `train` is required if the files are where the other functions write them. */
export interface PrepareDataOptions {
  /** A TSV file, `source<TAB>target`, plain or gzip. */
  readonly train: string;
  /** Like `train`. Default `dev.tsv` beside it. */
  readonly dev?: string;
  /** Like `train`. Default `test.tsv` beside it. */
  readonly test?: string;
  /** The folder with `source.model` and `target.model`. Default `vocabulary/` beside `train`. */
  readonly vocabulary?: string;
  /** The folder to write. Default `prepared/` beside `train`. */
  readonly out?: string;
  /** The maximum number of ids per side: longer train pairs are left out, longer dev sides cut. Default 100. */
  readonly maxLength?: number;
  /** Word alignments of the training pairs, in Pharaoh format, for the option `guidedWeight` of `train()`. */
  readonly guidedAlignment?: string;
  /** Called now and then with the number of finished pairs of a split. */
  readonly onProgress?: (split: SplitName, pairs: number) => void;
  /** Stops, leaving nothing behind. */
  readonly signal?: AbortSignal;
}

/** Data in the form that training reads. */
export interface PreparedData {
  /** The folder: the `data` option of `train()`. */
  readonly out: string;
  readonly splits: Readonly<Record<SplitName, PreparedSplit>>;
}

/** The result for one split of a corpus. */
export interface PreparedSplit {
  /** Pairs that can be read. */
  readonly pairs: number;
  /** Train pairs left out because a side is too long, or has no ids. */
  readonly tooLong: number;
  readonly empty: number;
  /** Sides of dev that were cut. */
  readonly truncated: number;
  /** Ids including `</s>`, and how many of them are unknown. */
  readonly tokens: { readonly source: number; readonly target: number };
  readonly unknown: { readonly source: number; readonly target: number };
}

/**
 * Encodes a split corpus with its vocabularies into the form that training reads, in constant memory. The files appear
 * together or, after an error, not at all.
 * @throws `InputError` for files that are missing or malformed, and for a folder in which another process works; the
 *   signal's reason
 */
export async function prepareData(options: PrepareDataOptions): Promise<PreparedData> {
  const { prepareDataset } = await import('../dataset/prepare.ts');
  const { train, maxLength = 100, guidedAlignment, onProgress, signal } = options;
  const beside = (name: string) => join(dirname(train), name);
  const { dev = beside('dev.tsv'), test = beside('test.tsv') } = options;
  const { vocabulary = beside('vocabulary'), out = beside('prepared') } = options;
  const { splits } = await prepareDataset({
    ...{ corpus: { train, dev, test }, vocabulary, out, maxLength },
    ...(guidedAlignment !== undefined && { guidedAlignment }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  return { out, splits };
}
