import * as tf from '@tensorflow/tfjs-core';
import { tanhGradient } from './elementwise.ts';
import { matmul } from './matmul.ts';

/** The maximum number of values of `tanh(q_t + k_s)` held at once: 2^22, or 16 MB. */
const MOST_VALUES = 1 << 22;

/**
 * `v . tanh(q_t + k_s)` for every pair of target and source position: Bahdanau's score, and Luong's concat with its
 * matrix applied to each side first. The B x T x S x H values are never held at once: target positions are processed in
 * chunks of at most `MOST_VALUES` values, and the gradient recomputes each chunk's tanh instead of keeping it.
 * @param queries q [B, T, H]
 * @param keys k [B, S, H]
 * @param energy v [1, H]
 * @returns [B, T, S]
 */
export function additiveScores(
  queries: tf.Tensor,
  keys: tf.Tensor,
  energy: tf.Tensor,
  mostValues = MOST_VALUES,
): tf.Tensor {
  const [batch, targets, size] = queries.shape as [number, number, number];
  const sources = keys.shape[1] as number;
  const chunk = Math.max(1, Math.min(targets, Math.floor(mostValues / (batch * sources * size))));
  const starts = Array.from({ length: Math.ceil(targets / chunk) }, (_, i) => i * chunk);
  const lengthAt = (start: number) => Math.min(chunk, targets - start);
  const activation = (q: tf.Tensor, k: tf.Tensor, start: number) =>
    tf.tanh(tf.add(tf.expandDims(tf.slice(q, [0, start, 0], [batch, lengthAt(start), size]), 2), tf.expandDims(k, 1)));
  const f = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [q, k, v] = args as [tf.Tensor, tf.Tensor, tf.Tensor];
    const scores = starts.map((start) => {
      const rows = tf.reshape(activation(q, k, start), [-1, size]);
      return tf.reshape(matmul(rows, v, false, true), [batch, lengthAt(start), sources]);
    });
    save([q, k, v]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [q, k, v] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const dQueries: tf.Tensor[] = [];
      let dKeys: tf.Tensor | undefined;
      let dEnergy: tf.Tensor | undefined;
      for (const start of starts) {
        const length = lengthAt(start);
        const y = activation(q, k, start);
        const d = tf.reshape(tf.slice(dy, [0, start, 0], [batch, length, sources]), [-1, 1]);
        const energyPart = matmul(d, tf.reshape(y, [-1, size]), true, false);
        const inner = tanhGradient(y, tf.reshape(matmul(d, v), [batch, length, sources, size]));
        dQueries.push(tf.sum(inner, 2));
        const keyPart = tf.sum(inner, 1);
        dKeys = dKeys === undefined ? keyPart : tf.add(dKeys, keyPart);
        dEnergy = dEnergy === undefined ? energyPart : tf.add(dEnergy, energyPart);
      }
      return [tf.concat(dQueries, 1), dKeys as tf.Tensor, dEnergy as tf.Tensor];
    };
    return { value: tf.concat(scores, 1), gradFunc };
  });
  return f(queries, keys, energy);
}
