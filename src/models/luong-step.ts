import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../tensor/kernel-variant.ts';
import { gruStepKernel, linearKernel, packWeights, sourceKernel } from '../tensor/ops/decoding-kernels.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import { cellName, cellOf } from './encoder.ts';
import type { ModelOptions, SearchRows } from './seq2seq.ts';

/** A decoder step of Luong's model in custom kernels; `luongModel` has the same in TensorFlow's operations. */

/** Whether the kernels know a model: GRU cells, and scores that are products with what the encoder has made. */
export function hasStepKernels(options: ModelOptions): boolean {
  const { score, window } = options;
  return cellOf(options) === 'gru' && (score === 'dot' || score === 'general') && window === 'global';
}

/** The weights of the decoder's products, packed. */
export function packedDecoder(kernels: Kernels, options: ModelOptions, parameters: Tensors): Tensors {
  const names = Array.from({ length: options.layers }, (_, layer) => [`weight_ih_l${layer}`, `weight_hh_l${layer}`]);
  const cell = names.flat().map((name) => `${cellName('decoder', options)}.${name}`);
  return {
    ...Object.fromEntries(cell.map((name) => [name, packWeights(kernels, parameter(parameters, name), 3)])),
    'attention.output': packWeights(kernels, parameter(parameters, 'attention.output.weight')),
  };
}

/**
 * The decoder's layers and its attention for one word.
 * @param x the first layer's input [N, E] @param before every layer's state [N, H]
 * @returns the attention vector h~ [N, H], attention over the source [N, 1, S], and the new states
 */
export function stepLayers(
  own: Kernels,
  options: ModelOptions,
  parameters: Tensors,
  x: tf.Tensor,
  before: readonly tf.Tensor[],
  { memory, place, packed, count }: SearchRows,
): { readonly features: tf.Tensor; readonly weights: tf.Tensor; readonly states: readonly tf.Tensor[] } {
  const kernels = { ...own, count };
  const cell = cellName('decoder', options);
  const states: tf.Tensor[] = [];
  let rows = x;
  for (const [layer, state] of before.entries()) {
    const bias = (part: string) => parameter(parameters, `${cell}.bias_${part}_l${layer}`);
    const weight = (part: string) => parameter(packed, `${cell}.weight_${part}_l${layer}`);
    rows = gruStepKernel(kernels, rows, state, [weight('ih'), weight('hh'), bias('ih'), bias('hh')]);
    states.push(rows);
  }
  // a single head
  const [keys, values] = [memory.keys ?? memory.states, memory.states].map((x) => tf.expandDims(x as tf.Tensor, 1));
  const source = { keys: keys as tf.Tensor, values: values as tf.Tensor, mask: parameter(memory, 'mask'), place };
  const { context, weights } = sourceKernel(kernels, rows, source, 1);
  const features = linearKernel(kernels, tf.concat([context, rows], 1), {
    ...{ packed: parameter(packed, 'attention.output'), bias: tf.zeros([options.hidden]), activation: 'tanh' },
  });
  return { features, weights, states };
}
