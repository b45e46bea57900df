/** Which operations `--precision bfloat16` runs in half precision. */

/**
 * The product that `bfloat16` runs in half precision. Not the batched one: attention's matrices are so small that casting
 * them costs more than it saves.
 */
export const PROCESSOR_PRODUCT = 'MatMul';

/**
 * Operations that take a product of half precision as it is, with the name of the attribute that says so: the output layer
 * and its loss, whose logits are the largest thing in a training step. What they would gain by float32, the product has
 * lost already.
 */
export const stayOnProcessor: Readonly<Record<string, string>> = {
  BiasAdd: 'T',
  Softmax: 'T',
  GatherNd: 'Tparams',
  TensorScatterSub: 'T',
};

/**
 * The products of a GPU: all, since casting around one there costs more than it saves. What they make stays bfloat16 for
 * the operations that take it.
 */
export const products = new Set(['MatMul', '_FusedMatMul', 'BatchMatMulV2', 'CudnnRNNV3', 'CudnnRNNBackpropV3']);

/** Operations that work in bfloat16 where all they are given is, with the attribute that says so. Sums stay float32. */
export const stay: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['BiasAdd', 'Softmax', 'Reshape', 'Transpose', 'ConcatV2', 'SplitV', 'Slice', 'Pack', 'Unpack', 'ExpandDims'],
      ...[
        'Tanh',
        'TanhGrad',
        'Sigmoid',
        'SigmoidGrad',
        'Relu',
        'ReluGrad',
        'Neg',
        'AddN',
        'Add',
        'AddV2',
        'Sub',
        'Mul',
      ],
    ].map((name) => [name, 'T']),
  ),
  GatherNd: 'Tparams',
};
