import * as tf from '@tensorflow/tfjs-core';
import { onTensorFlow } from '../node-backend.ts';
import { target } from '../target.ts';
import { sumRows } from './elementwise.ts';
import { gatherRows } from './embedding.ts';
import { lossKernel } from './kernels.ts';
import { matmul, outputs } from './matmul.ts';
import { native } from './native.ts';

/**
 * The output layer and its cross-entropy in one: `softmax(x W^T + b)` against the targets, without padding, with label
 * smoothing (Szegedy et al. 2016, like PyTorch's `label_smoothing`: the target gets 1 - e plus its share of e, every
 * word e / V).
 *
 * One function, because the logits [N, V] are the largest tensor of a training step: here they are written once, turned
 * into probabilities once, and become the gradient by a subtraction at N positions. The row weights (1 / tokens, 0 for
 * padding) and the smoothing's constant are applied to the small sides of the products that follow, where they cost
 * nothing.
 *
 * @param x [N, H]
 * @param weight W [V, H]
 * @param bias b [V]
 * @param targets int32 [N]
 * @param rowWeights [N]: 1 / (number of target tokens) for a token, 0 for padding
 * @returns [2]: the objective with smoothing, and the mean negative log-likelihood in nats without it, which has no
 *   gradient
 */
export function outputLoss(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  targets: tf.Tensor,
  rowWeights: tf.Tensor,
  smoothing: number,
): tf.Tensor1D {
  const [rows, size] = x.shape as [number, number];
  const vocabulary = weight.shape[0] as number;
  const { gpu, half, kernels } = target();
  if (kernels !== undefined) return lossKernel(kernels, x, weight, bias, targets, rowWeights, smoothing);
  // bfloat16 has no number between 0.996 and 1, so the target's term is kept out of the error there
  const targetsApart = gpu && half;
  // unused parts are left out of a graph; a CPU's graph keeps the order of its sums
  const smooths = smoothing > 0 || !gpu;
  const f = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [input, w, b] = args as [tf.Tensor, tf.Tensor, tf.Tensor];
    const logits = outputs(input, w, b);
    const probabilities = tf.softmax(logits);
    const ids = tf.reshape(targets, [rows]);
    const places = tf.stack([tf.range(0, rows, 1, 'int32'), ids], 1);
    const ofTarget = gatherPlaces(probabilities, places, vocabulary);
    // a probability can underflow to 0, but its logarithm must not
    const logProbability = tf.log(tf.maximum(ofTarget, 1e-37));
    const negativeLogLikelihood = tf.neg(tf.sum(tf.mul(logProbability, rowWeights)));
    // log p(v) = logit(v) - c with c = logit(target) - log p(target); the mean of logits is a product with the mean row
    const meanRow = tf.div(matmul(tf.ones([1, vocabulary]), w), vocabulary);
    const meanLogit = tf.add(tf.reshape(matmul(input, meanRow, false, true), [rows]), tf.mean(b));
    const normaliser = tf.sub(gatherPlaces(logits, places, vocabulary), logProbability);
    const meanLogProbability = tf.sub(meanLogit, normaliser);
    const smoothed = tf.neg(tf.add(tf.mul(logProbability, 1 - smoothing), tf.mul(meanLogProbability, smoothing)));
    const objective = smooths ? tf.sum(tf.mul(smoothed, rowWeights)) : negativeLogLikelihood;
    const value = tf.stack([objective, negativeLogLikelihood]);
    save([input, w, probabilities, places, meanRow, rowWeights, ids]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [input, w, probabilities, places, meanRow, weights, ids] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const share = smoothing / vocabulary;
      // d logits = row weight * (error - share), with error = p - (1 - e) at the target
      const error = targetsApart ? probabilities : subtractAt(probabilities, places, 1 - smoothing);
      const scale = tf.reshape(tf.mul(weights, tf.slice(dy, 0, 1)), [rows, 1]);
      const scaledInput = tf.mul(input, scale);
      const ofTargets = (x: tf.Tensor) =>
        tf.mul(tf.unsortedSegmentSum(x, ids as tf.Tensor1D, vocabulary), 1 - smoothing);
      let errorInput: tf.Tensor = matmul(error, w);
      if (targetsApart) errorInput = tf.sub(errorInput, tf.mul(gatherRows(w, ids), 1 - smoothing));
      const dInput = tf.mul(smooths ? tf.sub(errorInput, tf.mul(meanRow, smoothing)) : errorInput, scale);
      let dWeight: tf.Tensor = matmul(error, scaledInput, true, false);
      if (targetsApart) dWeight = tf.sub(dWeight, ofTargets(scaledInput));
      let dBias: tf.Tensor = tf.reshape(matmul(scale, error, true, false), [vocabulary]);
      if (targetsApart) dBias = tf.sub(dBias, tf.reshape(ofTargets(scale), [vocabulary]));
      if (smooths) {
        const constantPart = tf.mul(sumRows(scaledInput), share);
        dWeight = tf.sub(dWeight, tf.reshape(constantPart, [1, size]));
        dBias = tf.sub(dBias, tf.mul(tf.sum(scale), share));
      }
      return [dInput, dWeight, dBias];
    };
    return { value, gradFunc };
  });
  return f(x, weight, bias) as tf.Tensor1D;
}

/** One value per row: x[i, column of i]. @param places int32 [N, 2] @returns [N] */
export function gatherPlaces(x: tf.Tensor, places: tf.Tensor, columns: number): tf.Tensor {
  if (onTensorFlow()) return native('GatherNd', [x, places], { Tparams: 'float32', Tindices: 'int32' });
  const [rows, at] = tf.unstack(places, 1) as [tf.Tensor, tf.Tensor];
  return tf.reshape(gatherRows(tf.reshape(x, [x.size, 1]), tf.add(tf.mul(rows, tf.scalar(columns, 'int32')), at)), [
    rows.size,
  ]);
}

/** x minus `amount` at one position per row. */
function subtractAt(x: tf.Tensor, places: tf.Tensor, amount: number): tf.Tensor {
  const [rows, columns] = x.shape as [number, number];
  if (onTensorFlow()) {
    return native('TensorScatterSub', [x, places, tf.fill([rows], amount)], { T: 'float32', Tindices: 'int32' });
  }
  const [, at] = tf.unstack(places, 1) as [tf.Tensor, tf.Tensor];
  return tf.sub(x, tf.mul(tf.oneHot(at as tf.Tensor1D, columns), amount));
}
