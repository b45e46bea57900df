import type { Tensor } from '@tensorflow/tfjs-core';
import { nodeBackend, type OperationAttribute } from '../node-backend.ts';

/** An attribute by its JavaScript value: a boolean, an integer, `{ float }`, an element type, `{ text }` or `{ texts }`. */
export type NativeAttribute =
  | boolean
  | number
  | { readonly float: number }
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
  return nodeBackend().executeSingleOutput(operation, listOf(attributes), [...inputs]);
}

/** The same for an operation with several outputs. */
export function nativeOutputs(
  operation: string,
  inputs: readonly Tensor[],
  attributes: Readonly<Record<string, NativeAttribute>>,
  outputs: number,
): Tensor[] {
  return nodeBackend().executeMultipleOutputs(operation, listOf(attributes), [...inputs], outputs);
}

function listOf(attributes: Readonly<Record<string, NativeAttribute>>): OperationAttribute[] {
  const { binding } = nodeBackend();
  return Object.entries(attributes).map(([name, value]): OperationAttribute => {
    if (typeof value === 'boolean') return { name, type: binding.TF_ATTR_BOOL, value };
    if (typeof value === 'number') return { name, type: binding.TF_ATTR_INT, value };
    if (typeof value === 'string') return { name, type: binding.TF_ATTR_TYPE, value: typeNumbers[value] };
    if ('float' in value) return { name, type: binding.TF_ATTR_FLOAT, value: value.float };
    return { name, type: binding.TF_ATTR_STRING, value: 'text' in value ? value.text : value.texts };
  });
}
