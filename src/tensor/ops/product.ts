import * as tf from '@tensorflow/tfjs-core';
import { onTensorFlow } from '../backend.ts';
import { sumRows } from './elementwise.ts';
import { native } from './native.ts';

/** A matrix product of two matrices, either transposed first: one operation, no gradient of its own. */
export function product(a: tf.Tensor, b: tf.Tensor, transposeA = false, transposeB = false): tf.Tensor2D {
  if (onTensorFlow()) {
    return native('MatMul', [a, b], { T: 'float32', transpose_a: transposeA, transpose_b: transposeB }) as tf.Tensor2D;
  }
  return tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, transposeA, transposeB);
}

/**
 * A linear layer in PyTorch's layout: `x W^T + b`.
 * @param x [N, I]
 * @param weight W [O, I]
 * @param bias b [O]; left out where the layer has none
 * @returns [N, O]
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor2D {
  const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
  const f = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [input, w, b] = args as tf.Tensor[];
    save([input as tf.Tensor, w as tf.Tensor]);
    const y = product(input as tf.Tensor, w as tf.Tensor, false, true);
    return {
      value: b === undefined ? y : biasAdd(y, b),
      gradFunc: (dy, saved) => {
        const [input, w] = saved as [tf.Tensor, tf.Tensor];
        const gradients = [product(dy, w), product(dy, input, true, false)];
        return bias === undefined ? gradients : [...gradients, sumRows(dy)];
      },
    };
  });
  return f(...inputs) as tf.Tensor2D;
}

/** [N, K] + [K]: as TensorFlow's BiasAdd, which its graph optimiser fuses into the product before it. */
export function biasAdd(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  if (onTensorFlow()) return native('BiasAdd', [x, bias], { T: 'float32', data_format: { text: 'NHWC' } });
  return tf.add(x, bias);
}

/** A linear layer over the last axis of [B, L, I]. */
export function project(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const [batch, length, inputs] = x.shape as [number, number, number];
  return tf.reshape(linear(tf.reshape(x, [batch * length, inputs]), weight, bias), [batch, length, -1]);
}
