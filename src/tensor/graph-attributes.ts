import { type Attribute, attribute } from './graph-def.ts';
import type { NodeBackend, OperationAttribute } from './node-backend.ts';

/** Converts an operation's attributes from tfjs-node's form to a graph's. */
export function graphAttributes(
  attributes: readonly OperationAttribute[],
  binding: NodeBackend['binding'],
): Record<string, Attribute> {
  const result: Record<string, Attribute> = {};
  for (const { name, type, value } of attributes) {
    if (type === binding.TF_ATTR_TYPE) {
      result[name] = Array.isArray(value) ? attribute.types(value) : attribute.type(value as number);
    } else if (type === binding.TF_ATTR_INT) {
      result[name] = Array.isArray(value) ? attribute.integers(value) : attribute.integer(value as number);
    } else if (type === binding.TF_ATTR_BOOL) {
      result[name] = attribute.boolean(value as boolean);
    } else if (type === binding.TF_ATTR_FLOAT) {
      result[name] = attribute.float(value as number);
    } else if (type === binding.TF_ATTR_STRING) {
      result[name] = Array.isArray(value) ? attribute.texts(value) : attribute.text(value as string);
    } else if (type === binding.TF_ATTR_SHAPE) {
      result[name] = attribute.shape(value as number[]);
    } else {
      throw new Error(`attribute ${name} has a type that the recorder does not know`);
    }
  }
  return result;
}
