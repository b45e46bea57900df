import * as tf from '@tensorflow/tfjs-core';
import type { CellState } from '../layers/recurrent.ts';
import { keepAll } from '../tensor/ops/dropout.ts';
import { decoderLayers, decoderParameters, embedTarget, flatten, outputWeight, unflatten } from './decoder.ts';
import { encodeRecurrent, encoderParameters } from './encoder.ts';
import type { ModelOptions, Seq2Seq } from './seq2seq.ts';

/**
 * The plain encoder-decoder (Cho et al. 2014, Sutskever et al. 2014): all the decoder knows about the source is the
 * encoder's final state.
 */
export function plainModel(options: ModelOptions): Seq2Seq {
  return {
    options,
    parameters: { ...encoderParameters(options), ...decoderParameters(options, 0) },
    outputWeight: outputWeight(options),
    encode: (parameters, source, dropout) => flatten(encodeRecurrent(options, parameters, source, dropout).initial),
    decode: (parameters, memory, targetInput, dropout) => {
      const words = dropout(embedTarget(options, parameters, targetInput));
      const { outputs } = decoderLayers(options, parameters, words, unflatten(options, memory), dropout);
      const states = tf.reshape(tf.transpose(outputs, [1, 0, 2]), [-1, options.hidden]);
      return { features: dropout(states), attention: {} };
    },
    initialState: (_, memory) => memory,
    decodeStep: (parameters, _, state, previous) => {
      const words = embedTarget(options, parameters, tf.expandDims(previous, 1));
      const { last } = decoderLayers(options, parameters, words, unflatten(options, state), keepAll);
      return { features: (last.at(-1) as CellState)[0] as tf.Tensor, attention: {}, state: flatten(last) };
    },
  };
}
