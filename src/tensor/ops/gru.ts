import * as tf from '@tensorflow/tfjs-core';
import { sigmoidGradient, sumRows, tanhGradient } from './elementwise.ts';
import { biasAdd, matmul } from './matmul.ts';

/**
 * The recurrent half of a GRU over a whole sequence, reset-after (cuDNN, PyTorch; arXiv 1406.1078v1):
 *
 *     r, z = sigmoid(x_rz + h U_rz^T + c_rz)      n = tanh(x_n + r * (h U_n^T + c_n))      h' = h + (1 - z)(n - h)
 *
 * with a custom gradient: the tape would add up one weight-gradient product per time step, this makes one at the end.
 *
 * @param projected W x + b for every step, time-major [T, B, 3H], gates in PyTorch's order r, z, n. At padding, the z
 *   columns are set so high that z = 1: the state then passes through unchanged, to the last bit.
 * @param initial h_0 [B, H]
 * @param weight U [3H, H]
 * @param bias c [3H]
 * @param reverse runs from the last step to the first
 * @returns the state after every step [T, B, H]
 */
export function gruResetAfter(
  projected: tf.Tensor,
  initial: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  reverse = false,
): tf.Tensor3D {
  const [length, , size3] = projected.shape as [number, number, number];
  const size = size3 / 3;
  const order = Array.from({ length }, (_, t) => (reverse ? length - 1 - t : t));
  const f = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [x, h0, u, c] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const [xGates, xNew] = tf.split(x, [2 * size, size], 2) as [tf.Tensor, tf.Tensor];
    const gateInputs = tf.unstack(xGates);
    const newInputs = tf.unstack(xNew);
    const states: tf.Tensor[] = new Array(length);
    const before: tf.Tensor[] = new Array(length);
    const kept: tf.Tensor[][] = new Array(length);
    let h = h0;
    for (const t of order) {
      const recurrent = biasAdd(matmul(h, u, false, true), c);
      const [hGates, hNew] = tf.split(recurrent, [2 * size, size], 1) as [tf.Tensor, tf.Tensor];
      const gates = tf.sigmoid(tf.add(gateInputs[t] as tf.Tensor, hGates));
      const [r, z] = tf.split(gates, 2, 1) as [tf.Tensor, tf.Tensor];
      const n = tf.tanh(tf.add(newInputs[t] as tf.Tensor, tf.mul(r, hNew)));
      const update = tf.sub(1, z);
      const difference = tf.sub(h, n);
      before[t] = h;
      h = tf.sub(h, tf.mul(update, difference));
      states[t] = h;
      kept[t] = [gates, r, z, n, update, difference, hNew];
    }
    save([u, ...before, ...kept.flat()]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const u = saved[0] as tf.Tensor;
      const before = saved.slice(1, 1 + length);
      const dStates = tf.unstack(dy);
      const dGates: tf.Tensor[] = new Array(length);
      const dNews: tf.Tensor[] = new Array(length);
      const dRecurrents: tf.Tensor[] = new Array(length);
      let carried: tf.Tensor | undefined;
      for (const t of [...order].reverse()) {
        const at = 1 + length + 7 * t;
        const [gates, r, z, n, update, difference, hNew] = saved.slice(at, at + 7) as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        const dState = dStates[t] as tf.Tensor;
        const d = carried === undefined ? dState : tf.add(dState, carried);
        const dNew = tanhGradient(n, tf.mul(d, update));
        const dGate = sigmoidGradient(gates, tf.concat([tf.mul(dNew, hNew), tf.mul(d, difference)], 1));
        const dRecurrent = tf.concat([dGate, tf.mul(dNew, r)], 1);
        dGates[t] = dGate;
        dNews[t] = dNew;
        dRecurrents[t] = dRecurrent;
        carried = tf.add(tf.mul(d, z), matmul(dRecurrent, u));
      }
      const all = tf.concat(dRecurrents, 0);
      return [
        tf.concat([tf.stack(dGates), tf.stack(dNews)], 2),
        carried as tf.Tensor,
        matmul(all, tf.concat(before, 0), true, false),
        sumRows(all),
      ];
    };
    return { value: tf.stack(states), gradFunc };
  });
  return f(projected, initial, weight, bias) as tf.Tensor3D;
}
