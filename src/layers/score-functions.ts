import * as tf from '@tensorflow/tfjs-core';
import { additiveScores } from '../tensor/ops/additive-scores.ts';
import { project } from '../tensor/ops/matmul.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import { linearParameters, type ParameterTable } from './parameters.ts';

/**
 * How well a decoder state h_t and a source state h_s match (Luong et al., D15-1166, section 3.1). Parameters are
 * stored under the given name.
 */
export interface ScoreFunction {
  /** @param size H @param positions the maximum number of source positions for a score with learned positions */
  parameters?(name: string, size: number, positions: number): ParameterTable;
  /**
   * The source side, computed once per sentence; by default the source states themselves.
   * @param states h_s [B, S, H] @returns [B, S, H]
   */
  keys?(parameters: Tensors, name: string, states: tf.Tensor): tf.Tensor;
  /**
   * Scores of every decoder state against every source position.
   * @param queries h_t [B, T, H] @param keys [B, S, H] @returns [B, T, S]
   */
  scores(parameters: Tensors, name: string, queries: tf.Tensor, keys: tf.Tensor): tf.Tensor;
}

/** `h_t . k_s` for every pair of positions. */
const products: ScoreFunction['scores'] = (_, __, queries, keys) => tf.matMul(queries, keys, false, true);

/** The score functions of Luong's decoder by name. A new one is an entry here and its name in config/run-options.ts. */
const functions = {
  /** `h_t . h_s` */
  dot: { scores: products },

  /** `h_t . W_a h_s` */
  general: {
    parameters: (name, size) => linearParameters(`${name}.general`, size, size, false),
    keys: (parameters, name, states) => project(states, parameter(parameters, `${name}.general.weight`)),
    scores: products,
  },

  /** `v_a . tanh(W_a [h_t; h_s])`, the two halves of W_a [H, 2H] applied to each side first */
  concat: {
    parameters: (name, size) => ({
      ...linearParameters(`${name}.concat`, size, 2 * size, false),
      ...linearParameters(`${name}.energy`, 1, size, false),
    }),
    keys: (parameters, name, states) => project(states, halves(parameters, name)[1]),
    scores: (parameters, name, queries, keys) => {
      const energy = parameter(parameters, `${name}.energy.weight`);
      return additiveScores(project(queries, halves(parameters, name)[0]), keys, energy);
    },
  },

  /** `W_a h_t`: one score per position, whatever the word there */
  location: {
    parameters: (name, size, positions) => linearParameters(`${name}.location`, positions, size, false),
    scores: (parameters, name, queries, keys) => {
      const weight = parameter(parameters, `${name}.location.weight`);
      return firstPositions(project(queries, weight), keys.shape[1] as number);
    },
  },
} satisfies Record<string, ScoreFunction>;

export type ScoreFunctionName = keyof typeof functions;

export const scoreFunctions: Readonly<Record<ScoreFunctionName, ScoreFunction>> = functions;

/** The half of W_a for h_t and the half for h_s. */
function halves(parameters: Tensors, name: string): [tf.Tensor, tf.Tensor] {
  return tf.split(parameter(parameters, `${name}.concat.weight`), 2, 1) as [tf.Tensor, tf.Tensor];
}

/** The first `length` of the positions that `location` has scores for; those beyond get no weight. */
function firstPositions(scores: tf.Tensor, length: number): tf.Tensor {
  const [batch, steps, known] = scores.shape as [number, number, number];
  if (length <= known) return tf.slice(scores, [0, 0, 0], [batch, steps, length]);
  return tf.concat([scores, tf.fill([batch, steps, length - known], -1e9)], 2);
}
