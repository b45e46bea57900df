import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';

const require = createRequire(import.meta.url);

/**
 * The value of a function and the gradient of the sum of its components by every parameter.
 * @param f takes the parameters by name and returns a vector [K]: an objective, and further values without a gradient
 */
export function valueAndGradients(
  f: (parameters: Readonly<Record<string, tf.Tensor>>) => tf.Tensor1D,
  parameters: Readonly<Record<string, tf.Tensor>>,
): { value: tf.Tensor1D; gradients: Record<string, tf.Tensor> } {
  // tfjs-core has no gradients; all of tfjs registers them, which would delay translating
  if (tf.getGradient(tf.Reshape) === undefined) require('@tensorflow/tfjs');
  const names = Object.keys(parameters);
  const named = (tensors: readonly tf.Tensor[]) =>
    Object.fromEntries(names.map((name, i) => [name, tensors[i] as tf.Tensor]));
  const { value, grads } = tf.valueAndGrads((...tensors) => f(named(tensors)))(Object.values(parameters));
  return { value: value as tf.Tensor1D, gradients: named(grads) };
}
