import * as tf from '@tensorflow/tfjs-core';
import { target } from '../target.ts';
import { sumRows } from './elementwise.ts';
import { normKernel } from './training-kernels.ts';

/** PyTorch's epsilon. */
const EPSILON = 1e-5;

/**
 * Layer normalisation (Ba, Kiros and Hinton 2016) of every row: `(x - mean) / sqrt(variance + 1e-5) * g + b`, with a
 * custom gradient: the tape would pass over the rows about thirty times, this does so eight times.
 * @param x [N, D]
 * @param weight g [D]
 * @param bias b [D]
 * @returns [N, D]
 */
export function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor2D {
  const { kernels } = target();
  if (kernels !== undefined) return normKernel(kernels, x, weight, bias);
  const f = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [input, g, b] = args as [tf.Tensor, tf.Tensor, tf.Tensor];
    const centred = tf.sub(input, tf.mean(input, 1, true));
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), EPSILON));
    const normalised = tf.mul(centred, scale);
    save([normalised, scale, g]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [normalised, scale, g] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const weighted = tf.mul(dy, normalised);
      const d = tf.mul(dy, g);
      const along = tf.mean(tf.mul(weighted, g), 1, true);
      const inner = tf.sub(tf.sub(d, tf.mean(d, 1, true)), tf.mul(normalised, along));
      return [tf.mul(inner, scale), sumRows(weighted), sumRows(dy)];
    };
    return { value: tf.add(tf.mul(normalised, g), b), gradFunc };
  });
  return f(x, weight, bias) as tf.Tensor2D;
}
