import type { Tensor } from '@tensorflow/tfjs-core';
import type { HostTensor } from './session.ts';

/** What a step is being recorded for. Operations look at it where a GPU wants other operations than a processor. */
export interface Target {
  /** Whether the recorded graph will run on a GPU. */
  readonly gpu: boolean;
  /** Whether it may use operations of NVIDIA's cuDNN, which no processor has. */
  readonly cudnn: boolean;
  /** Whether products are recorded in bfloat16. */
  readonly half: boolean;
  /**
   * A tensor that the host computes from an input before every call, or undefined where `of` is no input of the step.
   * For what a GPU's operations want in the host's memory: read back from the card, it would make the host wait for it.
   */
  fromInput(of: Tensor, shape: readonly number[], make: (input: HostTensor) => Int32Array): Tensor | undefined;
}

const eager: Target = { gpu: false, cudnn: false, half: false, fromInput: () => undefined };

let current = eager;

/** What is being recorded for; nothing in particular while operations run eagerly. */
export function target(): Target {
  return current;
}

/** Runs `action` with what it records meant for `target`. */
export function recordedFor<T>(target: Target, action: () => T): T {
  const before = current;
  current = target;
  try {
    return action();
  } finally {
    current = before;
  }
}
