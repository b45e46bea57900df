/** Which operations `--precision bfloat16` runs in half precision. */

/**
 * The products that run in half precision with `bfloat16`. Not the batched one: attention's matrices are so small that
 * casting them costs more than it saves.
 */
export const processorProducts = new Set(['MatMul', '_FusedMatMul']);

/**
 * Operations that accept a half-precision product directly, with the name of the attribute that declares it: the output
 * layer and its loss, whose logits are the largest tensor of a training step. float32 would gain nothing here, because
 * the product has already lost the precision.
 */
export const stayOnProcessor: Readonly<Record<string, string>> = {
  BiasAdd: 'T',
  Softmax: 'T',
  GatherNd: 'Tparams',
  TensorScatterSub: 'T',
};

/**
 * The products on a GPU: all of them, because casting in between costs more than it saves. Their results stay bfloat16
 * for the operations that accept it.
 */
export const products = new Set(['MatMul', '_FusedMatMul', 'BatchMatMulV2', 'CudnnRNNV3', 'CudnnRNNBackpropV3']);

/** Operations that run in bfloat16 if all their inputs are, with the attribute that declares it. Sums stay float32. */
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
