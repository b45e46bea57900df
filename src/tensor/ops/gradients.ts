import * as tf from '@tensorflow/tfjs-core';

/**
 * A scalar function's value and its gradient by every parameter.
 * @param f takes the parameters by name
 */
export function valueAndGradients(
  f: (parameters: Readonly<Record<string, tf.Tensor>>) => tf.Scalar,
  parameters: Readonly<Record<string, tf.Tensor>>,
): { value: tf.Scalar; gradients: Record<string, tf.Tensor> } {
  const names = Object.keys(parameters);
  const named = (tensors: readonly tf.Tensor[]) =>
    Object.fromEntries(names.map((name, i) => [name, tensors[i] as tf.Tensor]));
  const { value, grads } = tf.valueAndGrads((...tensors) => f(named(tensors)))(Object.values(parameters));
  return { value: value as tf.Scalar, gradients: named(grads) };
}
