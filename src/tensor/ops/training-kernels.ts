import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../kernel-variant.ts';
import { nativeOutputs } from './native.ts';

/** Custom operations in C++ for what a training step does around its products (tensor/kernels/training-operations.h). */

/**
 * Dropout with the random numbers of `StepRandom`: the operation draws them itself, and again for the gradient.
 * @param seed int32 [2] @param call added to the seed's second number @param dropped of 256 numbers
 */
export function dropoutKernel(
  kernels: Kernels,
  x: tf.Tensor,
  seed: tf.Tensor,
  call: number,
  dropped: number,
): tf.Tensor {
  const drop = (values: tf.Tensor) =>
    nativeOutputs(
      `AttnDropout_${kernels.variant}`,
      [values, seed],
      { dropped, call, threads: kernels.threads },
      1,
    )[0] as tf.Tensor;
  return tf.customGrad((input) => ({ value: drop(input as tf.Tensor), gradFunc: (dy) => drop(dy) }))(x);
}

/** `layerNorm` in one operation, and one for its gradients. */
export function normKernel(kernels: Kernels, x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor2D {
  const { variant, threads } = kernels;
  const f = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [input, gain, offset] = args as [tf.Tensor, tf.Tensor, tf.Tensor];
    const [value, spreads] = nativeOutputs(`AttnNorm_${variant}`, [input, gain, offset], { threads }, 2);
    save([input, spreads as tf.Tensor, gain]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      nativeOutputs(`AttnNormGrad_${variant}`, [dy, ...saved], { threads }, 3);
    return { value: value as tf.Tensor, gradFunc };
  });
  return f(x, weight, bias) as tf.Tensor2D;
}
