import * as tf from '@tensorflow/tfjs-core';

/** The minimum weight, so that its logarithm is finite. */
const LEAST = 1e-30;

/**
 * The distance of attention from a reference alignment (Chen et al. 2016, arXiv 1607.01628): the cross-entropy `-sum_t
 * sum_s A_ts log a_ts / N` in nats.
 * @param weights attention a [B, T, S]
 * @param alignment A [B, T, S]: rows that sum to 1, or to 0 for positions without a reference
 * @param tokens N, a scalar
 */
export function guidedLoss(weights: tf.Tensor, alignment: tf.Tensor, tokens: tf.Tensor): tf.Scalar {
  const f = tf.customGrad((...args) => {
    const [attention, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const least = tf.maximum(attention, LEAST);
    const share = tf.div(alignment, tokens);
    save([least, share]);
    const value = tf.neg(tf.sum(tf.mul(share, tf.log(least))));
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [least, share] = saved as [tf.Tensor, tf.Tensor];
      return tf.neg(tf.mul(tf.div(share, least), dy));
    };
    return { value, gradFunc };
  });
  return f(weights) as tf.Scalar;
}
