import * as tf from '@tensorflow/tfjs-core';
import type { NodeBackend, OperationAttribute } from './node-backend.ts';

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

/** TensorFlow's number of float32. */
const FLOAT32 = 1;

/**
 * The shape of an operation's output if it follows from the shapes of its inputs; undefined for the operations that a
 * recording runs. The expensive ones of a training step (products, softmax, elementwise, moving large tensors) are
 * here: recording a step then takes a fraction of running it. A wrong rule cannot go unnoticed: TensorFlow infers every
 * shape again when the graph first runs.
 * @param constant the values of a tensor that no recorded operation made
 */
export function outputShape(
  operation: string,
  attributes: readonly OperationAttribute[],
  inputs: readonly tf.Tensor[],
  constant: (tensor: tf.Tensor) => readonly number[] | undefined,
): readonly number[] | undefined {
  const [a, b] = inputs;
  const attribute = (name: string) => attributes.find((one) => one.name === name)?.value;
  if (a === undefined) return undefined;
  if (operation === 'Cast' && attribute('DstT') === FLOAT32) return a.shape;
  if (a.dtype !== 'float32') return undefined;
  if (likeFirst.has(operation)) return a.shape;
  if (operation === 'BiasAddGrad') return a.shape.slice(-1);
  if (operation === 'L2Loss') return [];
  if (operation === 'Pack') return a.shape.toSpliced(attribute('axis') as number, 0, inputs.length);
  if (b === undefined) return undefined;
  if (broadcast.has(operation)) return broadcastShape(a.shape, b.shape);
  const flag = (name: string) => attribute(name) === true;
  if (operation === 'MatMul' || operation === '_FusedMatMul')
    return productShape(a.shape, b.shape, flag('transpose_a'), flag('transpose_b'));
  if (operation === 'BatchMatMulV2') return productShape(a.shape, b.shape, flag('adj_x'), flag('adj_y'));
  if (operation === 'Transpose') return constant(b)?.map((axis) => a.shape[axis] as number);
  if (operation === 'Reshape') return reshaped(a.size, constant(b));
  if (operation === 'Sum' || operation === 'Mean') return reducedShape(a.shape, constant(b), flag('keep_dims'));
  if (operation === 'GatherNd') return [...b.shape.slice(0, -1), ...a.shape.slice(b.shape.at(-1))];
  if (operation === 'ConcatV2') return joinedShape(inputs.slice(0, -1), constant(inputs.at(-1) as tf.Tensor)?.[0]);
  // along the first axis, as in `gatherRows`
  if (operation === 'GatherV2' && attribute('batch_dims') === 0) return [...b.shape, ...a.shape.slice(1)];
  if (operation === 'PadV2') return paddedShape(a.shape, constant(b));
  if (operation === 'UnsortedSegmentSum' && inputs[2] !== undefined) {
    const rows = constant(inputs[2]);
    return rows === undefined ? undefined : [...rows, ...a.shape.slice(b.rank)];
  }
  if (operation === 'Slice' && inputs[2] !== undefined) return constant(inputs[2]);
  return undefined;
}

/** The same for operations with several outputs. */
export function outputShapes(
  operation: string,
  attributes: readonly OperationAttribute[],
  inputs: readonly tf.Tensor[],
  count: number,
  constant: (tensor: tf.Tensor) => readonly number[] | undefined,
): readonly (readonly number[])[] | undefined {
  const [a, b, c] = inputs;
  if (a === undefined || a.dtype !== 'float32') return undefined;
  if (operation.startsWith('Attn')) return kernelShapes(operation, attributes, inputs);
  if (operation === 'CudnnRNNV3' && b !== undefined && c !== undefined) {
    const [length, batch] = a.shape as [number, number];
    const [directions, , size] = b.shape as [number, number, number];
    // the size of the last two is known only to cuDNN: they go from it to its gradient
    return [[length, batch, directions * size], b.shape, c.shape, [0], [0]];
  }
  if (operation === 'CudnnRNNBackpropV3') return inputs.slice(0, 4).map(({ shape }) => shape);
  if (operation === 'Unpack') {
    const axis = attributes.find(({ name }) => name === 'axis')?.value as number;
    return new Array(count).fill(a.shape.toSpliced(axis, 1));
  }
  if (operation !== 'SplitV' || b === undefined || c === undefined) return undefined;
  const axis = constant(c)?.[0];
  return axis === undefined ? undefined : constant(b)?.map((size) => a.shape.with(axis, size));
}

/**
 * The output shapes of the custom operations. The size of what is passed from one to its gradient, and of packed
 * weights, is known only to the kernels.
 */
function kernelShapes(
  operation: string,
  attributes: readonly OperationAttribute[],
  inputs: readonly tf.Tensor[],
): readonly (readonly number[])[] | undefined {
  const [a, b, c, d, e, w, u] = inputs.map(({ shape }) => shape) as Seven;
  if (operation.startsWith('AttnGruGrad_')) return [b, c, d, e, d.slice(0, 1), d.slice(0, 1)];
  if (operation.startsWith('AttnGru_')) return [[...a.slice(0, 2), ...c.slice(1)], [0]];
  if (operation.startsWith('AttnLstmGrad_')) return [b, d, e, w, u, w.slice(0, 1)];
  if (operation.startsWith('AttnLstm_')) {
    const [length, batch] = a as [number, number];
    const size = c[1] as number;
    return [[length + 1, batch, size], [length, batch, size], [0]];
  }
  if (operation.startsWith('AttnLoss_')) return [[2], a, b, c];
  if (operation.startsWith('AttnDropout_')) return [a];
  if (operation.startsWith('AttnNorm_')) return [a, [a[0] as number, 2]];
  if (operation.startsWith('AttnNormGrad_')) return [b, d, d];
  const rows = a[0] as number;
  if (operation.startsWith('AttnPack_')) return [[0]];
  if (operation.startsWith('AttnLinear_')) return [[rows, ...c]];
  if (operation.startsWith('AttnGruStep_')) return [b];
  if (operation.startsWith('AttnSource_')) return [a, [rows, ...b.slice(1, 3)]];
  if (operation.startsWith('AttnWords_')) {
    const cache = [rows, ...b.slice(1)];
    return [[rows, (a[1] as number) / 3], cache, cache];
  }
  if (operation.startsWith('AttnBest_')) {
    const k = attributes.find(({ name }) => name === 'k')?.value as number;
    return [
      [rows, k],
      [rows, k],
    ];
  }
  return undefined;
}

type Seven = [number[], number[], number[], number[], number[], number[], number[]];

/**
 * A float32 tensor with a shape and no values yet: zeros are created if an operation that is really run asks for them.
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
    // counted from the last axis; a missing axis is 1
    const [x, y] = [a.at(i - rank) ?? 1, b.at(i - rank) ?? 1];
    return x === 1 ? y : x;
  });
}

function reducedShape(
  shape: readonly number[],
  axes: readonly number[] | undefined,
  keep: boolean,
): readonly number[] | undefined {
  if (axes === undefined) return undefined;
  return shape.flatMap((size, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [size]));
}

/** A shape in which -1 stands for the rest. */
function reshaped(size: number, shape: readonly number[] | undefined): readonly number[] | undefined {
  const known = shape?.reduce((product, n) => (n < 0 ? product : product * n), 1) ?? 1;
  return shape?.map((n) => (n < 0 ? size / known : n));
}

/** @param paddings before and after each axis, one after the other */
function paddedShape(shape: readonly number[], paddings: readonly number[] | undefined): readonly number[] | undefined {
  return (
    paddings && shape.map((size, axis) => size + (paddings[2 * axis] as number) + (paddings[2 * axis + 1] as number))
  );
}

function joinedShape(parts: readonly tf.Tensor[], axis: number | undefined): readonly number[] | undefined {
  const first = parts[0]?.shape;
  if (axis === undefined || first === undefined) return undefined;
  const at = axis < 0 ? axis + first.length : axis;
  const size = parts.reduce((sum, { shape }) => sum + (shape[at] as number), 0);
  return first.with(at, size);
}
