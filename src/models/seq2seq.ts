import type { Tensor } from '@tensorflow/tfjs-core';
import type { RunOptions } from '../config/run-options.ts';
import type { ParameterTable } from '../layers/parameters.ts';
import type { Kernels } from '../tensor/kernel-variant.ts';
import type { Dropout } from '../tensor/ops/dropout.ts';
import type { Tensors } from '../tensor/parameters.ts';

/** The options that define a model; together with the vocabularies' sizes they determine its parameters. */
export const modelOptionNames = [
  ...(['arch', 'score', 'window', 'windowSize', 'inputFeeding', 'cell', 'resetAfter'] as const),
  ...(['embedding', 'hidden', 'layers', 'bidirectional', 'tieEmbeddings', 'shareEmbeddings', 'maxPositions'] as const),
  ...(['heads', 'feedForward', 'activation', 'positions'] as const),
] as const;

/** Those options, and the sizes of the vocabularies. */
export type ModelOptions = Pick<RunOptions, (typeof modelOptionNames)[number]> & {
  readonly sourceVocabulary: number;
  readonly targetVocabulary: number;
};

/** The decoder's output for target positions. */
export interface Decoded {
  /** The input of the output layer: [B * T, D], a sentence's steps in a row. */
  readonly features: Tensor;
  /** Attention weights by name, each [B, T, S]: `attention`, or a transformer's `layer1.head2`; empty without attention. */
  readonly attention: Tensors;
}

/** One step of decoding: T = 1. */
export interface DecodedStep extends Decoded {
  readonly state: Tensors;
}

/**
 * The rows of a step in a search, for custom kernels: they read memory and state where they are, instead of copies for
 * each row.
 */
export interface SearchRows {
  /** Of B sentences. */
  readonly memory: Tensors;
  /** int32 [N]: each row's sentence. */
  readonly place: Tensor;
  /** Of the step before. */
  readonly state: Tensors;
  /** int32 [N]: the row of the state from which each row continues. */
  readonly origin: Tensor;
  /** int32 [1]: how many rows are in use, the first ones. */
  readonly count: Tensor;
  /** What `packed` made. */
  readonly packed: Tensors;
}

/**
 * A translator as functions over its parameters. Memory (the encoder's output) and state (carried from step to step)
 * are records of tensors whose first axis is the batch, so that a search can pick, repeat and reorder their rows
 * without knowing what they are.
 */
export interface Seq2Seq {
  readonly options: ModelOptions;
  readonly parameters: ParameterTable;
  /**
   * The name of the output layer's weight [V, D] (the target embedding if they are tied); its bias is `output.bias`.
   */
  readonly outputWeight: string;
  /** @param source int32 [B, S], ids and eos, padded with PAD */
  encode(parameters: Tensors, source: Tensor, dropout: Dropout): Tensors;
  /** Teacher forcing. @param targetInput int32 [B, T], bos and ids */
  decode(parameters: Tensors, memory: Tensors, targetInput: Tensor, dropout: Dropout): Decoded;
  /** The state before the first word. @param room how many words it has room for */
  initialState(parameters: Tensors, memory: Tensors, room: number): Tensors;
  /** The same state with room for more words, if it stores something per word; other states need no widening. */
  widen?(state: Tensors, room: number): Tensors;
  /** The weights of a step for custom kernels, packed once for many steps; empty if the model has no use for them. */
  packed?(kernels: Kernels, parameters: Tensors): Tensors;
  /**
   * Decodes one word.
   * @param state consumed: it may be written to
   * @param previous int32 [B], the previous words (bos at first)
   * @param rows the same memory and state before they were copied for each row, if there are custom kernels
   */
  decodeStep(parameters: Tensors, memory: Tensors, state: Tensors, previous: Tensor, rows?: SearchRows): DecodedStep;
}
