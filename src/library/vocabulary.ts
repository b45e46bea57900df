/**
 * Vocabularies of words, BPE and unigram pieces in SentencePiece's file format: load, encode, decode, build.
 *
 * ```ts
 * import { loadVocabulary } from 'attn/vocabulary';
 *
 * const vocabulary = await loadVocabulary('datasets/mine/vocabulary/source.model');
 * const ids = vocabulary.encode('Ho fame.');
 * ```
 *
 * @module attn/vocabulary
 */
import type { VocabularyOptions } from '../vocabulary/train.ts';
import type { VocabularyType } from '../vocabulary/vocabulary.ts';

export { loadVocabulary } from '../vocabulary/load.ts';
export type { NormalizationName } from '../vocabulary/normalization.ts';
export type { VocabularyOptions } from '../vocabulary/train.ts';
export {
  BOS,
  EOS,
  PAD,
  UNKNOWN,
  type Vocabulary,
  type VocabularyType,
} from '../vocabulary/vocabulary.ts';

/** What vocabularies to build. */
export interface BuildVocabulariesOptions extends Partial<VocabularyOptions> {
  /** A TSV file of pairs, `source<TAB>target`, plain or gzip. */
  readonly train: string;
  /** The folder to write. */
  readonly out: string;
  /** One vocabulary for both languages, in both files. Default false. */
  readonly shared?: boolean;
}

/** A vocabulary that was trained and written. */
export interface BuiltVocabulary {
  readonly path: string;
  readonly type: VocabularyType;
  readonly size: number;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;
}

/** The vocabularies of a corpus. */
export interface BuiltVocabularies {
  /** The number of pairs they were trained on. */
  readonly pairs: number;
  readonly source: BuiltVocabulary;
  readonly target: BuiltVocabulary;
}

/**
 * Trains the two vocabularies of a corpus: `source.model` and `target.model` in the folder `out`. Memory grows with the
 * different words of the corpus, not with its length.
 * @throws `InputError` for a corpus that cannot be read, a size it cannot have, and a folder in which another process
 *   works
 */
export async function buildVocabularies(options: BuildVocabulariesOptions): Promise<BuiltVocabularies> {
  const [{ buildVocabularies: build }, { defaultVocabularyOptions }] = await Promise.all([
    import('../vocabulary/build.ts'),
    import('../vocabulary/train.ts'),
  ]);
  const { train, out, shared = false, ...others } = options;
  return build(train, out, { ...defaultVocabularyOptions, ...others, shared });
}
