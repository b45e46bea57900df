import * as tf from '@tensorflow/tfjs-core';
import { embeddingParameters, type ParameterTable } from '../layers/parameters.ts';
import { type CellState, recurrentLayer, recurrentParameters, stateSize, timeSteps } from '../layers/recurrent.ts';
import { type Dropout, keepAll } from '../tensor/ops/dropout.ts';
import { embed } from '../tensor/ops/embedding.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import { cellName, cellOf } from './encoder.ts';
import type { DecodedStep, ModelOptions, Seq2Seq } from './seq2seq.ts';

/** The name of the target embedding: the encoder's if the two are shared. */
export function targetEmbedding(options: ModelOptions): string {
  return options.shareEmbeddings ? 'encoder.embedding.weight' : 'decoder.embedding.weight';
}

/** The name of the output layer's weight: the target embedding if they are tied. */
export function outputWeight(options: ModelOptions): string {
  return options.tieEmbeddings ? targetEmbedding(options) : 'output.weight';
}

/**
 * Parameters of target embedding, recurrent layers and output layer. @param extra inputs of the first layer besides the
 * word
 */
export function decoderParameters(options: ModelOptions, extra: number): ParameterTable {
  const { targetVocabulary, embedding, hidden, layers } = options;
  const table: ParameterTable[] = [];
  if (!options.shareEmbeddings) table.push(embeddingParameters('decoder.embedding', targetVocabulary, embedding));
  for (let layer = 0; layer < layers; layer++) {
    const inputs = layer === 0 ? embedding + extra : hidden;
    table.push(recurrentParameters(cellName('decoder', options), cellOf(options), `l${layer}`, inputs, hidden));
  }
  if (!options.tieEmbeddings) {
    table.push({ 'output.weight': { shape: [targetVocabulary, hidden], layer: 'linear', fan: hidden } });
  }
  table.push({ 'output.bias': { shape: [targetVocabulary], layer: 'linear', fan: hidden } });
  return Object.assign({}, ...table);
}

/** Target words as vectors, time-major. @param ids int32 [B, T] @returns [T, B, E] */
export function embedTarget(options: ModelOptions, parameters: Tensors, ids: tf.Tensor): tf.Tensor {
  return embed(parameter(parameters, targetEmbedding(options)), tf.transpose(ids));
}

/**
 * The decoder's recurrent layers over a whole target.
 * @param x [T, B, E] or, for one step, [1, B, E + extra]
 * @returns the last layer's states [T, B, H] and every layer's final state
 */
export function decoderLayers(
  options: ModelOptions,
  parameters: Tensors,
  x: tf.Tensor,
  initial: readonly CellState[],
  dropout: Dropout,
): { outputs: tf.Tensor; last: CellState[] } {
  let outputs = x;
  const last: CellState[] = [];
  for (let layer = 0; layer < options.layers; layer++) {
    const result = recurrentLayer(parameters, cellName('decoder', options), cellOf(options), `l${layer}`, {
      x: layer === 0 ? outputs : dropout(outputs),
      initial: initial[layer] as CellState,
    });
    outputs = result.outputs;
    last.push(result.last);
  }
  return { outputs, last };
}

/** Layers' states as a flat record, `layer0.h`, `layer0.c`, as carried from step to step in decoding. */
export function flatten(states: readonly CellState[]): Tensors {
  const parts = ['h', 'c'];
  return Object.fromEntries(states.flatMap((state, layer) => state.map((x, i) => [`layer${layer}.${parts[i]}`, x])));
}

/** The inverse of `flatten`. */
export function unflatten(options: ModelOptions, record: Tensors): CellState[] {
  const parts = ['h', 'c'].slice(0, stateSize(cellOf(options)));
  return Array.from({ length: options.layers }, (_, layer) =>
    parts.map((part) => parameter(record, `layer${layer}.${part}`)),
  );
}

/** One decoder step over `word` [B, E]. */
export type WordStep = (
  parameters: Tensors,
  memory: Tensors,
  state: Tensors,
  word: tf.Tensor,
  dropout: Dropout,
) => DecodedStep;

/**
 * A decoder whose steps depend on the previous ones: teacher forcing and search make the same step, one word at a time.
 * @param initialState the state before the first word
 */
export function stepwise(
  options: ModelOptions,
  initialState: (memory: Tensors) => Tensors,
  step: WordStep,
): Pick<Seq2Seq, 'decode' | 'initialState' | 'decodeStep'> {
  return {
    decode: (parameters, memory, targetInput, dropout) => {
      const words = dropout(embedTarget(options, parameters, targetInput));
      const features: tf.Tensor[] = [];
      const attention: tf.Tensor[] = [];
      let state = initialState(memory);
      for (const word of timeSteps(words)) {
        const advanced = step(parameters, memory, state, word, dropout);
        features.push(advanced.features);
        attention.push(parameter(advanced.attention, 'attention'));
        state = advanced.state;
      }
      const stacked = tf.stack(features, 1);
      return {
        features: tf.reshape(stacked, [-1, stacked.shape[2] as number]),
        attention: { attention: tf.concat(attention, 1) },
      };
    },
    initialState: (_, memory) => initialState(memory),
    decodeStep: (parameters, memory, state, previous) => {
      const words = embedTarget(options, parameters, tf.expandDims(previous, 1));
      return step(parameters, memory, state, tf.reshape(words, [previous.shape[0] as number, -1]), keepAll);
    },
  };
}
