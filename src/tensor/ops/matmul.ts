import * as tf from '@tensorflow/tfjs-core';
import { onTensorFlow } from '../node-backend.ts';
import { target } from '../target.ts';
import { sumRows } from './elementwise.ts';
import { native } from './native.ts';

/** A product of two matrices, either of them transposed first: one operation, no custom gradient. */
export function matmul(a: tf.Tensor, b: tf.Tensor, transposeA = false, transposeB = false): tf.Tensor2D {
  if (onTensorFlow()) {
    return native('MatMul', [a, b], { T: 'float32', transpose_a: transposeA, transpose_b: transposeB }) as tf.Tensor2D;
  }
  return tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, transposeA, transposeB);
}

/**
 * A linear layer in PyTorch's layout: `x W^T + b`.
 * @param x [N, I]
 * @param weight W [O, I]
 * @param bias b [O]; omitted for a layer without one
 * @returns [N, O]
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor2D {
  const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
  const f = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [input, w, b] = args as tf.Tensor[];
    save([input as tf.Tensor, w as tf.Tensor]);
    return {
      value: outputs(input as tf.Tensor, w as tf.Tensor, b),
      gradFunc: (dy, saved) => {
        const [input, w] = saved as [tf.Tensor, tf.Tensor];
        const gradients = [matmul(dy, w), matmul(dy, input, true, false)];
        return bias === undefined ? gradients : [...gradients, sumRows(dy)];
      },
    };
  });
  return f(...inputs) as tf.Tensor2D;
}

/** [N, K] + [K]: TensorFlow's BiasAdd. */
export function biasAdd(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  if (onTensorFlow()) return native('BiasAdd', [x, bias], { T: 'float32', data_format: { text: 'NHWC' } });
  return tf.add(x, bias);
}

/** A linear layer over the last axis of [B, L, I]. */
export function project(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const [batch, length, inputs] = x.shape as [number, number, number];
  return tf.reshape(linear(tf.reshape(x, [batch * length, inputs]), weight, bias), [batch, length, -1]);
}

/** `x W^T + b`, without a custom gradient; without b, `x W^T`. */
export function outputs(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor2D {
  if (bias === undefined) return matmul(x, weight, false, true);
  const { gpu, half, kernels } = target();
  if (gpu ? half : kernels === undefined) return biasAdd(matmul(x, weight, false, true), bias) as tf.Tensor2D;
  // cuBLAS adds the bias while it writes the product, which TensorFlow supports only for float32; so does oneDNN, in both
  // precisions, on the processors for which there are kernels
  return native('_FusedMatMul', [x, weight, bias], {
    ...{ T: 'float32', num_args: 1, fused_ops: { texts: ['BiasAdd'] } },
    ...{ transpose_a: false, transpose_b: true },
  }) as tf.Tensor2D;
}
