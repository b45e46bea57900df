import type { Random } from '../support/random.ts';

// The four special ids, the same in every vocabulary and written in its model file.
/** The id that fills up batches. */
export const PAD = 0;
/** The id of what a vocabulary does not know. */
export const UNKNOWN = 1;
/** The id that begins a sentence. */
export const BOS = 2;
/** The id that ends a sentence. */
export const EOS = 3;

/** The pieces of the four special ids, in the order of their ids. */
export const SPECIAL_PIECES = ['<pad>', '<unk>', '<s>', '</s>'] as const;

/** How a vocabulary was made. */
export type VocabularyType = 'words' | 'bpe' | 'unigram';

/**
 * Draws a segmentation instead of taking the best one, to regularise training: BPE-dropout for `bpe` (Provilkov et al.
 * 2020), a sample from the unigram model's distribution for `unigram` (Kudo 2018). `words` has one segmentation only.
 */
export interface Sampling {
  /** `bpe`: the probability of leaving out a merge (0 is the best segmentation). `unigram`: the power that probabilities
   * are raised to (0 draws from all segmentations alike, large values from the best). */
  readonly alpha: number;
  readonly random: Random;
}

/**
 * Text to ids and back. `encode` normalises first (as the model file says) and adds neither bos nor eos. `decode` stops at
 * the first eos, leaves pad and bos out, and writes an unknown as SentencePiece does, ` ⁇ ` between pieces; among words
 * it is the word `⁇`.
 */
export interface Vocabulary {
  readonly type: VocabularyType;
  /** How many ids there are: every id is in [0, size). */
  readonly size: number;
  /** SHA-256 of the model file, in hex: names exactly this vocabulary. */
  readonly sha256: string;
  /** The ids of a sentence, without bos and eos: the best segmentation, or one that is drawn. */
  encode(sentence: string, sampling?: Sampling): number[];
  /** @throws RangeError for an id outside [0, size) before the first eos. */
  decode(ids: readonly number[]): string;
  /** The piece of an id as the model file writes it (`▁` begins a word in subword vocabularies; words stand alone).
   * @throws RangeError for an id outside [0, size). */
  piece(id: number): string;
  /** The id of a piece; `UNKNOWN` when there is none. */
  id(piece: string): number;
}
