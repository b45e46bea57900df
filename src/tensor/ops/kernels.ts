import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../kernel-variant.ts';
import { target } from '../target.ts';
import { nativeOutputs } from './native.ts';

/** Custom operations in C++ (tensor/kernels/), for recordings whose target supports them. */

/** A whole GRU layer: like `gruResetAfter`, with input product and padding. */
export interface GruLayer {
  /** [T, B, E] */
  readonly x: tf.Tensor;
  /** [T, B]: 0 where the state does not change; by default no step is padding. No gradient flows into it. */
  readonly mask?: tf.Tensor | undefined;
  /** [B, H] */
  readonly initial: tf.Tensor;
  /** W [3H, E], U [3H, H], b [3H], c [3H] */
  readonly weights: readonly [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  readonly reverse: boolean;
}

/** @returns the state after every step [T, B, H] */
export function gruKernel(kernels: Kernels, { x, mask, initial, weights, reverse }: GruLayer): tf.Tensor {
  const f = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [x, initial, w, u, b, c] = args as Six;
    const attributes = { ...shared(kernels), reverse };
    const [states, kept] = nativeOutputs(
      `AttnGru_${kernels.variant}`,
      [x, mask ?? tf.zeros([0]), initial, w, u, b, c],
      { ...attributes, gradients: gradientsWanted() },
      2,
    ) as [tf.Tensor, tf.Tensor];
    save([x, initial, w, u, states, kept]);
    const gradFunc = (dStates: tf.Tensor, saved: tf.Tensor[]) =>
      nativeOutputs(`AttnGruGrad_${kernels.variant}`, [dStates, ...saved], attributes, 6);
    return { value: states, gradFunc };
  });
  return f(x, initial, ...weights);
}

type Six = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

/** `outputLoss` in one operation, which computes the gradients together with the value if they are needed. */
export function lossKernel(
  kernels: Kernels,
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  targets: tf.Tensor,
  rowWeights: tf.Tensor,
  smoothing: number,
): tf.Tensor1D {
  const f = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [value, ...gradients] = nativeOutputs(
      `AttnLoss_${kernels.variant}`,
      [...(args as tf.Tensor[]), tf.reshape(targets, [targets.size]), rowWeights],
      { ...shared(kernels), gradients: gradientsWanted(), smoothing: { float: smoothing } },
      4,
    ) as [tf.Tensor, ...tf.Tensor[]];
    save(gradients);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      // in a training step the gradient of the loss is the constant 1: no multiplication needed
      if (target().constant(dy)?.[0] === 1) return saved;
      const scale = tf.slice(dy, 0, 1);
      return saved.map((gradient) => tf.mul(gradient, scale));
    };
    return { value, gradFunc };
  });
  return f(x, weight, bias) as tf.Tensor1D;
}

function shared({ threads }: Kernels) {
  return { narrow: target().half, threads };
}

/** Whether operations run for their gradients too: results needed only for gradients can otherwise be skipped. */
function gradientsWanted(): boolean {
  return tf.engine().state.gradientDepth > 0;
}
