import { type ModelFile, type Piece, PieceKind, SCORE_STEPS } from './model-file.ts';
import { SPACE_SYMBOL } from './normalizer.ts';

type Encode = (text: string) => readonly number[];

/** The cache is emptied at this size: about 50 MB. */
const MOST_TOKENS = 1 << 18;

/**
 * Encodes each whitespace-separated text once and builds sentences from cached results: a corpus has a hundred times
 * more tokens than different ones.
 */
export function cacheTokens(encode: Encode): (sentence: string) => number[] {
  const known = new Map<string, readonly number[]>();
  return (sentence) => {
    // a model that does not replace this symbol treats it as a space, which would be lost between separate words
    if (sentence.includes(SPACE_SYMBOL)) return [...encode(sentence)];
    const ids: number[] = [];
    for (const token of sentence.split(' ')) {
      if (token === '') continue;
      let own = known.get(token);
      if (own === undefined) {
        own = encode(token);
        if (known.size === MOST_TOKENS) known.clear();
        known.set(token, own);
      }
      for (const id of own) ids.push(id);
    }
    return ids;
  };
}

/**
 * Whether a model segments each word of a sentence as it would alone: spaces are normalised, no piece contains a space
 * inside, `▁` is never unknown, and rounding of earlier sums cannot matter (see `SCORE_STEPS`). True for every attn
 * model except unigram models with user-defined symbols.
 */
export function cutsWords({ type, normalizer, pieces }: ModelFile): boolean {
  return (
    normalizer.wordwise &&
    pieces.some(({ text }) => text === SPACE_SYMBOL) &&
    pieces.every(({ text, kind }) => !text.includes(SPACE_SYMBOL, kind === PieceKind.userDefined ? 0 : 1)) &&
    (type === 'bpe' || type === 'char' || pieces.every(hasExactScore))
  );
}

/** SentencePiece makes up the score of a user-defined symbol. */
function hasExactScore({ score, kind }: Piece): boolean {
  return kind !== PieceKind.userDefined && Number.isInteger(score * SCORE_STEPS);
}
