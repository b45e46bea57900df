import type { SplitName } from '../corpus/splits.ts';
import { type CorpusOptions, unlessAborted, withCorpus } from './corpus-options.ts';

/** How to divide a corpus, and where to write it. */
export interface SplitCorpusOptions extends CorpusOptions {
  /** The folder to write. */
  readonly out: string;
  /** Whole components of pairs that share a sentence, or single rows, which leak. Default `component`. */
  readonly method?: 'component' | 'row';
  /** Random seed. Default 1. */
  readonly seed?: number;
  /** Pairs for dev. Default 2000, at most a tenth (`row`: a tenth). */
  readonly devSize?: number;
  /** Pairs for test. Default as for dev. */
  readonly testSize?: number;
  /** Stops, leaving nothing behind. */
  readonly signal?: AbortSignal;
}

/** The result of a split. */
export interface SplitCorpusResult {
  /** Whether a dev or test sentence is also in train. */
  readonly leaks: boolean;
  readonly languages: { readonly source: string; readonly target: string };
  readonly pairs: Readonly<Record<SplitName, number>>;
  /** Lines that are not pairs. */
  readonly malformed: number;
  readonly components: { readonly count: number; readonly largest: number };
}

/**
 * Divides a corpus into `train.tsv`, `dev.tsv` and `test.tsv`, so that no sentence is on both sides of the split. The
 * files appear together or, after an error, not at all.
 * @throws `InputError` if the corpus cannot be divided this way; the signal's reason
 */
export async function splitCorpus(options: SplitCorpusOptions): Promise<SplitCorpusResult> {
  const { splitCorpus: split } = await import('../corpus/split.ts');
  const { out, method = 'component', seed = 1, devSize, testSize, signal } = options;
  const how = {
    method,
    seed,
    ...(devSize !== undefined && { dev: devSize }),
    ...(testSize !== undefined && { test: testSize }),
  };
  return withCorpus(options, async (corpus, malformed) =>
    unlessAborted(await split(corpus, how, out, malformed, signal), signal),
  );
}
