import { type ModelFile, type Piece, PieceKind, SCORE_STEPS } from './model-file.ts';
import { SPACE_SYMBOL } from './normalizer.ts';

type Encode = (text: string) => readonly number[];

/** The cache is emptied at this size: some 50 MB. */
const MOST_TOKENS = 1 << 18;

/**
 * Encodes each text between spaces once and puts sentences together from what is known: a corpus has a hundred times
 * more tokens than different ones.
 */
export function cacheTokens(encode: Encode): (sentence: string) => number[] {
  const known = new Map<string, readonly number[]>();
  return (sentence) => {
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
 * Whether a model segments the words of a sentence one by one, each as it would be alone: spaces are normalised, no piece
 * reaches across one, `▁` is never unknown, and the rounding of what came before cannot decide (see `SCORE_STEPS`). So it
 * is in every model of attn but unigram models with user-defined symbols.
 */
export function cutsWords({ type, normalizer, pieces }: ModelFile): boolean {
  return (
    normalizer.wordwise &&
    pieces.some(({ text }) => text === SPACE_SYMBOL) &&
    pieces.every(({ text, kind }) => !text.includes(SPACE_SYMBOL, kind === PieceKind.userDefined ? 0 : 1)) &&
    (type === 'bpe' || pieces.every(hasExactScore))
  );
}

/** SentencePiece makes up the score of a user-defined symbol. */
function hasExactScore({ score, kind }: Piece): boolean {
  return kind !== PieceKind.userDefined && Number.isInteger(score * SCORE_STEPS);
}
