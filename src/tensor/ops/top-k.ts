import * as tf from '@tensorflow/tfjs-core';
import { onTensorFlow } from '../node-backend.ts';
import { target } from '../target.ts';
import { native } from './native.ts';

/** The number of columns whose maximum is examined first. */
const BLOCK = 64;

/** The largest numbers of each row, and their positions. */
export interface TopK {
  /** [R, k], descending. */
  readonly values: tf.Tensor2D;
  /** int32 [R, k] */
  readonly indices: tf.Tensor2D;
}

/**
 * The k largest numbers of each row. TensorFlow's own TopK takes as long as the product that makes 4,000 logits. This
 * takes the maximum of every block of columns, in one fast pass, and searches only the k blocks with the largest
 * maxima: the k largest numbers cannot be anywhere else.
 * @param x [R, V], k at most V
 */
export function topK(x: tf.Tensor2D, k: number): TopK {
  const [rows, columns] = x.shape;
  // a GPU has a fast TopK, and the integer block indices would have to leave it
  if (!onTensorFlow() || target().gpu || columns < 2 * BLOCK * k) return tf.topk(x, k) as TopK;
  const blocks = Math.ceil(columns / BLOCK);
  const missing = blocks * BLOCK - columns;
  const whole = missing === 0 ? x : tf.concat([x, tf.fill([rows, missing], -3e38)], 1);
  const byBlock = tf.reshape(whole, [rows, blocks, BLOCK]);
  const chosen = tf.topk(tf.max(byBlock, 2), k).indices;
  const content = tf.reshape(gatherColumns(byBlock, chosen, 'float32'), [rows, k * BLOCK]);
  const { values, indices } = tf.topk(content, k) as TopK;
  const block = gatherColumns(chosen, tf.floorDiv(indices, tf.scalar(BLOCK, 'int32')), 'int32');
  const within = tf.mod(indices, tf.scalar(BLOCK, 'int32'));
  return { values, indices: tf.add(tf.mul(block, tf.scalar(BLOCK, 'int32')), within) as tf.Tensor2D };
}

/** Selects columns by index in each row. @param x [R, C, ...] @param indices int32 [R, N] @returns [R, N, ...] */
function gatherColumns(x: tf.Tensor, indices: tf.Tensor, type: 'float32' | 'int32'): tf.Tensor {
  const axis = tf.scalar(1, 'int32');
  const types = { Tparams: type, Tindices: 'int32', Taxis: 'int32' } as const;
  return native('GatherV2', [x, indices, axis], { ...types, batch_dims: 1 });
}
