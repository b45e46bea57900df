import type * as tf from '@tensorflow/tfjs-core';
import { target } from '../target.ts';

/**
 * The number of ids without padding in each row, at least 1, counted by the host for cuDNN, which needs it there.
 * @param ids int32 [B, L], an input of the step, padded at its end
 * @returns int32 [B]; undefined if not recording for a GPU, or if the ids are not an input
 */
export function rowLengths(ids: tf.Tensor, padding: number): tf.Tensor | undefined {
  const [batch, length] = ids.shape as [number, number];
  return target().fromInput(ids, [batch], ({ data }) =>
    Int32Array.from({ length: batch }, (_, row) => {
      let end = length;
      while (end > 1 && data[row * length + end - 1] === padding) end--;
      return end;
    }),
  );
}
