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

/** A whole LSTM layer, its input product and padding included: as `GruLayer`, with four gates i, f, g, o. */
export interface LstmLayer extends GruLayer {
  /** [B, H] */
  readonly initialCell: tf.Tensor;
}

/** @returns h after every step [T, B, H], and C after the last step taken [B, H] */
export function lstmKernel(
  kernels: Kernels,
  { x, mask = tf.zeros([0]), initial, initialCell, weights, reverse }: LstmLayer,
): { readonly states: tf.Tensor; readonly lastCell: tf.Tensor } {
  const f = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [x, initial, cell, w, u, b, c] = args as Seven;
    const attributes = { ...shared(kernels), reverse };
    const [states, cells, kept] = nativeOutputs(
      `AttnLstm_${kernels.variant}`,
      [x, mask, initial, cell, w, u, b, c],
      { ...attributes, gradients: gradientsWanted() },
      3,
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    save([x, mask, initial, cell, w, u, states, cells, kept]);
    const gradFunc = (dStates: tf.Tensor, saved: tf.Tensor[]) => {
      const gradients = nativeOutputs(`AttnLstmGrad_${kernels.variant}`, [dStates, ...saved], attributes, 6);
      // both biases are added to the same sum
      return [...gradients, gradients[5] as tf.Tensor];
    };
    return { value: states, gradFunc };
  });
  const [length, batch, size] = [x.shape[0] as number, ...(initial.shape as [number, number])];
  const all = f(x, initial, initialCell, ...weights);
  return {
    states: tf.slice(all, 0, length),
    lastCell: tf.reshape(tf.slice(all, length, 1), [batch, size]),
  };
}

type Seven = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

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
      // (copies: what was saved ends with the tape)
      if (target().constant(dy)?.[0] === 1) return saved.map((gradient) => tf.clone(gradient));
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
