import * as tf from '@tensorflow/tfjs-core';
import { onTensorFlow } from '../node-backend.ts';
import { native } from './native.ts';

/**
 * Rows of a table by id. tfjs's own `gather` first reads the ids' values, which a compiled step cannot.
 * @param table [V, E]
 * @param ids int32, any shape, each in [0, V)
 * @returns [...ids.shape, E]
 */
export function embed(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  const f = tf.customGrad((input, save) => {
    const rows = input as tf.Tensor;
    const flat = tf.reshape(ids, [ids.size]);
    (save as tf.GradSaveFunc)([flat]);
    const value = gatherRows(rows, flat);
    return {
      value: tf.reshape(value, [...ids.shape, rows.shape[1] as number]),
      gradFunc: (dy, saved) => {
        const [vocabulary, size] = rows.shape as [number, number];
        return tf.unsortedSegmentSum(tf.reshape(dy, [ids.size, size]), saved[0] as tf.Tensor1D, vocabulary);
      },
    };
  });
  return f(table);
}

/** Rows by id, without a gradient. @param ids int32 [N] @returns [N, E] */
export function gatherRows(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  if (!onTensorFlow()) return tf.gather(table, ids as tf.Tensor1D);
  const axis = tf.scalar(0, 'int32');
  return native('GatherV2', [table, ids, axis], {
    Tparams: 'float32',
    Tindices: 'int32',
    Taxis: 'int32',
    batch_dims: 0,
  });
}
