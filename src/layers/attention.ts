import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../tensor/ops/product.ts';
import { additiveScores } from './additive-scores.ts';
import { linearParameters, type ParameterTable, parameter, type Tensors } from './parameters.ts';

/** Luong's scores (D15-1166, section 3.1): how well a decoder state h_t and a source state h_s match. */
export type LuongScore = 'dot' | 'general' | 'concat' | 'location';

/** The scores' parameters under `name`; `positions` is the most source positions that `location` knows. */
export function scoreParameters(name: string, score: LuongScore, size: number, positions: number): ParameterTable {
  switch (score) {
    case 'dot':
      return {};
    case 'general':
      return linearParameters(`${name}.general`, size, size, false);
    case 'concat':
      return {
        ...linearParameters(`${name}.concat`, size, 2 * size, false),
        ...linearParameters(`${name}.energy`, 1, size, false),
      };
    case 'location':
      return linearParameters(`${name}.location`, positions, size, false);
  }
}

/**
 * The source side of the scores, computed once a sentence.
 * @param states h_s [B, S, H]
 * @returns [B, S, H]: h_s itself (dot), W_a h_s (general), its half of W_a [h_t; h_s] (concat)
 */
export function sourceKeys(parameters: Tensors, name: string, score: LuongScore, states: tf.Tensor): tf.Tensor {
  if (score === 'general') return project(states, parameter(parameters, `${name}.general.weight`));
  if (score === 'concat') return project(states, halves(parameters, name)[1]);
  return states;
}

/**
 * Scores of every decoder state against every source position.
 * @param queries h_t [B, T, H]
 * @param keys from `sourceKeys` [B, S, H]
 * @returns [B, T, S]
 */
export function luongScores(
  parameters: Tensors,
  name: string,
  score: LuongScore,
  queries: tf.Tensor,
  keys: tf.Tensor,
): tf.Tensor {
  if (score === 'location') {
    const weight = parameter(parameters, `${name}.location.weight`);
    return firstPositions(project(queries, weight), keys.shape[1] as number);
  }
  if (score === 'concat') {
    const energy = parameter(parameters, `${name}.energy.weight`);
    return additiveScores(project(queries, halves(parameters, name)[0]), keys, energy);
  }
  return tf.matMul(queries, keys, false, true);
}

/** The softmax of scores over the source, padding excluded: its weight is exactly 0. @param mask [B, S] */
export function maskedSoftmax(scores: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  return tf.softmax(tf.add(scores, tf.expandDims(tf.mul(tf.sub(mask, 1), 1e9), 1)));
}

/**
 * `tanh(W_c [c_t; h_t])`, with `c_t` the states weighted by attention.
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

/** A linear layer over the last axis of [B, L, I]. */
export function project(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const [batch, length, inputs] = x.shape as [number, number, number];
  return tf.reshape(linear(tf.reshape(x, [batch * length, inputs]), weight, bias), [batch, length, -1]);
}

/** The two halves of W_a [H, 2H]: the one that meets h_t and the one that meets h_s. */
function halves(parameters: Tensors, name: string): [tf.Tensor, tf.Tensor] {
  return tf.split(parameter(parameters, `${name}.concat.weight`), 2, 1) as [tf.Tensor, tf.Tensor];
}

/** The first `length` of the positions that `location` has scores for; any beyond them can get no weight. */
function firstPositions(scores: tf.Tensor, length: number): tf.Tensor {
  const [batch, steps, known] = scores.shape as [number, number, number];
  if (length <= known) return tf.slice(scores, [0, 0, 0], [batch, steps, length]);
  return tf.concat([scores, tf.fill([batch, steps, length - known], -1e9)], 2);
}
