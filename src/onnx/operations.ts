import type { OnnxGraph, Value } from './graph.ts';

/** Arithmetic in ONNX graphs under the names that layers use. A number may be given instead of a value. */
export function operations(graph: OnnxGraph) {
  const value = (x: Value | number) => (typeof x === 'number' ? graph.scalar(x) : x);
  const binary = (type: string) => (a: Value | number, b: Value | number) => graph.node(type, [value(a), value(b)]);
  const unary = (type: string) => (x: Value) => graph.node(type, [x]);
  const transposed = (name: string) => graph.node('Transpose', [graph.parameter(name)], { perm: [1, 0] });
  const [add, sub, mul, matmul, min, max] = [
    ...[binary('Add'), binary('Sub'), binary('Mul'), binary('MatMul'), binary('Min'), binary('Max')],
  ] as [Binary, Binary, Binary, Binary, Binary, Binary];
  const reshape = (x: Value, shape: readonly number[]) => graph.node('Reshape', [x, graph.integers(shape)]);
  return {
    ...{ add, sub, mul, matmul, min, max, reshape },
    tanh: unary('Tanh'),
    sigmoid: unary('Sigmoid'),
    softmax: (x: Value) => graph.node('Softmax', [x], { axis: -1 }),
    transpose: (x: Value, perm: readonly number[]) => graph.node('Transpose', [x], { perm }),
    concat: (xs: readonly Value[], axis: number) => graph.node('Concat', xs, { axis }),
    unsqueeze: (x: Value, axis: number) => graph.node('Unsqueeze', [x, graph.integers([axis])]),
    squeeze: (x: Value, axis: number) => graph.node('Squeeze', [x, graph.integers([axis])]),
    gather: (table: Value, ids: Value) => graph.node('Gather', [table, ids], { axis: 0 }),
    toFloat: (x: Value) => graph.node('Cast', [x], { to: 1 }),
    /** One size of a value's shape, int64 [1]. */
    size: (x: Value, axis: number) => graph.node('Shape', [x], { start: axis, end: axis + 1 }),
    sum: (x: Value, axis: number) => graph.node('ReduceSum', [x, graph.integers([axis])], { keepdims: 1 }),
    /** `x W^T`, with a bias if requested. @param name of the layer */
    linear: (x: Value, name: string, bias = false) => {
      const product = matmul(x, transposed(`${name}.weight`));
      return bias ? add(product, graph.parameter(`${name}.bias`)) : product;
    },
    /** `x W^T` for a parameter's name. */
    project: (x: Value, weight: string) => matmul(x, transposed(weight)),
  };
}

type Binary = (a: Value | number, b: Value | number) => Value;

export type Operations = ReturnType<typeof operations>;
