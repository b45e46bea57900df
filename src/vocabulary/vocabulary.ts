/** The four special ids, the same in every vocabulary and written in its model file. */
export const PAD = 0;
export const UNKNOWN = 1;
export const BOS = 2;
export const EOS = 3;

/** How a vocabulary was made. */
export type VocabularyType = 'words' | 'bpe' | 'unigram';

/**
 * Text to ids and back. `encode` normalises first (as the model file says) and adds neither bos nor eos; `decode` leaves
 * special ids out and stops at the first eos.
 */
export interface Vocabulary {
  readonly type: VocabularyType;
  /** How many ids there are: every id is in [0, size). */
  readonly size: number;
  /** SHA-256 of the model file, in hex: names exactly this vocabulary. */
  readonly sha256: string;
  encode(sentence: string): number[];
  decode(ids: readonly number[]): string;
  /** The piece of an id as the model file writes it (`▁` begins a word in subword vocabularies; words stand alone). */
  piece(id: number): string;
  /** The id of a piece; `UNKNOWN` when there is none. */
  id(piece: string): number;
}
