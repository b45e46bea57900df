import * as tf from '@tensorflow/tfjs-core';
import { nodeBackend, type OperationAttribute } from '../node-backend.ts';

/** The recurrent cells of NVIDIA's cuDNN, with PyTorch's formulas and order of gates. */
export type CudnnCell = 'gru' | 'lstm';

/** One direction of a layer: weight_ih [gH, I], weight_hh [gH, H], bias_ih [gH], bias_hh [gH]. */
export type DirectionWeights = readonly [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];

/** The input of a layer. */
export interface CudnnInput {
  readonly cell: CudnnCell;
  /** [L, B, I], time-major. */
  readonly x: tf.Tensor;
  /** h, and for an LSTM c, each [D, B, H] for D directions. */
  readonly initial: readonly tf.Tensor[];
  /** For each direction: forward, and backward if there are two. */
  readonly weights: readonly DirectionWeights[];
  /** The number of steps without padding in each row, at least 1, in host memory: int32 [B]. */
  readonly lengths: tf.Tensor;
}

/**
 * A recurrent layer computed by cuDNN: only in a graph for a GPU. Outputs at padding are 0; no gradient flows into it.
 * @returns h after every step [L, B, D * H], and the final states, each [D, B, H]
 */
export function cudnnLayer(input: CudnnInput): { readonly outputs: tf.Tensor; readonly last: readonly tf.Tensor[] } {
  register();
  const { cell, x, initial, weights, lengths } = input;
  const [h, c = tf.scalar(0)] = initial as readonly [tf.Tensor, tf.Tensor?];
  // cuDNN expects one vector: the matrices of both directions, then their biases
  const parts = [0, 2].flatMap((from) => weights.flatMap((direction) => direction.slice(from, from + 2)));
  const parameters = tf.concat(parts.map((part) => tf.reshape(part, [part.size])));
  const [outputs, lastH, lastC] = tf.engine().runKernel(
    KERNEL,
    { x, h, c, parameters, lengths },
    {
      cell,
      directions: weights.length,
    },
  ) as tf.Tensor[];
  const last = cell === 'lstm' ? [lastH, lastC] : [lastH];
  return { outputs: outputs as tf.Tensor, last: last as tf.Tensor[] };
}

const KERNEL = 'CudnnLayer';

interface Inputs {
  readonly x: tf.Tensor;
  readonly h: tf.Tensor;
  readonly c: tf.Tensor;
  readonly parameters: tf.Tensor;
  readonly lengths: tf.Tensor;
}

function attributesOf({ cell, directions }: { cell: CudnnCell; directions: number }): OperationAttribute[] {
  const { binding } = nodeBackend();
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: 1 },
    { name: 'rnn_mode', type: binding.TF_ATTR_STRING, value: cell },
    {
      name: 'direction',
      type: binding.TF_ATTR_STRING,
      value: directions === 2 ? 'bidirectional' : 'unidirectional',
    },
  ];
}

let registered = false;

/** Registers the layer with tfjs: an operation with several outputs and a gradient from all of them. */
function register(): void {
  if (registered) return;
  registered = true;
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs }) => {
      const { x, h, c, parameters, lengths } = inputs as unknown as Inputs;
      const attributes = attributesOf(attrs as never);
      // outputs, final h, final c, and what its gradient needs
      return nodeBackend().executeMultipleOutputs('CudnnRNNV3', attributes, [x, h, c, parameters, lengths], 5);
    },
  });
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ['x', 'h', 'c', 'parameters', 'lengths'],
    outputsToSave: [true, true, true, true, true],
    gradFunc: (dy, saved, attrs) => {
      const [x, h, c, parameters, lengths, outputs, lastH, lastC, reserved, hostReserved] = saved as tf.Tensor[];
      const [dOutputs, dLastH, dLastC] = dy as tf.Tensor[];
      const inputs = [x, h, c, parameters, lengths, outputs, lastH, lastC, dOutputs, dLastH, dLastC];
      const [dX, dH, dC, dParameters] = nodeBackend().executeMultipleOutputs(
        'CudnnRNNBackpropV3',
        attributesOf(attrs as never),
        [...inputs, reserved, hostReserved] as tf.Tensor[],
        4,
      );
      const gradients = { x: dX, h: dH, c: dC, parameters: dParameters };
      return Object.fromEntries(Object.entries(gradients).map(([name, value]) => [name, () => value as tf.Tensor]));
    },
  });
}
