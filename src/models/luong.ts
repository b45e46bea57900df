import * as tf from '@tensorflow/tfjs-core';
import { attentionVector } from '../layers/attention.ts';
import { windowedWeights, windowParameters } from '../layers/attention-window.ts';
import { linearParameters } from '../layers/parameters.ts';
import { type ScoreFunctionName, scoreFunctions } from '../layers/score-functions.ts';
import { tanh } from '../tensor/ops/elementwise.ts';
import { embed } from '../tensor/ops/embedding.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import { target } from '../tensor/target.ts';
import {
  decoderLayers,
  decoderParameters,
  embedTarget,
  flatten,
  outputWeight,
  stepwise,
  targetEmbedding,
  unflatten,
  type WordStep,
} from './decoder.ts';
import { encodeRecurrent, encoderParameters } from './encoder.ts';
import { hasStepKernels, packedDecoder, stepLayers } from './luong-step.ts';
import type { ModelOptions, Seq2Seq } from './seq2seq.ts';

/**
 * Luong, Pham and Manning 2015 (D15-1166): the decoder's state h_t queries the source, and `h~_t = tanh(W_c [c_t;
 * h_t])` goes to the output layer. Without input feeding, steps depend on each other only through the cell, so the
 * scores of all T steps are one batched product after the recurrent layers; with it, the previous step's h~ is appended
 * to the word vector.
 */
export function luongModel(options: ModelOptions, score: ScoreFunctionName): Seq2Seq {
  const scoreFunction = scoreFunctions[score];
  const { hidden, window, windowSize, inputFeeding, maxPositions } = options;

  /** @param queries h_t [B, T, H] @param steps [B, T] */
  const attend = (parameters: Tensors, memory: Tensors, queries: tf.Tensor, steps: tf.Tensor) => {
    const mask = parameter(memory, 'mask');
    const states = parameter(memory, 'states');
    const scores = scoreFunction.scores(parameters, 'attention', queries, memory.keys ?? states);
    const weights = windowedWeights(parameters, 'attention', window, windowSize, { scores, mask, queries, steps });
    return { weights, vector: tanh(attentionVector(parameters, 'attention', weights, states, queries)) };
  };

  const initialState = (memory: Tensors): Tensors => {
    const batch = (parameter(memory, 'mask').shape as [number, number])[0];
    return {
      ...flatten(unflatten(options, memory)),
      ...(window === 'local-m' && { step: tf.zeros([batch, 1]) }),
      ...(inputFeeding && { fed: tf.zeros([batch, hidden]) }),
    };
  };

  const step: WordStep = (parameters, memory, state, word, dropout) => {
    const input = state.fed === undefined ? word : tf.concat([word, state.fed], 1);
    const { outputs, last } = decoderLayers(
      options,
      parameters,
      tf.expandDims(input, 0),
      unflatten(options, state),
      dropout,
    );
    const batch = word.shape[0] as number;
    const steps = state.step ?? tf.zeros([batch, 1]);
    const { weights, vector } = attend(parameters, memory, tf.reshape(outputs, [batch, 1, hidden]), steps);
    const features = dropout(vector);
    return {
      features,
      attention: { attention: weights },
      state: {
        ...flatten(last),
        ...(state.step !== undefined && { step: tf.add(state.step, 1) }),
        ...(inputFeeding && { fed: features }),
      },
    };
  };

  const byStep = stepwise(options, initialState, step);

  return {
    options,
    parameters: {
      ...encoderParameters(options),
      ...decoderParameters(options, inputFeeding ? hidden : 0),
      ...scoreFunction.parameters?.('attention', hidden, maxPositions),
      ...windowParameters('attention', window, hidden),
      ...linearParameters('attention.output', hidden, 2 * hidden, false),
    },
    outputWeight: outputWeight(options),
    encode: (parameters, source, dropout) => {
      const { states, mask, initial } = encodeRecurrent(options, parameters, source, dropout);
      const keys = scoreFunction.keys?.(parameters, 'attention', states);
      return { ...flatten(initial), states, mask, ...(keys && { keys }) };
    },
    ...byStep,
    packed: (kernels, parameters) => (hasStepKernels(options) ? packedDecoder(kernels, options, parameters) : {}),
    decodeStep: (parameters, memory, state, previous, rows) => {
      const { kernels } = target();
      if (kernels === undefined || rows === undefined || !hasStepKernels(options))
        return byStep.decodeStep(parameters, memory, state, previous);
      const word = embed(parameter(parameters, targetEmbedding(options)), previous);
      const input = inputFeeding ? tf.concat([word, parameter(state, 'fed')], 1) : word;
      const before = unflatten(options, state).map(([h]) => h as tf.Tensor);
      const { features, weights, states } = stepLayers(kernels, options, parameters, input, before, rows);
      const last = flatten(states.map((state) => [state]));
      const next = { ...last, ...(inputFeeding && { fed: features }) };
      return { features, attention: { attention: weights }, state: next };
    },
    decode: (parameters, memory, targetInput, dropout) => {
      if (inputFeeding) return byStep.decode(parameters, memory, targetInput, dropout);
      const words = dropout(embedTarget(options, parameters, targetInput));
      const { outputs } = decoderLayers(options, parameters, words, unflatten(options, memory), dropout);
      const [length, batch] = outputs.shape as [number, number];
      const queries = tf.transpose(outputs, [1, 0, 2]);
      const steps = tf.tile(tf.reshape(tf.range(0, length), [1, length]), [batch, 1]);
      const { weights, vector } = attend(parameters, memory, queries, steps);
      return { features: dropout(vector), attention: { attention: weights } };
    },
  };
}
