import * as tf from '@tensorflow/tfjs-core';
import { tanh } from '../tensor/ops/elementwise.ts';
import { project } from '../tensor/ops/matmul.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import { maskedSoftmax } from './attention.ts';
import { linearParameters, type ParameterTable } from './parameters.ts';

/** Where attention may look (D15-1166, sections 3.1 and 3.2). */
export type WindowName = 'global' | 'local-m' | 'local-p';

/** local-p's parameters: `W_p` [H, H] and `v_p` [1, H]. */
export function windowParameters(name: string, window: WindowName, size: number): ParameterTable {
  if (window !== 'local-p') return {};
  return {
    ...linearParameters(`${name}.position`, size, size, false),
    ...linearParameters(`${name}.position.energy`, 1, size, false),
  };
}

/** What a window needs besides the scores. */
export interface WindowInput {
  /** [B, T, S] */
  readonly scores: tf.Tensor;
  /** [B, S]: 1 for a token, 0 for padding. */
  readonly mask: tf.Tensor;
  /** h_t [B, T, H] */
  readonly queries: tf.Tensor;
  /** The number of each target step, from 0: [B, T]. */
  readonly steps: tf.Tensor;
}

/**
 * Attention weights inside the window.
 *
 * - `global`: the softmax over the whole sentence.
 * - `local-m`: the softmax over `[p_t - D, p_t + D]` with `p_t = t`, at most the last word.
 * - `local-p`: `p_t = S sigmoid(v_p . tanh(W_p h_t))`, the softmax inside the window, then times
 *   `exp(-(s - p_t)^2 / (2 (D/2)^2))`, not renormalised.
 *
 * Local windows exclude the sentence's `</s>`, as in the paper; S is the length without it.
 * @param reach D
 * @returns [B, T, S]
 */
export function windowedWeights(
  parameters: Tensors,
  name: string,
  window: WindowName,
  reach: number,
  input: WindowInput,
): tf.Tensor {
  const { scores, mask, queries, steps } = input;
  if (window === 'global') return maskedSoftmax(scores, mask);
  const sources = mask.shape[1] as number;
  const positions = tf.reshape(tf.range(0, sources), [1, 1, sources]);
  // an empty sentence still attends to its </s>
  const length = tf.maximum(tf.sub(tf.sum(mask, 1), 1), 1);
  const lengths = tf.reshape(length, [-1, 1, 1]);
  const center =
    window === 'local-m'
      ? tf.minimum(tf.expandDims(steps, 2), tf.sub(lengths, 1))
      : predicted(parameters, name, queries, lengths);
  const distance = tf.sub(positions, center);
  const weights = tf.softmax(tf.add(scores, outside(distance, positions, lengths, reach)));
  if (window === 'local-m') return weights;
  return tf.mul(weights, tf.exp(tf.mul(tf.square(distance), -2 / reach ** 2)));
}

/**
 * Added to the scores: 0 inside the window, -1e9 outside and on `</s>`. The position of the window's edge is not
 * differentiable, so no gradient reaches the centre.
 */
function outside(distance: tf.Tensor, positions: tf.Tensor, lengths: tf.Tensor, reach: number): tf.Tensor {
  const f = tf.customGrad((input) => {
    const near = tf.lessEqual(tf.abs(input as tf.Tensor), reach);
    const inside = tf.logicalAnd(near, tf.less(positions, lengths));
    const value = tf.mul(tf.sub(tf.cast(inside, 'float32'), 1), 1e9);
    return { value, gradFunc: (dy) => tf.zerosLike(dy) };
  });
  return f(distance);
}

/** p_t [B, T, 1] of local-p. @param lengths [B, 1, 1] */
function predicted(parameters: Tensors, name: string, queries: tf.Tensor, lengths: tf.Tensor): tf.Tensor {
  const inner = tanh(project(queries, parameter(parameters, `${name}.position.weight`)));
  return tf.mul(lengths, tf.sigmoid(project(inner, parameter(parameters, `${name}.position.energy.weight`))));
}
