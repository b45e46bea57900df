import { readCharsmap } from './charsmap.ts';
import { type ModelFile, PieceKind } from './model-file.ts';
import { createNormalizer, SPACE_SYMBOL, symbolPattern } from './normalizer.ts';
import { normalScores, userSymbols } from './sampling.ts';
import { createWordLattice, marginOf } from './word-lattice.ts';

type Encode = (text: string) => number[];

/** The cache is emptied at this size: some 50 MB. */
const MOST_TOKENS = 1 << 18;

/**
 * Encodes each text between spaces once and puts sentences together from what is known: a corpus has a hundred times
 * more tokens than different ones.
 * @param isAmbiguous tokens whose sentence must be encoded as a whole
 */
export function cacheTokens(encode: Encode, isAmbiguous: (token: string) => boolean = () => false): Encode {
  const known = new Map<string, readonly number[] | undefined>();
  const lookUp = (token: string): readonly number[] | undefined => {
    const ids = known.get(token);
    if (ids !== undefined || known.has(token)) return ids;
    if (known.size === MOST_TOKENS) known.clear();
    const own = isAmbiguous(token) ? undefined : encode(token);
    known.set(token, own);
    return own;
  };
  return (sentence) => {
    const ids: number[] = [];
    for (const token of sentence.split(' ')) {
      if (token === '') continue;
      const own = lookUp(token);
      if (own === undefined) return encode(sentence);
      for (const id of own) ids.push(id);
    }
    return ids;
  };
}

/**
 * Whether a model segments the words of a sentence one by one, each as it would be alone: spaces are normalised, no piece
 * reaches across one, and `▁` is never unknown. So it is in every model of attn.
 */
export function cutsWords({ normalizer, pieces }: ModelFile): boolean {
  return (
    normalizer.wordwise &&
    pieces.some(({ text }) => text === SPACE_SYMBOL) &&
    pieces.every(({ text, kind }) => !text.includes(SPACE_SYMBOL, kind === PieceKind.userDefined ? 0 : 1))
  );
}

/** Two segmentations closer than this are decided by rounding: SentencePiece adds up a sentence in single precision. */
const CLEAR_MARGIN = 0.02;
/** In longer sentences rounding reaches further. */
const LONGEST_CACHED = 500;

/**
 * A unigram model's encoder with a cache. Equally probable segmentations (`0|00` and `00|0`) are told apart by the rounding
 * of the sums before them, so a sentence with such a token is encoded as a whole.
 */
export function cacheUnigramTokens(model: ModelFile, encode: Encode): Encode {
  const symbols = userSymbols(model);
  const pattern = symbolPattern(symbols);
  const normalizer = createNormalizer(readCharsmap(model.normalizer.charsmap), symbols);
  const latticeOf = createWordLattice(normalScores(model));
  const cached = cacheTokens(
    encode,
    (token) =>
      pattern?.test(token) === true || normalizer(token).some((word) => marginOf(latticeOf(word)) < CLEAR_MARGIN),
  );
  return (sentence) => (sentence.length > LONGEST_CACHED ? encode(sentence) : cached(sentence));
}
