import * as tf from '@tensorflow/tfjs-core';

/**
 * Kernels that tfjs's WebAssembly backend lacks or that are slow there, composed of those it has. Called once, after
 * the backend is loaded.
 */
export function registerMissingKernels(): void {
  if (tf.getKernel(tf.UnsortedSegmentSum, 'wasm') === undefined) {
    tf.registerKernel({ kernelName: tf.UnsortedSegmentSum, backendName: 'wasm', kernelFunc: unsortedSegmentSum });
  }
  if (!fixed) {
    fixed = true;
    const products = [tf.BatchMatMul, tf._FusedMatMul] as const;
    for (const kernelName of products) transposeFirst(kernelName);
    copyRows();
  }
}

let fixed = false;

/**
 * The gradient of a row lookup: sums the rows of each id. A loop in JavaScript, because there is no such wasm kernel.
 */
function unsortedSegmentSum({ inputs, attrs, backend }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
  const { numSegments } = attrs as unknown as { numSegments: number };
  const wasm = backend as WasmBackend;
  const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
  // memory may move when the output is created, so views are taken afterwards
  const output = wasm.makeOutput(shape, x.dtype);
  const sums = wasm.typedArrayFromHeap(output);
  const rows = wasm.typedArrayFromHeap(x);
  const ids = wasm.typedArrayFromHeap(segmentIds);
  const width = rows.length / ids.length;
  sums.fill(0);
  ids.forEach((id, row) => {
    // TensorFlow drops rows with a negative id
    if (id < 0 || id >= numSegments) return;
    for (let i = 0; i < width; i++)
      sums[id * width + i] = (sums[id * width + i] as number) + (rows[row * width + i] as number);
  });
  return output;
}

/**
 * Makes a lookup of whole rows copy them. tfjs's own finds the place of every single number, and a search looks up all its
 * rows at every step: that was 40 % of a transformer's search.
 */
function copyRows(): void {
  const original = tf.getKernel(tf.GatherV2, 'wasm');
  if (original === undefined) return;
  tf.unregisterKernel(tf.GatherV2, 'wasm');
  tf.registerKernel({
    ...original,
    kernelFunc: (call) => {
      const { x, indices } = call.inputs as { x: tf.TensorInfo; indices: tf.TensorInfo };
      const { axis, batchDims } = call.attrs as { axis?: number; batchDims?: number };
      const copies = (axis ?? 0) === 0 && (batchDims ?? 0) === 0 && x.dtype === 'float32' && indices.dtype === 'int32';
      return copies ? rowsOf(x, indices, call.backend as WasmBackend) : original.kernelFunc(call);
    },
  });
}

function rowsOf(x: tf.TensorInfo, indices: tf.TensorInfo, backend: WasmBackend): tf.TensorInfo {
  const [count = 0, ...row] = x.shape;
  const width = tf.util.sizeFromShape(row);
  const wrong = backend.typedArrayFromHeap(indices).find((id) => id < 0 || id >= count);
  if (wrong !== undefined) throw new RangeError(`row ${wrong} of ${count}`);
  // memory may move when the output is created, so views are taken afterwards
  const output = backend.makeOutput([...indices.shape, ...row], x.dtype);
  const [to, from, ids] = [output, x, indices].map((info) => backend.typedArrayFromHeap(info)) as [
    Float32Array,
    Float32Array,
    Int32Array,
  ];
  ids.forEach((id, place) => {
    to.set(from.subarray(id * width, (id + 1) * width), place * width);
  });
  return output;
}

/** The part of tfjs's WebAssembly backend that is used here. */
interface WasmBackend {
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array | Int32Array;
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  /** Frees a tensor's memory unless others use it. @returns whether it did */
  disposeData(id: object, force?: boolean): boolean;
}

/**
 * A wasm product with a transposed operand is 7 to 15 times slower than transposing first. An operand that is used more
 * than once, like a weight at every step, is transposed once: the result is kept until the operand is disposed.
 */
function transposeFirst(kernelName: string): void {
  const original = tf.getKernel(kernelName, 'wasm');
  if (original === undefined) return;
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...original,
    kernelFunc: (call) => {
      const backend = call.backend as WasmBackend;
      const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const { transposeA, transposeB } = call.attrs as unknown as { transposeA: boolean; transposeB: boolean };
      const flippedA = transposeA ? transposed(a, backend) : a;
      const flippedB = transposeB ? (keptTransposed(b, backend) ?? transposed(b, backend)) : b;
      const result = original.kernelFunc({
        ...call,
        inputs: { ...call.inputs, a: flippedA, b: flippedB },
        attrs: { ...call.attrs, transposeA: false, transposeB: false },
      });
      for (const [flipped, given] of [
        [flippedA, a],
        [flippedB, b],
      ] as const) {
        if (flipped !== given && !isKept(given, flipped)) backend.disposeData(flipped.dataId);
      }
      return result;
    },
  });
}

/** Operands by their data: undefined after the first product, then with their transposed form. */
const operands = new WeakMap<object, tf.TensorInfo | undefined>();

/** The transposed form of an operand that was used before; undefined the first time. */
function keptTransposed(x: tf.TensorInfo, backend: WasmBackend): tf.TensorInfo | undefined {
  if (!operands.has(x.dataId)) {
    operands.set(x.dataId, undefined);
    return undefined;
  }
  const shape = x.shape.toSpliced(-2, 2, ...x.shape.slice(-2).reverse());
  const known = operands.get(x.dataId);
  if (known !== undefined) return known.shape.join() === shape.join() ? known : undefined;
  freeTogether(backend);
  const made = transposed(x, backend);
  operands.set(x.dataId, made);
  return made;
}

function isKept(given: tf.TensorInfo, flipped: tf.TensorInfo): boolean {
  return operands.get(given.dataId) === flipped;
}

const watched = new WeakSet<WasmBackend>();

/** Makes a backend free a transposed form together with its operand. */
function freeTogether(backend: WasmBackend): void {
  if (watched.has(backend)) return;
  watched.add(backend);
  const dispose = backend.disposeData.bind(backend);
  backend.disposeData = (id, force) => {
    const gone = dispose(id, force);
    const kept = operands.get(id);
    if (gone && kept !== undefined) {
      operands.delete(id);
      dispose(kept.dataId, true);
    }
    return gone;
  };
}

function transposed(x: tf.TensorInfo, backend: object): tf.TensorInfo {
  const rank = x.shape.length;
  const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
  const kernel = tf.getKernel(tf.Transpose, 'wasm');
  return kernel.kernelFunc({ inputs: { x }, attrs: { perm }, backend }) as tf.TensorInfo;
}
