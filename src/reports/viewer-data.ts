import { type AttentionMatrix, type LabelledMatrix, type Level, labelledMatrix } from './attention-matrix.ts';
import type { Weights } from './weights.ts';

/** A sentence that a model translated, and where that model looked. */
export interface SentenceAttention {
  /** Its line in the test set, from 1. */
  readonly index: number;
  readonly model: string;
  /** Its rank among the model's translations of the sentence, from 1, if there are several. */
  readonly rank?: number;
  readonly attention: AttentionMatrix;
}

/** The data for the page's script. Weights are whole thousandths, to keep the page small. */
export interface ViewerData {
  /** The names of the choices for each sentence: models, or the ranks of one model's translations. */
  readonly models: readonly string[];
  readonly choose: 'model' | 'translation';
  readonly sentences: readonly ViewerSentence[];
}

export interface ViewerSentence {
  readonly index: number;
  readonly source: string;
  readonly reference?: string;
  /** By the model's index in `ViewerData.models`; null if a model has no attention for this sentence. */
  readonly matrices: readonly (ViewerMatrices | null)[];
}

export interface ViewerMatrices {
  readonly hypothesis: string;
  readonly words: LabelledMatrix;
  readonly pieces: LabelledMatrix;
  readonly heads: readonly { readonly name: string; readonly words: Weights; readonly pieces: Weights }[];
}

/** Collects the matrices of each sentence, with models, their translations and sentences in order of first appearance. */
export function viewerData(list: readonly SentenceAttention[]): ViewerData {
  const single = new Set(list.map(({ model }) => model)).size === 1;
  const nameOf = ({ model, rank }: SentenceAttention): string => {
    if (rank === undefined) return model;
    return single ? String(rank) : `${model}, ${rank}`;
  };
  const models = [...new Set(list.map(nameOf))];
  const indices = [...new Set(list.map(({ index }) => index))];
  const sentences = indices.map((index): ViewerSentence => {
    const found = list.filter((one) => one.index === index);
    const { source, reference } = found[0]!.attention.text;
    const matrices = models.map((model) => {
      const attention = found.find((one) => nameOf(one) === model)?.attention;
      return attention ? viewerMatrices(attention) : null;
    });
    return { index, source, ...(reference !== undefined && { reference }), matrices };
  });
  return { models, choose: list.some(({ rank }) => rank !== undefined) ? 'translation' : 'model', sentences };
}

function viewerMatrices(attention: AttentionMatrix): ViewerMatrices {
  const level = (name: Level): LabelledMatrix => {
    const matrix = labelledMatrix(attention, name);
    return { ...matrix, weights: thousandths(matrix.weights) };
  };
  const heads = (attention.heads ?? []).map(({ name, weights, wordWeights }) => ({
    ...{ name, words: thousandths(wordWeights), pieces: thousandths(weights) },
  }));
  return { hypothesis: attention.text.hypothesis, words: level('words'), pieces: level('pieces'), heads };
}

function thousandths(weights: Weights): Weights {
  return weights.map((row) => row.map((weight) => Math.round(1000 * weight)));
}
