import * as tf from '@tensorflow/tfjs-core';
import { onTensorFlow } from '../node-backend.ts';
import { native } from './native.ts';

/**
 * A cache with one position written in every row and head: `cache[r, k, place[r]] = made[r, k]`. On TensorFlow the
 * cache is updated in place, because a copy would take longer than the attention over it: the caller gives it up. No
 * gradient.
 * @param cache [R, h, C, d]
 * @param made [R, h, 1, d]
 * @param place [R, 1], integers from 0; C and beyond mean the last position, so that no row can write into another
 */
export function writePlace(cache: tf.Tensor, made: tf.Tensor, place: tf.Tensor): tf.Tensor {
  const [rows, heads, places, size] = cache.shape as [number, number, number, number];
  const within = tf.minimum(place, places - 1);
  if (!onTensorFlow()) {
    const here = tf.reshape(tf.cast(tf.equal(tf.range(0, places), within), 'float32'), [rows, 1, places, 1]);
    return tf.add(tf.mul(cache, tf.sub(1, here)), tf.mul(made, here));
  }
  const starts = tf.reshape(tf.range(0, rows * heads * places, places, 'int32'), [rows, heads]);
  const at = tf.reshape(tf.add(starts, tf.cast(within, 'int32')), [rows * heads]);
  const flat = [tf.reshape(cache, [rows * heads * places, size]), at, tf.reshape(made, [rows * heads, size])];
  return tf.reshape(native('InplaceUpdate', flat, { T: 'float32' }), cache.shape);
}
