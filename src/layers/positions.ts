import * as tf from '@tensorflow/tfjs-core';
import { embed } from '../tensor/ops/embedding.ts';

/**
 * The sinusoids of Vaswani et al. 2017, section 3.5: `sin(p / 10000^(2i/D))` in the even columns, its cosine in the odd
 * ones. A function of p, not a table, so no sentence is too long.
 * @param positions p, from 0 [N]
 * @returns [N, D]
 */
export function sinusoids(positions: tf.Tensor, size: number): tf.Tensor2D {
  const count = positions.size;
  const half = Math.ceil(size / 2);
  const rates = Float32Array.from({ length: half }, (_, i) => 10000 ** ((-2 * i) / size));
  const angles = tf.mul(tf.reshape(positions, [count, 1]), tf.tensor(rates, [1, half]));
  const both = tf.reshape(tf.stack([tf.sin(angles), tf.cos(angles)], 2), [count, 2 * half]);
  return (size % 2 === 0 ? both : tf.slice(both, [0, 0], [count, size])) as tf.Tensor2D;
}

/**
 * Learned positions (Gehring et al. 2017): rows of a table; positions beyond its end share the last one.
 * @param table [P, D]
 * @param positions from 0 [N]
 * @returns [N, D]
 */
export function learnedPositions(table: tf.Tensor, positions: tf.Tensor): tf.Tensor {
  const last = (table.shape[0] as number) - 1;
  return embed(table, tf.cast(tf.minimum(positions, last), 'int32'));
}
