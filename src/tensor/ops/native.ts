import type { Tensor } from '@tensorflow/tfjs-core';
import { nodeBackend, type OperationAttribute } from '../node-backend.ts';

/** An attribute by its JavaScript value: a boolean, an integer, an element type, `{ text }` or `{ texts }`. */
export type NativeAttribute =
  | boolean
  | number
  | keyof typeof typeNumbers
  | { readonly text: string }
  | { readonly texts: readonly string[] };

const typeNumbers = { float32: 1, int32: 3, uint8: 4, bool: 10 } as const;

/**
 * Runs a TensorFlow operation that tfjs does not offer. Only if `onTensorFlow()` is true; every caller composes the
 * same result from tfjs operations for the other backends.
 */
export function native(
  operation: string,
  inputs: readonly Tensor[],
  attributes: Readonly<Record<string, NativeAttribute>>,
): Tensor {
  const backend = nodeBackend();
  const { binding } = backend;
  const list = Object.entries(attributes).map(([name, value]): OperationAttribute => {
    if (typeof value === 'boolean') return { name, type: binding.TF_ATTR_BOOL, value };
    if (typeof value === 'number') return { name, type: binding.TF_ATTR_INT, value };
    if (typeof value === 'string') return { name, type: binding.TF_ATTR_TYPE, value: typeNumbers[value] };
    return { name, type: binding.TF_ATTR_STRING, value: 'text' in value ? value.text : value.texts };
  });
  return backend.executeSingleOutput(operation, list, [...inputs]);
}
