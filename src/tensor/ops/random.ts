import * as tf from '@tensorflow/tfjs-core';
import { onTensorFlow } from '../node-backend.ts';
import { target } from '../target.ts';
import { native } from './native.ts';
import { philoxBytes } from './philox.ts';
import { dropoutKernel } from './training-kernels.ts';

/**
 * The source of a step's random numbers: a seed that is fed at every step, and a counter that gives each call in the
 * step its own stream. Create one per step; the same seed gives the same numbers, compiled, eager or in another
 * process.
 */
export class StepRandom {
  readonly #seed: tf.Tensor;
  #calls = 0;

  /** @param seed int32 [2], from `randomSeed(run seed, purpose, step)` */
  constructor(seed: tf.Tensor) {
    this.#seed = seed;
  }

  /**
   * Dropout (Srivastava et al. 2014): zero with probability `rate`, the rest divided by `1 - rate`. One random byte
   * decides for each number, because random numbers cost more than the rest of a small layer: the rate is rounded to a
   * 256th.
   */
  dropout<R extends tf.Rank>(x: tf.Tensor<R>, rate: number): tf.Tensor<R> {
    const dropped = Math.min(Math.round(256 * rate), 255);
    if (dropped === 0) return x;
    const { kernels } = target();
    if (kernels !== undefined) return dropoutKernel(kernels, x, this.#seed, this.#calls++, dropped) as tf.Tensor<R>;
    const scale = tf.mul(tf.cast(this.#atLeast(dropped, x.shape), 'float32'), 256 / (256 - dropped));
    const f = tf.customGrad((input, save) => {
      (save as tf.GradSaveFunc)([scale]);
      return { value: tf.mul(input as tf.Tensor, scale), gradFunc: (dy, saved) => tf.mul(dy, saved[0] as tf.Tensor) };
    });
    return f(x) as tf.Tensor<R>;
  }

  /** Which of the random bytes are at least `limit`: TensorFlow's StatelessRandomUniformFullInt (Philox 4x32-10). */
  #atLeast(limit: number, shape: readonly number[]): tf.Tensor {
    const size = shape.reduce((product, n) => product * n, 1);
    const seed = tf.add(this.#seed, tf.tensor1d([0, this.#calls++], 'int32'));
    if (!onTensorFlow()) {
      const [first, second] = seed.dataSync() as Int32Array;
      const kept = philoxBytes(size, first as number, second as number).map((byte) => (byte >= limit ? 1 : 0));
      return tf.tensor(kept, [...shape], 'bool');
    }
    const count = tf.tensor1d([Math.ceil(size / 4)], 'int32');
    const words = native('StatelessRandomUniformFullInt', [count, seed], {
      dtype: 'int32',
      T: 'int32',
      Tseed: 'int32',
    });
    const bytes = native('Bitcast', [words], { T: 'int32', type: 'uint8' });
    const least = native('Cast', [tf.scalar(limit, 'int32')], { SrcT: 'int32', DstT: 'uint8' });
    const kept = tf.reshape(native('GreaterEqual', [bytes, least], { T: 'uint8' }), [-1]);
    return tf.reshape(size % 4 === 0 ? kept : tf.slice(kept, 0, size), [...shape]);
  }
}
