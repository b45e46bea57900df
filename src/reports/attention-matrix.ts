import { groupPieces } from '../vocabulary/word-groups.ts';
import { mergeWeights, type Weights } from './weights.ts';

/** The content of one attention file: a translated sentence and where the model looked, in pieces and in words. */
export interface AttentionMatrix {
  /** S pieces, as written by the source vocabulary, including `</s>` if the encoder saw it. */
  readonly source: readonly string[];
  /** T pieces of the hypothesis, including `</s>` if the decoder wrote it. */
  readonly target: readonly string[];
  /** T x S, each in [0, 1]. For a transformer: the mean over the heads of its last layer. */
  readonly weights: Weights;
  readonly sourceWords: readonly string[];
  readonly targetWords: readonly string[];
  /** Target words x source words: summed over the pieces of a source word, averaged over those of a target word. */
  readonly wordWeights: Weights;
  /** The heads of a multi-head model. */
  readonly heads?: readonly AttentionHead[];
  readonly text: SentenceText;
}

/** One of several heads, over the same pieces and words as its matrix. */
export interface AttentionHead {
  /** For instance `layer2 head3`. */
  readonly name: string;
  readonly weights: Weights;
  readonly wordWeights: Weights;
}

/** The sentence behind a matrix. */
export interface SentenceText {
  readonly source: string;
  readonly hypothesis: string;
  readonly reference?: string;
}

/** A matrix with its labels: the input of every picture. Rows are the target (or the query), columns the source. */
export interface LabelledMatrix {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly weights: Weights;
}

/** What rows and columns are: the vocabulary's pieces, or whole words. */
export type Level = 'pieces' | 'words';

/** What a model provides: pieces, their weights (T x S, any array of numbers for a row) and the sentence. */
export interface AttendedPieces {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly weights: readonly ArrayLike<number>[];
  readonly heads?: readonly { readonly name: string; readonly weights: readonly ArrayLike<number>[] }[];
  readonly text: SentenceText;
  /** Split words only at spaces, even in a language without spaces between words (`groupPieces`). */
  readonly wordsBySpaces?: boolean;
}

/**
 * Adds the words and their weights to a model's pieces.
 * @throws RangeError unless the weights are T x S numbers in [0, 1]
 */
export function attentionMatrix(pieces: AttendedPieces): AttentionMatrix {
  const { source, target, text } = pieces;
  const sourceWords = groupPieces(source, pieces.wordsBySpaces);
  const targetWords = groupPieces(target, pieces.wordsBySpaces);
  const both = (rows: readonly ArrayLike<number>[]): { weights: Weights; wordWeights: Weights } => {
    const weights = checkedWeights(rows, target.length, source.length);
    return { weights, wordWeights: mergeWeights(weights, targetWords, sourceWords) };
  };
  return {
    ...{ source, target, sourceWords: sourceWords.words, targetWords: targetWords.words },
    ...both(pieces.weights),
    ...(pieces.heads && { heads: pieces.heads.map(({ name, weights }) => ({ name, ...both(weights) })) }),
    text,
  };
}

/** One level of an attention matrix, ready to be drawn or written. */
export function labelledMatrix(attention: AttentionMatrix, level: Level): LabelledMatrix {
  return level === 'pieces'
    ? { rows: attention.target, columns: attention.source, weights: attention.weights }
    : { rows: attention.targetWords, columns: attention.sourceWords, weights: attention.wordWeights };
}

/** Copies the rows; a softmax in float32 may exceed 1 by a rounding error, no more. */
function checkedWeights(rows: readonly ArrayLike<number>[], targetLength: number, sourceLength: number): Weights {
  if (rows.length !== targetLength) {
    throw new RangeError(`${rows.length} rows of attention for ${targetLength} target pieces`);
  }
  return rows.map((row, t) => {
    if (row.length !== sourceLength) {
      throw new RangeError(`row ${t} has ${row.length} weights for ${sourceLength} source pieces`);
    }
    return Array.from(row, (weight, s) => {
      if (!(weight >= 0 && weight <= 1.001)) throw new RangeError(`weight ${weight} at row ${t}, column ${s}`);
      return Math.min(weight, 1);
    });
  });
}
