import * as tf from '@tensorflow/tfjs-core';
import { onTensorFlow } from '../node-backend.ts';
import { native } from './native.ts';

/** The activation between a transformer's two position-wise layers. */
export type ActivationName = 'relu' | 'gelu';

/** A named activation, with a gradient of few operations. */
export function activate(name: ActivationName, x: tf.Tensor): tf.Tensor {
  return name === 'relu' ? relu(x) : gelu(x);
}

/** `max(x, 0)`. */
function relu(x: tf.Tensor): tf.Tensor {
  const f = tf.customGrad((input, save) => {
    const y = tf.relu(input as tf.Tensor);
    (save as tf.GradSaveFunc)([y]);
    return { value: y, gradFunc: (dy, saved) => reluGradient(saved[0] as tf.Tensor, dy) };
  });
  return f(x);
}

function reluGradient(y: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  if (onTensorFlow()) return native('ReluGrad', [dy, y], { T: 'float32' });
  return tf.mul(dy, tf.cast(tf.greater(y, 0), 'float32'));
}

/**
 * GELU (Hendrycks and Gimpel 2016): `x P(X <= x)` for a standard normal X, with the error function, like PyTorch's
 * default.
 */
function gelu(x: tf.Tensor): tf.Tensor {
  const f = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const below = tf.mul(tf.add(tf.erf(tf.mul(input, Math.SQRT1_2)), 1), 0.5);
    save([input, below]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [input, below] = saved as [tf.Tensor, tf.Tensor];
      const density = tf.mul(tf.exp(tf.mul(tf.square(input), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.mul(dy, tf.add(below, tf.mul(input, density)));
    };
    return { value: tf.mul(input, below), gradFunc };
  });
  return f(x);
}
