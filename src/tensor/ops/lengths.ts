import type * as tf from '@tensorflow/tfjs-core';
import { target } from '../target.ts';

/**
 * How many ids of each row are no padding, at least 1, counted by the host: for cuDNN, which wants to know on the host.
 * @param ids int32 [B, L], an input of the step, padded at its end
 * @returns int32 [B]; undefined where no GPU asks for it, and where the ids are no input
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
