import type { Tensor } from '@tensorflow/tfjs-core';

/** Parameters (or their gradients, or a model's memory) by name, as in a PyTorch state dict. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** The parameter with a name. Throws if the model never declared it. */
export function parameter(parameters: Tensors, name: string): Tensor {
  const tensor = parameters[name];
  if (tensor === undefined) throw new Error(`there is no parameter ${name}`);
  return tensor;
}

/** The number of parameters of a model, without the excluded names. */
export function countParameters(
  table: Readonly<Record<string, { readonly shape: readonly number[] }>>,
  leftOut: ReadonlySet<string> = new Set(),
): number {
  return Object.entries(table)
    .filter(([name]) => !leftOut.has(name))
    .reduce((sum, [, { shape }]) => sum + shape.reduce((size, n) => size * n, 1), 0);
}
