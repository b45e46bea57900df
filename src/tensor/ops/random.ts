import * as tf from '@tensorflow/tfjs-core';
import { onTensorFlow } from '../backend.ts';
import { native } from './native.ts';
import { philoxUniform } from './philox.ts';

/**
 * Where a step's random numbers come from: a seed that is fed at every step, and a count that gives each call in the step
 * its own stream. Make one a step; the same seed gives the same numbers, compiled, eager or in another process.
 */
export class StepRandom {
  readonly #seed: tf.Tensor;
  #calls = 0;

  /** @param seed int32 [2], as `randomSeed(run seed, purpose, step)` makes it. */
  constructor(seed: tf.Tensor) {
    this.#seed = seed;
  }

  /** Numbers in [0, 1): TensorFlow's StatelessRandomUniform (Philox 4x32-10). */
  uniform(shape: readonly number[]): tf.Tensor {
    const call = tf.tensor1d([0, this.#calls++], 'int32');
    const seed = tf.add(this.#seed, call);
    if (onTensorFlow()) {
      return native('StatelessRandomUniform', [tf.tensor1d([...shape], 'int32'), seed], {
        dtype: 'float32',
        T: 'int32',
        Tseed: 'int32',
      });
    }
    const [first, second] = seed.dataSync() as Int32Array;
    const size = shape.reduce((product, n) => product * n, 1);
    return tf.tensor(philoxUniform(size, first as number, second as number), [...shape]);
  }

  /** Dropout (Srivastava et al. 2014): zero with probability `rate`, the rest divided by `1 - rate`. */
  dropout<R extends tf.Rank>(x: tf.Tensor<R>, rate: number): tf.Tensor<R> {
    if (rate === 0) return x;
    const kept = tf.greaterEqual(this.uniform(x.shape), rate);
    const scale = tf.mul(tf.cast(kept, 'float32'), 1 / (1 - rate));
    const f = tf.customGrad((input, save) => {
      (save as tf.GradSaveFunc)([scale]);
      return { value: tf.mul(input as tf.Tensor, scale), gradFunc: (dy, saved) => tf.mul(dy, saved[0] as tf.Tensor) };
    });
    return f(x) as tf.Tensor<R>;
  }
}
