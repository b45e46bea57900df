import * as tf from '@tensorflow/tfjs-core';
import type { Dropout } from '../tensor/ops/dropout.ts';
import { linear } from '../tensor/ops/matmul.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import type { ParameterTable } from './parameters.ts';

/**
 * Attention as in a transformer (Vaswani et al. 2017): all heads of all sentences in one batched product. Rows are
 * positions, the positions of a sentence one after another: [B * L, D]. The same, number by number, in loops:
 * lesson/loops.ts.
 */

/** The result of attention: the context vectors, and the weights before dropout, for inspection. */
export interface Attended {
  /** Shaped as the queries, with the values' last size. */
  readonly context: tf.Tensor;
  /** [..., queries, keys]; every row sums to 1. */
  readonly weights: tf.Tensor;
}

/** The settings of attention besides queries, keys and values. */
export interface AttentionSettings {
  /** Factor of the scores; by default 1 / sqrt(d), where d is the size of a key. */
  readonly scale?: number;
  /** Added to the scores: `causalBias`, `paddingBias`. A constant, never a parameter. */
  readonly bias?: tf.Tensor;
  /** On the weights. */
  readonly dropout?: Dropout;
}

/**
 * Scaled dot-product attention: `softmax(Q K^T / sqrt(d) + bias) V`, over the last two axes.
 * @param queries Q [..., L, d]
 * @param keys K [..., M, d]
 * @param values V [..., M, e]
 */
export function attend(
  queries: tf.Tensor,
  keys: tf.Tensor,
  values: tf.Tensor,
  settings: AttentionSettings = {},
): Attended {
  const { scale = 1 / Math.sqrt(keys.shape.at(-1) as number), bias, dropout } = settings;
  const scores = tf.mul(tf.matMul(queries, keys, false, true), scale);
  const weights = tf.softmax(bias === undefined ? scores : tf.add(scores, bias));
  return { context: tf.matMul(dropout === undefined ? weights : dropout(weights), values), weights };
}

/** -1e9 above the diagonal, 0 elsewhere: position i may attend to positions up to i. @returns [L, L] */
export function causalBias(length: number): tf.Tensor2D {
  const values = new Float32Array(length * length);
  for (let i = 0; i < length; i++) values.fill(-1e9, i * length + i + 1, (i + 1) * length);
  return tf.tensor2d(values, [length, length]);
}

/** -1e9 for padding, 0 for tokens, for every head and query. @param mask [B, S]: 1 or 0 @returns [B, 1, 1, S] */
export function paddingBias(mask: tf.Tensor): tf.Tensor4D {
  const [batch, length] = mask.shape as [number, number];
  return tf.reshape(tf.mul(tf.sub(mask, 1), 1e9), [batch, 1, 1, length]);
}

/**
 * The parameters of multi-head attention, named as in PyTorch's nn.MultiheadAttention: W_q, W_k and W_v stacked [3D,
 * D], and the projection that mixes the heads [D, D].
 */
export function multiHeadParameters(name: string, size: number): ParameterTable {
  return {
    [`${name}.in_proj_weight`]: { shape: [3 * size, size], layer: 'glorot', fan: size },
    [`${name}.in_proj_bias`]: { shape: [3 * size], layer: 'zeros', fan: size },
    [`${name}.out_proj.weight`]: { shape: [size, size], layer: 'glorot', fan: size },
    [`${name}.out_proj.bias`]: { shape: [size], layer: 'zeros', fan: size },
  };
}

/** Queries, keys or values by head: [B, h, L, d]. */
export interface Heads {
  readonly queries: tf.Tensor;
  readonly keys: tf.Tensor;
  readonly values: tf.Tensor;
}

/** Queries, keys and values of the same rows, with one product and one transposition. @param x [B * L, D] */
export function selfHeads(parameters: Tensors, name: string, x: tf.Tensor, batch: number, heads: number): Heads {
  const all = linear(x, parameter(parameters, `${name}.in_proj_weight`), parameter(parameters, `${name}.in_proj_bias`));
  const [queries, keys, values] = splitHeads(all, batch, heads, 3) as [tf.Tensor, tf.Tensor, tf.Tensor];
  return { queries, keys, values };
}

/** Queries of the attending rows. @param x [B * L, D] */
export function queryHeads(parameters: Tensors, name: string, x: tf.Tensor, batch: number, heads: number): tf.Tensor {
  const size = x.shape[1] as number;
  const weight = tf.slice(parameter(parameters, `${name}.in_proj_weight`), 0, size);
  const bias = tf.slice(parameter(parameters, `${name}.in_proj_bias`), 0, size);
  const parts = tf.reshape(linear(x, weight, bias), [batch, -1, heads, size / heads]);
  return tf.transpose(parts, [0, 2, 1, 3]);
}

/** Keys and values of the attended rows. @param x [B * L, D] */
export function keyValueHeads(
  parameters: Tensors,
  name: string,
  x: tf.Tensor,
  batch: number,
  heads: number,
): Omit<Heads, 'queries'> {
  const size = x.shape[1] as number;
  const weight = tf.slice(parameter(parameters, `${name}.in_proj_weight`), size, 2 * size);
  const bias = tf.slice(parameter(parameters, `${name}.in_proj_bias`), size, 2 * size);
  const [keys, values] = splitHeads(linear(x, weight, bias), batch, heads, 2) as [tf.Tensor, tf.Tensor];
  return { keys, values };
}

/** Concatenates the heads' contexts and mixes them. @param context [B, h, L, d] @returns [B * L, D] */
export function mixHeads(parameters: Tensors, name: string, context: tf.Tensor): tf.Tensor2D {
  const [batch, heads, length, size] = context.shape as [number, number, number, number];
  const rows = tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [batch * length, heads * size]);
  return linear(rows, parameter(parameters, `${name}.out_proj.weight`), parameter(parameters, `${name}.out_proj.bias`));
}

/**
 * Multi-head self-attention, like PyTorch's nn.MultiheadAttention with `batch_first`.
 * @param x [B * L, D]
 * @param settings a bias that fits [B, h, L, L]
 * @returns context [B * L, D] and weights [B, h, L, L]
 */
export function multiHeadSelfAttention(
  parameters: Tensors,
  name: string,
  x: tf.Tensor,
  batch: number,
  heads: number,
  settings: AttentionSettings = {},
): Attended {
  const { queries, keys, values } = selfHeads(parameters, name, x, batch, heads);
  const { context, weights } = attend(queries, keys, values, settings);
  return { context: mixHeads(parameters, name, context), weights };
}

/** [B * L, n D] to n tensors [B, h, L, d], n > 1: adjacent columns become separate tensors. */
function splitHeads(x: tf.Tensor, batch: number, heads: number, count: number): tf.Tensor[] {
  const [rows, columns] = x.shape as [number, number];
  const parts = tf.reshape(x, [batch, rows / batch, count, heads, columns / count / heads]);
  return tf.unstack(tf.transpose(parts, [2, 0, 3, 1, 4]));
}
