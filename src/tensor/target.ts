import type { Tensor } from '@tensorflow/tfjs-core';
import type { Kernels } from './kernel-variant.ts';
import type { HostTensor } from './session.ts';

/** The target of a recording. Operations check it where a GPU needs other operations than a CPU. */
export interface Target {
  /** Whether the recorded graph will run on a GPU. */
  readonly gpu: boolean;
  /** Whether it may use operations of NVIDIA's cuDNN, which need a GPU. */
  readonly cudnn: boolean;
  /** Whether products are recorded in bfloat16. */
  readonly half: boolean;
  /** The custom operations that the recorded graph may use. */
  readonly kernels: Kernels | undefined;
  /**
   * A tensor that the host computes from an input before every call, or undefined if `of` is not an input of the step.
   * For values that a GPU's operations need in host memory: reading them back from the GPU would make the host wait.
   */
  fromInput(of: Tensor, shape: readonly number[], make: (input: HostTensor) => Int32Array): Tensor | undefined;
  /** The values of a tensor that the step does not compute, the same at every call; undefined for all others. */
  constant(tensor: Tensor): ArrayLike<number> | undefined;
}

const eager: Target = {
  ...{ gpu: false, cudnn: false, half: false, kernels: undefined },
  fromInput: () => undefined,
  constant: () => undefined,
};

let current = eager;

/** The current target; a neutral one while operations run eagerly. */
export function target(): Target {
  return current;
}

/** Runs `action`, recording for `target`. */
export function recordedFor<T>(target: Target, action: () => T): T {
  const before = current;
  current = target;
  try {
    return action();
  } finally {
    current = before;
  }
}
