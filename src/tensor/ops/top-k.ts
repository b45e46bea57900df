import * as tf from '@tensorflow/tfjs-core';
import { onTensorFlow } from '../node-backend.ts';
import { target } from '../target.ts';
import { native } from './native.ts';

/** Columns whose greatest is looked at first. */
const BLOCK = 64;

/** The greatest numbers of each row, and where they stand. */
export interface TopK {
  /** [R, k], falling. */
  readonly values: tf.Tensor2D;
  /** int32 [R, k] */
  readonly indices: tf.Tensor2D;
}

/**
 * The k greatest numbers of each row. TensorFlow's own TopK takes as long as the product that makes 4,000 logits; this
 * takes the greatest of every block of columns, which is one fast pass, and looks for the k greatest in the k blocks with
 * the greatest greatest: they can be nowhere else.
 * @param x [R, V], k at most V
 */
export function topK(x: tf.Tensor2D, k: number): TopK {
  const [rows, columns] = x.shape;
  // a GPU has a fast TopK, and whole numbers of the blocks would have to leave the card
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

/** In each row, the columns of an index. @param x [R, C, ...] @param indices int32 [R, N] @returns [R, N, ...] */
function gatherColumns(x: tf.Tensor, indices: tf.Tensor, type: 'float32' | 'int32'): tf.Tensor {
  const axis = tf.scalar(1, 'int32');
  const types = { Tparams: type, Tindices: 'int32', Taxis: 'int32' } as const;
  return native('GatherV2', [x, indices, axis], { ...types, batch_dims: 1 });
}
