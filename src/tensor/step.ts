import type * as tf from '@tensorflow/tfjs-core';
import type { Attribute } from './graph-def.ts';
import type { DeviceTensor, HostTensor } from './session.ts';
import type { Variables } from './variables.ts';

/** How a step function uses variables: it reads their values before the step, and assigns those after it. */
export interface Step {
  /** The value before the step. */
  variable(name: string): tf.Tensor;
  /** The value after the step. */
  assign(name: string, value: tf.Tensor): void;
  /** Whether `updateInPlace` is available, which needs TensorFlow's fused training operations. */
  readonly fused: boolean;
  /** A `ResourceApply...` operation over variables (the trained one first) and tensors, in the order of its inputs. */
  updateInPlace(operation: string, inputs: readonly (string | tf.Tensor)[]): void;
  /**
   * A custom operation that changes the values of variables where they are in memory. It runs after everything on which
   * `after` and its own inputs depend, so all that uses the variables' values before the step must be among that; and
   * nothing may keep a value that was read, as assigning it to another variable would.
   * @param inputs its inputs after the variables @returns its only output, a scalar
   */
  changeInPlace(
    operation: string,
    variables: readonly string[],
    inputs: readonly tf.Tensor[],
    attributes: Readonly<Record<string, Attribute>>,
    after: readonly tf.Tensor[],
  ): tf.Scalar;
  /**
   * Values for variables, where those kept together (`Runtime.variables`) become one value for their flat variable,
   * under its name; without flat variables the same values.
   */
  together(values: Readonly<Record<string, tf.Tensor>>): Readonly<Record<string, tf.Tensor>>;
}

/**
 * A function of tensors: inputs by name to outputs by name (float32 or int32). Compiled, it runs once for each new set
 * of input shapes; eagerly, at every call. So it may hold no state, read no values and make no random numbers.
 */
export type StepFunction = (inputs: Readonly<Record<string, tf.Tensor>>, step: Step) => Record<string, tf.Tensor>;

/** A step ready to be called. Calls of a step that changes variables may not overlap. */
export interface CompiledStep {
  /** Runs the step and returns copies of its outputs. */
  (inputs: Inputs): Promise<Record<string, HostTensor>>;
  /**
   * Runs the step and leaves its outputs inside the engine; dispose of each.
   * @param stay prefixes of the names of outputs that only later steps use: a GPU keeps them in its memory
   */
  runOnDevice(inputs: Inputs, stay?: readonly string[]): Promise<Record<string, DeviceTensor>>;
  /**
   * Runs the step once for each of several inputs, in sequence, and copies all outputs out at the end. On a GPU no step
   * waits for the host: the inputs are sent together, and the outputs, which must be small, are returned together.
   * @param meanwhile called for each step once it has started, to prepare what comes next
   */
  sequence(calls: readonly HostInputs[], meanwhile?: () => void): Promise<Record<string, HostTensor>[]>;
}

/** The inputs of a step, by name. */
export type Inputs = Readonly<Record<string, HostTensor | DeviceTensor>>;
export type HostInputs = Readonly<Record<string, HostTensor>>;

/** Creates variables and the steps that read and change them. */
export interface StepMaker {
  /**
   * Creates variables with these values.
   * @param together names of some that are updated together: a GPU keeps them, and their counterparts in every group,
   *   in one flat variable (`Step.together`), because starting an operation takes as long as running a small one
   */
  variables(initial: Readonly<Record<string, HostTensor>>, together?: readonly string[]): Promise<Variables>;
  /** Makes a step from a function; `state` are the variables it reads and changes. */
  compile(fn: StepFunction, state?: Variables, options?: { readonly hostInputs?: readonly string[] }): CompiledStep;
  /** Frees everything it created, after any running step. Never throws. */
  close(): void;
}

/** The other ways to call a step, derived from one. @param queued a sequence in one go, if the engine supports it */
export function callable(runOnDevice: CompiledStep['runOnDevice'], queued?: CompiledStep['sequence']): CompiledStep {
  const run = async (inputs: Inputs): Promise<Record<string, HostTensor>> => {
    const tensors = await runOnDevice(inputs);
    return Object.fromEntries(
      Object.entries(tensors).map(([name, tensor]) => {
        const value = tensor.read();
        tensor.dispose();
        return [name, value];
      }),
    );
  };
  const oneByOne = async (calls: readonly HostInputs[], meanwhile?: () => void) => {
    const results: Record<string, HostTensor>[] = [];
    for (const inputs of calls) {
      const running = run(inputs);
      // a failure of `meanwhile` is the visible one; a failure of this step surfaces where it is awaited
      running.catch(() => {});
      meanwhile?.();
      results.push(await running);
    }
    return results;
  };
  // for a single call, sending inputs and outputs separately is not worth it
  const sequence: CompiledStep['sequence'] = (calls, meanwhile) =>
    queued === undefined || calls.length === 1 ? oneByOne(calls, meanwhile) : queued(calls, meanwhile);
  return Object.assign(run, { runOnDevice, sequence });
}

/** The element type of a step's input. */
export function dtypeOf(value: HostTensor | DeviceTensor): 'float32' | 'int32' {
  if ('dtype' in value) return value.dtype;
  return value.data instanceof Int32Array ? 'int32' : 'float32';
}
