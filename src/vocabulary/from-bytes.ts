import { readCharsmap } from './charsmap.ts';
import { type ModelFile, readModelFile } from './model-file.ts';
import { createNormalizer, SPACE_SYMBOL } from './normalizer.ts';
import type { SentencePieceModel } from './sentencepiece-model.ts';
import { cacheTokens, cutsWords } from './token-cache.ts';
import { BOS, EOS, PAD, UNKNOWN, type Vocabulary } from './vocabulary.ts';

/** How SentencePiece writes an unknown piece. */
const UNKNOWN_SURFACE = '⁇';

/** How a platform loads a subword model into sentencepiece-js. */
export type LoadSentencePiece = (path: string, bytes: Uint8Array) => Promise<SentencePieceModel>;

/**
 * A vocabulary from its model file's bytes, in Node or in a browser.
 * @param path names the file in messages
 * @param sha256 of the bytes, in hex
 * @throws InputError for bytes that are damaged, or not such a model
 */
export async function vocabularyFromBytes(
  bytes: Uint8Array,
  path: string,
  sha256: string,
  loadSentencePiece: LoadSentencePiece,
): Promise<Vocabulary> {
  const model = readModelFile(bytes, path);
  const idOf = new Map(model.pieces.map(({ text }, id) => [text, id]));
  const nameOf = (id: number): string => {
    const piece = model.pieces[id];
    if (piece === undefined) throw new RangeError(`id ${id} is not in [0, ${model.pieces.length})`);
    return piece.text;
  };
  const common = { type: model.type, size: model.pieces.length, sha256 };
  if (model.type === 'words') return { ...common, ...wordVocabulary(model, idOf, nameOf) };

  const sentencepiece = await loadSentencePiece(path, bytes);
  const encode = cutsWords(model) ? cacheTokens(sentencepiece.encode) : sentencepiece.encode;
  return {
    ...common,
    encode,
    decode: (ids) => {
      const shown = contentOf(ids);
      shown.forEach(nameOf);
      return sentencepiece.decode(shown);
    },
    piece: nameOf,
    id: (piece) => idOf.get(piece) ?? UNKNOWN,
  };
}

function wordVocabulary(
  model: ModelFile,
  idOf: ReadonlyMap<string, number>,
  nameOf: (id: number) => string,
): Pick<Vocabulary, 'encode' | 'decode' | 'piece' | 'id'> {
  const normalizer = createNormalizer(readCharsmap(model.normalizer.charsmap));
  const piece = (id: number) => (id <= EOS ? nameOf(id) : nameOf(id).replace(SPACE_SYMBOL, ''));
  return {
    encode: cacheTokens((text) => normalizer(text).map((word) => idOf.get(word) ?? UNKNOWN)),
    decode: (ids) =>
      contentOf(ids)
        .map((id) => (id === UNKNOWN ? UNKNOWN_SURFACE : piece(id)))
        .join(' '),
    piece,
    id: (text) => idOf.get(SPACE_SYMBOL + text) ?? idOf.get(text) ?? UNKNOWN,
  };
}

/** The ids before the first eos, without pad and bos. */
function contentOf(ids: readonly number[]): number[] {
  const end = ids.indexOf(EOS);
  return (end < 0 ? ids : ids.slice(0, end)).filter((id) => id !== PAD && id !== BOS);
}
