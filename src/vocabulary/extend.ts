import { InputError } from '../support/errors.ts';
import { appendToModelFile, type Piece, PieceKind, readModelFile } from './model-file.ts';
import { checkSymbols } from './train.ts';

/**
 * A subword model file with more pieces at its end: user-defined symbols, which are never split or normalised. The ids
 * of the old pieces and everything else in the file stay the same, whichever trainer wrote it.
 * @param where names the file in messages
 * @throws InputError for a file that is not such a model, and for symbols that are unusable or already in it
 */
export function extendModel(bytes: Uint8Array, symbols: readonly string[], where: string): Uint8Array {
  const { type, pieces } = readModelFile(bytes, where);
  if (type === 'words') {
    throw new InputError('words have no user-defined symbols', {
      where,
      remedy: 'extend a vocabulary of bpe, unigram or char; build one of words again with a larger --size',
    });
  }
  checkSymbols(symbols, pieces);
  const added = symbols.map((text): Piece => ({ text, score: 0, kind: PieceKind.userDefined }));
  return appendToModelFile(bytes, added, pieces.length + added.length);
}
