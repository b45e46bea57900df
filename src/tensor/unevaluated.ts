import * as tf from '@tensorflow/tfjs-core';
import type { NodeBackend, OperationAttribute } from './backend.ts';

/** Operations whose output has the shape and type of their first input. */
const likeFirst = new Set([
  ...['Softmax', 'Sigmoid', 'Tanh', 'Exp', 'Log', 'Neg', 'Square', 'Sqrt', 'Rsqrt', 'Relu', 'Erf', 'LogicalNot'],
  ...['SigmoidGrad', 'TanhGrad', 'ReluGrad', 'BiasAdd', 'TensorScatterSub', 'AddN'],
]);

/** Operations of two inputs whose output has the shape that both broadcast to. */
const broadcast = new Set([
  'Add',
  'AddV2',
  'Sub',
  'Mul',
  'Div',
  'RealDiv',
  'Maximum',
  'Minimum',
  'Pow',
  'SquaredDifference',
]);

/**
 * The shape of an operation's output where it follows from the shapes of its inputs; undefined for the operations that a
 * recording runs. What costs time in a training step (products, softmax, elementwise) is here: recording a step then
 * takes a fraction of running it. A wrong rule cannot pass unnoticed: TensorFlow infers every shape again on import.
 */
export function outputShape(
  operation: string,
  attributes: readonly OperationAttribute[],
  inputs: readonly tf.Tensor[],
): readonly number[] | undefined {
  const [a, b] = inputs;
  if (a === undefined || a.dtype !== 'float32') return undefined;
  if (likeFirst.has(operation)) return a.shape;
  if (b === undefined) return undefined;
  if (broadcast.has(operation)) return broadcastShape(a.shape, b.shape);
  const flag = (name: string) => attributes.find((attribute) => attribute.name === name)?.value === true;
  if (operation === 'MatMul') return productShape(a.shape, b.shape, flag('transpose_a'), flag('transpose_b'));
  if (operation === 'BatchMatMulV2') return productShape(a.shape, b.shape, flag('adj_x'), flag('adj_y'));
  return undefined;
}

/**
 * A float32 tensor with a shape and no values yet: zeros are made if an operation that is really run asks for them.
 */
export function unevaluated(backend: NodeBackend, shape: readonly number[]): tf.Tensor {
  const dataId = {};
  let values: Float32Array | null | undefined;
  backend.tensorMap.set(dataId, {
    shape: [...shape],
    dtype: backend.getDTypeInteger('float32'),
    id: -1,
    refCount: 1,
    get values() {
      if (values === undefined) values = new Float32Array(shape.reduce((size, n) => size * n, 1));
      return values;
    },
    set values(value) {
      values = value;
    },
  });
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype: 'float32' });
}

function productShape(a: readonly number[], b: readonly number[], transposeA: boolean, transposeB: boolean): number[] {
  const rows = a.at(transposeA ? -1 : -2) as number;
  const columns = b.at(transposeB ? -2 : -1) as number;
  return [...broadcastShape(a.slice(0, -2), b.slice(0, -2)), rows, columns];
}

function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    // counted from the last axis; an axis that is missing is 1
    const [x, y] = [a.at(i - rank) ?? 1, b.at(i - rank) ?? 1];
    return x === 1 ? y : x;
  });
}
