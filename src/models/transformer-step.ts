import * as tf from '@tensorflow/tfjs-core';
import { norm } from '../layers/transformer.ts';
import type { Kernels } from '../tensor/kernel-variant.ts';
import { activate } from '../tensor/ops/activations.ts';
import {
  linearKernel,
  type PackedLinear,
  packWeights,
  sourceKernel,
  wordsKernel,
} from '../tensor/ops/decoding-kernels.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import type { ModelOptions, SearchRows } from './seq2seq.ts';

/** The transformer's decoder step in custom kernels; `transformerModel` has the same in TensorFlow's operations. */

/** The weights of the products in the decoder's layers, packed. */
export function packedLayers(kernels: Kernels, { layers, hidden }: ModelOptions, parameters: Tensors): Tensors {
  const packed: Record<string, tf.Tensor> = {};
  for (let layer = 0; layer < layers; layer++) {
    const name = `decoder.layers.${layer}`;
    for (const own of ['self_attn.in_proj', 'self_attn.out_proj', 'multihead_attn.out_proj', 'linear1', 'linear2']) {
      const weight = `${name}.${own}${own.endsWith('in_proj') ? '_' : '.'}weight`;
      packed[`${name}.${own}`] = packWeights(kernels, parameter(parameters, weight));
    }
    // the source's keys and values were made once by the encoder
    const queries = tf.slice(parameter(parameters, `${name}.multihead_attn.in_proj_weight`), 0, hidden);
    packed[`${name}.multihead_attn.queries`] = packWeights(kernels, queries);
  }
  return packed;
}

/**
 * The decoder's layers for one word.
 * @param x embedded words [N, D]
 * @returns the last layer's normalised rows, each layer's attention over the source [N, h, 1, S], and the new caches
 */
export function stepLayers(
  own: Kernels,
  { heads, hidden, layers, activation }: ModelOptions,
  parameters: Tensors,
  x: tf.Tensor,
  { memory, place, state, origin, packed, count }: SearchRows,
): { readonly features: tf.Tensor; readonly weights: readonly tf.Tensor[]; readonly caches: Tensors } {
  const kernels = { ...own, count };
  const scale = 1 / Math.sqrt(hidden / heads);
  const linear = (x: tf.Tensor, name: string, bias: tf.Tensor, more: Omit<PackedLinear, 'packed' | 'bias'>) =>
    linearKernel(kernels, x, { packed: parameter(packed, name), bias, ...more });
  const of = (name: string) => parameter(parameters, name);
  const normOf = (name: string) => [of(`${name}.weight`), of(`${name}.bias`)] as const;
  const mask = parameter(memory, 'mask');
  const weights: tf.Tensor[] = [];
  const caches: Record<string, tf.Tensor> = {};
  let rows = x;
  for (let layer = 0; layer < layers; layer++) {
    const name = `decoder.layers.${layer}`;
    const [self, cross] = [`${name}.self_attn`, `${name}.multihead_attn`];
    const keysOf = (tensors: Tensors) => ({
      keys: parameter(tensors, `layer${layer}.keys`),
      values: parameter(tensors, `layer${layer}.values`),
    });
    const projected = linear(rows, `${self}.in_proj`, of(`${self}.in_proj_bias`), { norm: normOf(`${name}.norm1`) });
    const cache = { ...keysOf(state), steps: parameter(state, 'step'), origin };
    const { context, keys, values } = wordsKernel(kernels, projected, cache, scale);
    Object.assign(caches, { [`layer${layer}.keys`]: keys, [`layer${layer}.values`]: values });
    rows = linear(context, `${self}.out_proj`, of(`${self}.out_proj.bias`), { added: rows });
    const queryBias = tf.slice(of(`${cross}.in_proj_bias`), 0, hidden);
    const queries = linear(rows, `${cross}.queries`, queryBias, { norm: normOf(`${name}.norm2`) });
    const source = sourceKernel(kernels, queries, { ...keysOf(memory), mask, place }, scale);
    weights.push(tf.expandDims(source.weights, 2));
    rows = linear(source.context, `${cross}.out_proj`, of(`${cross}.out_proj.bias`), { added: rows });
    const fused = activation === 'relu';
    const inner = linear(rows, `${name}.linear1`, of(`${name}.linear1.bias`), {
      norm: normOf(`${name}.norm3`),
      ...(fused && { activation }),
    });
    const activated = fused ? inner : activate(activation, inner);
    rows = linear(activated, `${name}.linear2`, of(`${name}.linear2.bias`), { added: rows });
  }
  return { features: norm(parameters, 'decoder.norm', rows), weights, caches };
}
