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
  }
}

let fixed = false;

/**
 * The gradient of a row lookup: sums the rows of each id. A loop in JavaScript, because there is no such wasm kernel.
 */
function unsortedSegmentSum({ inputs, attrs, backend }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
  const { numSegments } = attrs as unknown as { numSegments: number };
  const wasm = backend as unknown as {
    typedArrayFromHeap(info: tf.TensorInfo): Float32Array | Int32Array;
    makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  };
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

/** The wasm product with a transposed operand is 7 to 15 times slower than transposing first. */
function transposeFirst(kernelName: string): void {
  const original = tf.getKernel(kernelName, 'wasm');
  if (original === undefined) return;
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...original,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const { transposeA, transposeB } = call.attrs as unknown as { transposeA: boolean; transposeB: boolean };
      const flippedA = transposeA ? transposed(a, call.backend as object) : a;
      const flippedB = transposeB ? transposed(b, call.backend as object) : b;
      const result = original.kernelFunc({
        ...call,
        inputs: { ...call.inputs, a: flippedA, b: flippedB },
        attrs: { ...call.attrs, transposeA: false, transposeB: false },
      });
      for (const [flipped, given] of [
        [flippedA, a],
        [flippedB, b],
      ] as const) {
        if (flipped !== given) (call.backend as { disposeData(id: object): void }).disposeData(flipped.dataId);
      }
      return result;
    },
  });
}

function transposed(x: tf.TensorInfo, backend: object): tf.TensorInfo {
  const rank = x.shape.length;
  const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
  const kernel = tf.getKernel(tf.Transpose, 'wasm');
  return kernel.kernelFunc({ inputs: { x }, attrs: { perm }, backend }) as tf.TensorInfo;
}
