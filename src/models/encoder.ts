import * as tf from '@tensorflow/tfjs-core';
import { embeddingParameters, linearParameters, type ParameterTable } from '../layers/parameters.ts';
import {
  bothDirections,
  type CellName,
  type CellState,
  recurrentLayer,
  recurrentParameters,
  stateSize,
} from '../layers/recurrent.ts';
import type { Dropout } from '../tensor/ops/dropout.ts';
import { embed } from '../tensor/ops/embedding.ts';
import { rowLengths } from '../tensor/ops/lengths.ts';
import { linear } from '../tensor/ops/matmul.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import { PAD } from '../vocabulary/vocabulary.ts';
import type { ModelOptions } from './seq2seq.ts';

/** The cell of a run's options. */
export function cellOf(options: ModelOptions): CellName {
  if (options.cell === 'lstm') return 'lstm';
  return options.resetAfter ? 'gru' : 'gru-reset-before';
}

/** `encoder.gru` or `encoder.lstm`: PyTorch's module names. */
export function cellName(side: 'encoder' | 'decoder', options: ModelOptions): string {
  return `${side}.${options.cell}`;
}

/** Parameters of embedding, recurrent layers and, with two directions, their projections to size H. */
export function encoderParameters(options: ModelOptions): ParameterTable {
  const { sourceVocabulary, embedding, hidden, layers, bidirectional } = options;
  const directions = bidirectional ? ['', '_reverse'] : [''];
  const table: ParameterTable[] = [embeddingParameters('encoder.embedding', sourceVocabulary, embedding)];
  for (let layer = 0; layer < layers; layer++) {
    const inputs = layer === 0 ? embedding : hidden * directions.length;
    for (const direction of directions) {
      table.push(
        recurrentParameters(cellName('encoder', options), cellOf(options), `l${layer}${direction}`, inputs, hidden),
      );
    }
  }
  if (bidirectional) {
    // without attention the states are not used
    if (options.score !== 'none') table.push(linearParameters('encoder.projection', hidden, 2 * hidden, false));
    for (let layer = 0; layer < layers; layer++) table.push(linearParameters(`bridge.l${layer}`, hidden, 2 * hidden));
  }
  return Object.assign({}, ...table);
}

/** The encoder's output. */
export interface Encoded {
  /** h_s [B, S, H] */
  readonly states: tf.Tensor;
  /** [B, S]: 1 for a token (`</s>` is one), 0 for padding. */
  readonly mask: tf.Tensor;
  /** The state that starts each decoder layer. */
  readonly initial: readonly CellState[];
}

/**
 * The recurrent encoder. With two directions, states [h_forward; h_backward] are projected to H for the attention, and
 * a decoder layer starts from `tanh(bridge [h_forward; h_backward])` of the same layer (likewise an LSTM's c).
 * @param source int32 [B, S]
 */
export function encodeRecurrent(
  options: ModelOptions,
  parameters: Tensors,
  source: tf.Tensor,
  dropout: Dropout,
): Encoded {
  const [batch] = source.shape as [number, number];
  const timeMajor = tf.transpose(source);
  const mask = tf.cast(tf.notEqual(timeMajor, PAD), 'float32');
  const lengths = rowLengths(source, PAD);
  const cell = cellOf(options);
  const zero = Array.from({ length: stateSize(cell) }, () => tf.zeros([batch, options.hidden]));
  let x: tf.Tensor = embed(parameter(parameters, 'encoder.embedding.weight'), timeMajor);
  const initial: CellState[] = [];
  for (let layer = 0; layer < options.layers; layer++) {
    x = dropout(x);
    const input = { x, initial: zero, mask, lengths };
    const name = cellName('encoder', options);
    if (!options.bidirectional) {
      const { outputs, last } = recurrentLayer(parameters, name, cell, `l${layer}`, input);
      x = outputs;
      initial.push(last);
      continue;
    }
    const { outputs, forward, backward } = bothDirections(parameters, name, cell, `l${layer}`, input);
    x = outputs;
    initial.push(
      forward.map((state, i) => {
        const both = tf.concat([state, backward[i] as tf.Tensor], 1);
        return tf.tanh(
          linear(
            both,
            parameter(parameters, `bridge.l${layer}.weight`),
            parameter(parameters, `bridge.l${layer}.bias`),
          ),
        );
      }),
    );
  }
  if (options.bidirectional && options.score !== 'none') {
    const [length, , size] = x.shape as [number, number, number];
    const flat = linear(tf.reshape(x, [length * batch, size]), parameter(parameters, 'encoder.projection.weight'));
    x = tf.reshape(flat, [length, batch, options.hidden]);
  }
  return { states: tf.transpose(x, [1, 0, 2]), mask: tf.transpose(mask), initial };
}
