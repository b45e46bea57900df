import * as tf from '@tensorflow/tfjs-core';
import type { DeviceTensor, HostTensor } from './session.ts';
import { type CompiledStep, callable, dtypeOf, type Inputs, type StepFunction, type StepMaker } from './step.ts';
import { checkShapes, shapesOf, type Variables } from './variables.ts';

/** The functions of a runtime without compilation, on any tfjs backend; they do not need Node. */
export function eagerSteps(): StepMaker {
  const made: EagerVariables[] = [];
  return {
    variables: async (initial) => {
      const variables = new EagerVariables(initial);
      made.push(variables);
      return variables;
    },
    compile: (fn, state) => {
      if (state !== undefined && !(state instanceof EagerVariables)) throw new Error('variables of another runtime');
      return eagerStep(fn, state);
    },
    close: () => {
      for (const variables of made) variables.dispose();
    },
  };
}

/** A step that runs eagerly at every call: the reference for compiled steps, and the only way without TensorFlow. */
export function eagerStep(fn: StepFunction, variables: EagerVariables | undefined): CompiledStep {
  const runOnDevice = async (inputs: Inputs, stay: readonly string[] = []): Promise<Record<string, DeviceTensor>> => {
    const assigned = new Map<string, tf.Tensor>();
    const results = tf.tidy(() => {
      const tensors: Record<string, tf.Tensor> = {};
      for (const [name, value] of Object.entries(inputs)) {
        tensors[name] =
          value instanceof EagerTensor ? value.tensor : tf.tensor(hostData(value), [...value.shape], dtypeOf(value));
      }
      const outputs = fn(tensors, {
        fused: false,
        variable: (name) => {
          const tensor = variables?.tensor(name);
          if (tensor === undefined) throw new Error(`there is no variable ${name}`);
          return tensor;
        },
        assign: (name, value) => void assigned.set(name, value),
        updateInPlace: (operation) => {
          throw new Error(`${operation} needs a TensorFlow session`);
        },
        changeInPlace: (operation) => {
          throw new Error(`${operation} needs a TensorFlow session`);
        },
        together: (values) => values,
      });
      // clones, because a function may return an input or a variable, or assign an output
      for (const [name, value] of assigned) assigned.set(name, tf.keep(value.clone()));
      return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, tf.keep(value.clone())]));
    });
    for (const [name, value] of assigned) variables?.replace(name, value);
    const tensors = Object.entries(results).map(([name, tensor]) => [name, new EagerTensor(tensor)] as const);
    if (tf.getBackend() === 'webgpu') {
      // WebGPU has no way to wait for values: those that will be read are fetched here
      const read = tensors.filter(([name]) => !stay.some((prefix) => name.startsWith(prefix)));
      await Promise.all(read.map(([, tensor]) => tensor.fetch()));
    }
    return Object.fromEntries(tensors);
  };
  return callable(runOnDevice);
}

class EagerTensor implements DeviceTensor {
  readonly tensor: tf.Tensor;
  #values: Float32Array | Int32Array | Uint8Array | undefined;

  constructor(tensor: tf.Tensor) {
    this.tensor = tensor;
  }

  get shape(): readonly number[] {
    return this.tensor.shape;
  }

  get dtype(): 'float32' | 'int32' {
    return this.tensor.dtype === 'int32' ? 'int32' : 'float32';
  }

  /** Copies the values out, for `read`. */
  async fetch(): Promise<void> {
    this.#values = await this.tensor.data();
  }

  read(): HostTensor {
    const values = this.#values ?? this.tensor.dataSync();
    return {
      shape: this.tensor.shape,
      data: this.dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values),
    };
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

/** Variables as tfjs tensors, for eager steps. */
export class EagerVariables implements Variables {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly #tensors = new Map<string, tf.Tensor>();

  constructor(initial: Readonly<Record<string, HostTensor>>) {
    this.shapes = shapesOf(initial);
    for (const [name, value] of Object.entries(initial)) this.#set(name, value);
  }

  /** The tensor of a variable; the caller must not dispose of it. */
  tensor(name: string): tf.Tensor {
    return this.#tensors.get(name) as tf.Tensor;
  }

  /** Replaces a variable's tensor; the new one is kept, the old one disposed. */
  replace(name: string, value: tf.Tensor): void {
    const old = this.#tensors.get(name);
    this.#tensors.set(name, tf.keep(value));
    old?.dispose();
  }

  async read(names: readonly string[] = Object.keys(this.shapes)): Promise<Record<string, HostTensor>> {
    const result: Record<string, HostTensor> = {};
    for (const name of names) {
      const tensor = this.tensor(name);
      result[name] = { shape: tensor.shape, data: Float32Array.from(await tensor.data()) };
    }
    return result;
  }

  async write(values: Readonly<Record<string, HostTensor>>): Promise<void> {
    checkShapes(this.shapes, values);
    for (const [name, value] of Object.entries(values)) this.#set(name, value);
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }

  #set(name: string, value: HostTensor): void {
    this.replace(name, tf.tensor(value.data.slice(), [...value.shape], 'float32'));
  }
}

function hostData(value: HostTensor | DeviceTensor): Float32Array | Int32Array {
  return 'data' in value ? value.data : value.read().data;
}
