/**
 * How a recording for a GPU differs from one for a CPU. TensorFlow does int32 arithmetic on a GPU only in host memory:
 * a step with its ids on the GPU would wait for each to be copied there and back.
 */

/** Operations that move values without looking at them, with the number of leading inputs they move. */
export const moving: Readonly<Record<string, number>> = {
  Reshape: 1,
  ExpandDims: 1,
  Squeeze: 1,
  Slice: 1,
  StridedSlice: 1,
  SplitV: 1,
  Unpack: 1,
  Pack: Number.POSITIVE_INFINITY,
  // all but the axis
  ConcatV2: -1,
};

/** Comparisons: of integers as float32, exact up to 2^24. */
export const comparing = new Set(['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual']);

/** Operations whose integer results are in GPU memory. */
export const integersOnCard = new Set(['Transpose', 'GatherV2', 'TopKV2', 'Cast']);

/** Outputs of cuDNN's layer from this one on are only for its gradient, with internal types and sizes. */
export const FIRST_RESERVED = 3;
