import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../tensor/ops/matmul.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';

/** The softmax of scores over the source, padding excluded: its weight is exactly 0. @param mask [B, S] */
export function maskedSoftmax(scores: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  return tf.softmax(tf.add(scores, tf.expandDims(tf.mul(tf.sub(mask, 1), 1e9), 1)));
}

/**
 * `tanh(W_c [c_t; h_t])`, where `c_t` are the states weighted by attention.
 * @param weights a_t [B, T, S]
 * @param states h_s [B, S, H]
 * @param queries h_t [B, T, H]
 * @returns the attention vector h~_t [B * T, H] before its tanh
 */
export function attentionVector(
  parameters: Tensors,
  name: string,
  weights: tf.Tensor,
  states: tf.Tensor,
  queries: tf.Tensor,
): tf.Tensor {
  const [batch, length, size] = queries.shape as [number, number, number];
  const context = tf.matMul(weights, states);
  const both = tf.reshape(tf.concat([context, queries], 2), [batch * length, 2 * size]);
  return linear(both, parameter(parameters, `${name}.output.weight`));
}
