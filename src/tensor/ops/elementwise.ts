import * as tf from '@tensorflow/tfjs-core';
import { onTensorFlow } from '../node-backend.ts';
import { native } from './native.ts';

/** The gradient of a sigmoid from its output y: `dy * y * (1 - y)`. */
export function sigmoidGradient(y: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  if (onTensorFlow()) return native('SigmoidGrad', [y, dy], { T: 'float32' });
  return tf.mul(dy, tf.mul(y, tf.sub(1, y)));
}

/** The gradient of tanh from its output y: `dy * (1 - y^2)`. */
export function tanhGradient(y: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  if (onTensorFlow()) return native('TanhGrad', [y, dy], { T: 'float32' });
  return tf.mul(dy, tf.sub(1, tf.square(y)));
}

/** tanh with a gradient of one operation. */
export function tanh<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  const f = tf.customGrad((input, save) => {
    const y = tf.tanh(input as tf.Tensor);
    (save as tf.GradSaveFunc)([y]);
    return { value: y, gradFunc: (dy, saved) => tanhGradient(saved[0] as tf.Tensor, dy) };
  });
  return f(x) as tf.Tensor<R>;
}

/** The sum over all rows: [N, K] to [K], as in the gradient of a bias. */
export function sumRows(x: tf.Tensor): tf.Tensor {
  if (onTensorFlow()) return native('BiasAddGrad', [x], { T: 'float32', data_format: { text: 'NHWC' } });
  return tf.sum(x, 0);
}
