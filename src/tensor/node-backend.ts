import * as tf from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation, in the form of tfjs-node's binding. */
export interface OperationAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** tfjs-node's record of a tensor: `id` is TensorFlow's, -1 while there are only `values`. */
export interface NodeTensor {
  readonly shape: number[];
  readonly dtype: number;
  id: number;
  refCount: number;
  values: Float32Array | null;
}

/** The part of tfjs-node's backend that attn uses: all of its kernels end in one of the two calls. */
export interface NodeBackend {
  readonly binding: {
    readonly TF_Version: string;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_INT: number;
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_SHAPE: number;
  };
  executeSingleOutput(name: string, attributes: OperationAttribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: OperationAttribute[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
  /** Its record of each tensor; `values` are those not yet passed to TensorFlow. */
  readonly tensorMap: { set(dataId: object, info: NodeTensor): void };
  getDTypeInteger(dtype: string): number;
  readSync(dataId: object): Float32Array | Int32Array | Uint8Array;
}

/** tfjs-node's backend. Throws if another backend is in use: its callers check first. */
export function nodeBackend(): NodeBackend {
  if (tf.getBackend() !== 'tensorflow') throw new Error('TensorFlow is not the backend in use');
  return tf.backend() as unknown as NodeBackend;
}

/** Whether TensorFlow's own operations can be called. */
export function onTensorFlow(): boolean {
  return tf.getBackend() === 'tensorflow';
}
