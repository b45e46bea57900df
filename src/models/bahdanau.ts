import * as tf from '@tensorflow/tfjs-core';
import { maskedSoftmax } from '../layers/attention.ts';
import { linearParameters } from '../layers/parameters.ts';
import { additiveScores } from '../tensor/ops/additive-scores.ts';
import { project } from '../tensor/ops/matmul.ts';
import { parameter } from '../tensor/parameters.ts';
import {
  decoderLayers,
  decoderParameters,
  flatten,
  outputWeight,
  stepwise,
  unflatten,
  type WordStep,
} from './decoder.ts';
import { encodeRecurrent, encoderParameters } from './encoder.ts';
import type { ModelOptions, Seq2Seq } from './seq2seq.ts';

/**
 * Bahdanau, Cho and Bengio 2015 (arXiv 1409.0473): the previous state queries the source, `v_a . tanh(W_a s_{t-1} + U_a
 * h_s)`, and the context enters the cell together with the word. The output comes from the new state; the paper's
 * maxout layer is left out, so that the model differs from Luong's only in its attention.
 */
export function bahdanauModel(options: ModelOptions): Seq2Seq {
  const { hidden, layers } = options;

  const step: WordStep = (parameters, memory, state, word, dropout) => {
    const before = unflatten(options, state);
    const query = tf.expandDims(parameter(state, `layer${layers - 1}.h`), 1);
    const queries = project(query, parameter(parameters, 'attention.query.weight'));
    const energy = parameter(parameters, 'attention.energy.weight');
    const scores = additiveScores(queries, parameter(memory, 'keys'), energy);
    const weights = maskedSoftmax(scores, parameter(memory, 'mask'));
    const context = tf.reshape(tf.matMul(weights, parameter(memory, 'states')), [-1, hidden]);
    const input = tf.expandDims(tf.concat([word, context], 1), 0);
    const { outputs, last } = decoderLayers(options, parameters, input, before, dropout);
    const features = dropout(tf.reshape(outputs, [-1, hidden]));
    return { features, attention: { attention: weights }, state: flatten(last) };
  };

  return {
    options,
    parameters: {
      ...encoderParameters(options),
      ...decoderParameters(options, hidden),
      ...linearParameters('attention.query', hidden, hidden, false),
      ...linearParameters('attention.key', hidden, hidden, false),
      ...linearParameters('attention.energy', 1, hidden, false),
    },
    outputWeight: outputWeight(options),
    encode: (parameters, source, dropout) => {
      const { states, mask, initial } = encodeRecurrent(options, parameters, source, dropout);
      return {
        ...flatten(initial),
        states,
        mask,
        keys: project(states, parameter(parameters, 'attention.key.weight')),
      };
    },
    ...stepwise(options, (memory) => flatten(unflatten(options, memory)), step),
  };
}
