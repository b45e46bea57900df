import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../kernel-variant.ts';
import { target } from '../target.ts';
import { nativeOutputs } from './native.ts';

/**
 * Custom operations for the steps of a search, in C++ (tensor/kernels/decoding-operations.h). No gradients. Weights are
 * packed once for many steps; what packing makes is opaque, and belongs to the session's variant and precision.
 */

/** The custom operations of a step. */
export interface StepKernels extends Kernels {
  /** int32 [1]: how many of a step's rows, the first ones, are in use; the outputs of the others mean nothing. */
  readonly count: tf.Tensor;
}

/** @param weight [M, K] @param parts equal parts of its rows, such as a cell's gates, each packed separately */
export function packWeights({ variant, threads }: Kernels, weight: tf.Tensor, parts = 1): tf.Tensor {
  return nativeOutputs(`AttnPack_${variant}`, [weight], { narrow: target().half, parts, threads }, 1)[0] as tf.Tensor;
}

/**
 * Rows of two tables, numbered one after the other, in a new order.
 * @param tables float32, with rows of the same shape @param rows int32 [N]; negative: the new row stays undefined
 */
export function pickKernel(
  { variant, threads }: Kernels,
  tables: readonly [tf.Tensor, tf.Tensor],
  rows: tf.Tensor,
): tf.Tensor {
  const [, ...shape] = tables[0].shape;
  const size = tables[0].size / (tables[0].shape[0] as number);
  const inputs = [...tables.map((table) => tf.reshape(table, [-1, size])), rows];
  const [picked] = nativeOutputs(`AttnPick_${variant}`, inputs, { threads }, 1);
  return tf.reshape(picked as tf.Tensor, [rows.size, ...shape]);
}

/** A linear layer and what surrounds it. */
export interface PackedLinear {
  /** W [M, K], packed. */
  readonly packed: tf.Tensor;
  /** [M]; by default none. */
  readonly bias: tf.Tensor;
  /** Gain and offset, each [K], of a layer normalisation of the input. */
  readonly norm?: readonly [tf.Tensor, tf.Tensor];
  /** Added to the output: [N, M]. */
  readonly added?: tf.Tensor;
  readonly activation?: keyof typeof activations;
}

const activations = { none: 0, relu: 1, tanh: 2 } as const;

/** `activation(norm(x) W^T + b) + added`. @param x [N, K] @returns [N, M] */
export function linearKernel(
  { variant, threads, count }: StepKernels,
  x: tf.Tensor,
  { packed, bias, norm, added, activation = 'none' }: PackedLinear,
): tf.Tensor {
  const nothing = tf.zeros([0]);
  const inputs = [x, packed, bias, ...(norm ?? [nothing, nothing]), added ?? nothing, count];
  const attributes = { narrow: target().half, activation: activations[activation], threads };
  return nativeOutputs(`AttnLinear_${variant}`, inputs, attributes, 1)[0] as tf.Tensor;
}

/**
 * One step of a GRU (reset-after).
 * @param x [N, E] @param h [N, H]
 * @param weights W [3H, E] and U [3H, H], each packed in three parts, and two biases [3H]
 * @returns the new state [N, H]
 */
export function gruStepKernel(
  { variant, threads, count }: StepKernels,
  x: tf.Tensor,
  h: tf.Tensor,
  weights: readonly [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
): tf.Tensor {
  const attributes = { narrow: target().half, threads };
  return nativeOutputs(`AttnGruStep_${variant}`, [x, h, ...weights, count], attributes, 1)[0] as tf.Tensor;
}

/** The memory of B sentences, and each row's sentence among them. */
export interface SourceMemory {
  /** [B, h, S, d] */
  readonly keys: tf.Tensor;
  /** [B, h, S, d] */
  readonly values: tf.Tensor;
  /** [B, S]: 0 for padding, which is at the end. */
  readonly mask: tf.Tensor;
  /** int32 [N] */
  readonly place: tf.Tensor;
}

/**
 * Attention over the source: `softmax(scale q K^T) V`, without copying a sentence's memory for each of its rows.
 * @param queries [N, h d]
 * @returns context [N, h d] and weights [N, h, S]
 */
export function sourceKernel(
  { variant, threads, count }: StepKernels,
  queries: tf.Tensor,
  { keys, values, mask, place }: SourceMemory,
  scale: number,
): { readonly context: tf.Tensor; readonly weights: tf.Tensor } {
  const inputs = [queries, keys, values, mask, place, count];
  const attributes = { scale: { float: scale }, threads };
  const [context, weights] = nativeOutputs(`AttnSource_${variant}`, inputs, attributes, 2) as [tf.Tensor, tf.Tensor];
  return { context, weights };
}

/** Keys and values of the words so far, of the rows before a step, and the row from which each row continues. */
export interface WordCache {
  /** [R, h, C, d] */
  readonly keys: tf.Tensor;
  /** [R, h, C, d] */
  readonly values: tf.Tensor;
  /** [R, 1]: how many words are in the cache. */
  readonly steps: tf.Tensor;
  /** int32 [N] */
  readonly origin: tf.Tensor;
}

/**
 * Attention over the words so far and a new one, which is added to the cache. Only positions of words are copied and
 * read: what the cache holds beyond them is undefined.
 * @param projected queries, keys and values of the new words: [N, 3 h d]
 * @returns context [N, h d], and the new keys and values, each [N, h, C, d]
 */
export function wordsKernel(
  { variant, threads, count }: StepKernels,
  projected: tf.Tensor,
  { keys, values, steps, origin }: WordCache,
  scale: number,
): { readonly context: tf.Tensor; readonly keys: tf.Tensor; readonly values: tf.Tensor } {
  const inputs = [projected, keys, values, steps, origin, count];
  const attributes = { scale: { float: scale }, threads };
  const made = nativeOutputs(`AttnWords_${variant}`, inputs, attributes, 3) as [tf.Tensor, tf.Tensor, tf.Tensor];
  return { context: made[0], keys: made[1], values: made[2] };
}

/**
 * The output layer's k most probable words, without all logits in memory; of equally probable words the first.
 * @param x [N, H] @param packed the output layer's weight [V, H], packed @param bias [V]
 * @returns log probabilities, descending and not below log 1e-37, and int32 words, both [N, k]
 */
export function bestWordsKernel(
  { variant, threads, count }: StepKernels,
  x: tf.Tensor,
  packed: tf.Tensor,
  bias: tf.Tensor,
  k: number,
): { readonly logProbabilities: tf.Tensor; readonly words: tf.Tensor } {
  const attributes = { narrow: target().half, k, threads };
  const [logs, words] = nativeOutputs(`AttnBest_${variant}`, [x, packed, bias, count], attributes, 2) as [
    tf.Tensor,
    tf.Tensor,
  ];
  return { logProbabilities: logs, words: tf.cast(words, 'int32') };
}
