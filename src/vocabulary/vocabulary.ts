// The four special ids, the same in every vocabulary and written in its model file.
/** The padding id. */
export const PAD = 0;
/** The id of unknown pieces. */
export const UNKNOWN = 1;
/** The id that starts a sentence. */
export const BOS = 2;
/** The id that ends a sentence. */
export const EOS = 3;

/** The pieces of the four special ids, in the order of their ids. */
export const SPECIAL_PIECES = ['<pad>', '<unk>', '<s>', '</s>'] as const;

/** How a vocabulary was made. */
export type VocabularyType = 'words' | 'bpe' | 'unigram' | 'char';

/**
 * Text to ids and back. `encode` normalises first (as the model file specifies) and adds neither bos nor eos. `decode`
 * stops at the first eos, leaves out pad and bos, and writes an unknown like SentencePiece: ` ⁇ ` between pieces, or
 * the word `⁇` among words.
 */
export interface Vocabulary {
  readonly type: VocabularyType;
  /** The number of ids: every id is in [0, size). */
  readonly size: number;
  /** SHA-256 of the model file, in hex: identifies exactly this vocabulary. */
  readonly sha256: string;
  /** The ids of a sentence, without bos and eos. */
  encode(sentence: string): number[];
  /** @throws RangeError for an id outside [0, size) before the first eos */
  decode(ids: readonly number[]): string;
  /**
   * The piece of an id as in the model file (`▁` starts a word in subword vocabularies; words have no mark).
   * @throws RangeError for an id outside [0, size)
   */
  piece(id: number): string;
  /** The id of a piece; `UNKNOWN` when there is none. */
  id(piece: string): number;
}
