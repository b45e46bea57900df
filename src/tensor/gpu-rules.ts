/**
 * What a recording for a GPU does otherwise than one for a processor. TensorFlow's GPU has int32 arithmetic in the host's
 * memory only: a step whose ids are on the card would wait for each to be copied there and back.
 */

/** Operations that move values without looking at them, with how many of their first inputs they move. */
export const moving: Readonly<Record<string, number>> = {
  Reshape: 1,
  ExpandDims: 1,
  Squeeze: 1,
  Slice: 1,
  StridedSlice: 1,
  SplitV: 1,
  Unpack: 1,
  Pack: Number.POSITIVE_INFINITY,
  // but the axis
  ConcatV2: -1,
};

/** Comparisons: of whole numbers as float32, exact up to 2^24. */
export const comparing = new Set(['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual']);

/** Operations whose whole numbers come out in the card's memory. */
export const integersOnCard = new Set(['Transpose', 'GatherV2', 'TopKV2', 'Cast']);

/** Outputs of cuDNN's layer from this one on are for its gradient alone, of types and sizes of its own. */
export const FIRST_RESERVED = 3;
