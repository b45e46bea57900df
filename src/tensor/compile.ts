import * as tf from '@tensorflow/tfjs-core';
import { releaseFreeMemory } from './allocator.ts';
import { nodeBackend } from './backend.ts';
import { type Attribute, attribute, dataTypes } from './graph-def.ts';
import { Recorder, type RecordingOptions } from './recorder.ts';
import { type Held, HeldTensor, type HostTensor, type Session } from './session.ts';
import { unevaluated } from './unevaluated.ts';
import type { EagerVariables, SessionVariables } from './variables.ts';

/** What a step function may do with the variables: read them as they were before the step, and say what they become. */
export interface Step {
  /** The value before the step. */
  variable(name: string): tf.Tensor;
  /** The value after the step. */
  assign(name: string, value: tf.Tensor): void;
  /** Whether `updateInPlace` can be used: TensorFlow's fused training operations exist here. */
  readonly fused: boolean;
  /** A `ResourceApply...` operation over variables (first the one it trains) and tensors, in the order of its inputs. */
  updateInPlace(operation: string, inputs: readonly (string | tf.Tensor)[]): void;
}

/**
 * A function of tensors: inputs by name to outputs by name (float32 or int32). It runs once for each new set of input
 * shapes when compiled, at every call when eager, so it may hold no state, read no values and make no random numbers.
 */
export type StepFunction = (inputs: Readonly<Record<string, tf.Tensor>>, step: Step) => Record<string, tf.Tensor>;

/** A step ready to be called. Calls of one step may not overlap where it changes variables. */
export interface CompiledStep {
  /** Runs the step and copies its outputs out. */
  (inputs: Readonly<Record<string, HostTensor | Held>>): Promise<Record<string, HostTensor>>;
  /** Runs the step and leaves its outputs inside the engine; dispose of each. */
  hold(inputs: Readonly<Record<string, HostTensor | Held>>): Promise<Record<string, Held>>;
}

let recordings = 0;

/** A step recorded into a session: once for each set of input shapes, when it is first met. */
export function compileInSession(
  session: Session,
  fn: StepFunction,
  variables: SessionVariables | undefined,
  options: RecordingOptions,
): CompiledStep {
  const recorded = new Map<string, Recorded>();
  const hold = async (inputs: Readonly<Record<string, HostTensor | Held>>): Promise<Record<string, Held>> => {
    const key = signature(inputs);
    let graph = recorded.get(key);
    const isNew = graph === undefined;
    if (graph === undefined) {
      graph = record(session, fn, variables, inputs, options);
      recorded.set(key, graph);
    }
    const feeds: Record<string, HostTensor | HeldTensor> = {};
    for (const [name, value] of Object.entries(inputs)) {
      if (!(value instanceof HeldTensor) && !('data' in value))
        throw new Error(`input ${name} belongs to another engine`);
      const placeholder = graph.placeholders[name];
      // an input that the function never used is not in the graph
      if (placeholder !== undefined) feeds[placeholder] = value;
    }
    const names = Object.keys(graph.outputs);
    const results = await session.run(feeds, Object.values(graph.outputs), graph.targets);
    if (isNew) releaseFreeMemory();
    return Object.fromEntries(names.map((name, i) => [name, results[i] as HeldTensor]));
  };
  return callable(hold);
}

interface Recorded {
  readonly placeholders: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly targets: readonly string[];
}

function record(
  session: Session,
  fn: StepFunction,
  variables: SessionVariables | undefined,
  inputs: Readonly<Record<string, HostTensor | Held>>,
  options: RecordingOptions,
): Recorded {
  const recorder = new Recorder(`step_${recordings++}`, options);
  const { graph } = recorder;
  const placeholders: Record<string, string> = {};
  const outputs: Record<string, string> = {};
  const targets: string[] = [];
  tf.tidy(() => {
    const tensors: Record<string, tf.Tensor> = {};
    for (const [name, value] of Object.entries(inputs)) {
      const dtype = dtypeOf(value);
      const placeholder = graph.node('Placeholder', [], {
        dtype: attribute.type(dataTypes[dtype]),
        shape: attribute.shape(value.shape),
      });
      placeholders[name] = placeholder;
      tensors[name] = unknown(value.shape, dtype);
      recorder.bind(tensors[name], placeholder, `input ${name}`);
    }
    const step = new RecordingStep(recorder, variables, targets);
    const results = recorder.record(() => fn(tensors, step));
    for (const [name, result] of Object.entries(results)) outputs[name] = recorder.nameOf(result);
  });
  session.extend(graph);
  return { placeholders, outputs, targets };
}

/** A variable inside a recording: its handle, its value before the step, and the last node that touched it. */
interface Reading {
  readonly handle: string;
  readonly tensor: tf.Tensor;
  last: string;
}

/** A tensor that stands for values that will be fed or read: its own are never looked at. */
function unknown(shape: readonly number[], dtype: 'float32' | 'int32'): tf.Tensor {
  return dtype === 'float32' ? unevaluated(nodeBackend(), shape) : tf.zeros([...shape], dtype);
}

class RecordingStep implements Step {
  readonly fused = true;
  readonly #recorder: Recorder;
  readonly #variables: SessionVariables | undefined;
  readonly #targets: string[];
  readonly #read = new Map<string, Reading>();

  constructor(recorder: Recorder, variables: SessionVariables | undefined, targets: string[]) {
    this.#recorder = recorder;
    this.#variables = variables;
    this.#targets = targets;
  }

  variable(name: string): tf.Tensor {
    return this.#reading(name).tensor;
  }

  assign(name: string, value: tf.Tensor): void {
    const reading = this.#reading(name);
    this.#write('AssignVariableOp', [reading.handle, this.#recorder.nameOf(value)], { dtype: float }, [reading]);
  }

  updateInPlace(operation: string, inputs: readonly (string | tf.Tensor)[]): void {
    const names = inputs.map((input) =>
      typeof input === 'string' ? this.#reading(input).handle : this.#recorder.nameOf(input),
    );
    const variables = inputs.filter((input) => typeof input === 'string').map((name) => this.#reading(name));
    this.#write(operation, names, { T: float }, variables);
  }

  /** A write comes after the variable was read, and after the writes before it. */
  #write(operation: string, inputs: string[], attributes: Record<string, Attribute>, variables: Reading[]): void {
    const after = variables.map(({ last }) => `^${last}`);
    const target = this.#recorder.graph.node(operation, [...inputs, ...after], attributes);
    for (const variable of variables) variable.last = target;
    this.#targets.push(target);
  }

  #reading(name: string): Reading {
    let reading = this.#read.get(name);
    if (reading === undefined) {
      const shape = this.#variables?.shapes[name];
      if (this.#variables === undefined || shape === undefined) throw new Error(`there is no variable ${name}`);
      const handle = this.#variables.handle(this.#recorder.graph, name);
      const node = this.#recorder.graph.node('ReadVariableOp', [handle], { dtype: float });
      const tensor = unknown(shape, 'float32');
      this.#recorder.bind(tensor, node, `variable ${name}`);
      reading = { handle, tensor, last: node };
      this.#read.set(name, reading);
    }
    return reading;
  }
}

/** A step that runs eagerly at every call: the truth that compiled steps are held to, and all there is without TensorFlow. */
export function eagerStep(fn: StepFunction, variables: EagerVariables | undefined): CompiledStep {
  const hold = async (inputs: Readonly<Record<string, HostTensor | Held>>): Promise<Record<string, Held>> => {
    const assigned = new Map<string, tf.Tensor>();
    const results = tf.tidy(() => {
      const tensors: Record<string, tf.Tensor> = {};
      for (const [name, value] of Object.entries(inputs)) {
        tensors[name] =
          value instanceof EagerHeld ? value.tensor : tf.tensor(hostData(value), [...value.shape], dtypeOf(value));
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
      });
      // clones, since a function may return an input or a variable, or assign an output
      for (const [name, value] of assigned) assigned.set(name, tf.keep(value.clone()));
      return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, tf.keep(value.clone())]));
    });
    for (const [name, value] of assigned) variables?.replace(name, value);
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, new EagerHeld(tensor)]));
  };
  return callable(hold);
}

class EagerHeld implements Held {
  readonly tensor: tf.Tensor;

  constructor(tensor: tf.Tensor) {
    this.tensor = tensor;
  }

  get shape(): readonly number[] {
    return this.tensor.shape;
  }

  get dtype(): 'float32' | 'int32' {
    return this.tensor.dtype === 'int32' ? 'int32' : 'float32';
  }

  read(): HostTensor {
    const values = this.tensor.dataSync();
    return {
      shape: this.tensor.shape,
      data: this.dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values),
    };
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

const float = attribute.type(dataTypes.float32);

function callable(hold: CompiledStep['hold']): CompiledStep {
  const run = async (inputs: Readonly<Record<string, HostTensor | Held>>): Promise<Record<string, HostTensor>> => {
    const held = await hold(inputs);
    return Object.fromEntries(
      Object.entries(held).map(([name, tensor]) => {
        const value = tensor.read();
        tensor.dispose();
        return [name, value];
      }),
    );
  };
  return Object.assign(run, { hold });
}

function signature(inputs: Readonly<Record<string, HostTensor | Held>>): string {
  return Object.entries(inputs)
    .map(([name, value]) => `${name}:${dtypeOf(value)}[${value.shape}]`)
    .join(' ');
}

function dtypeOf(value: HostTensor | Held): 'float32' | 'int32' {
  if ('dtype' in value) return value.dtype;
  return value.data instanceof Int32Array ? 'int32' : 'float32';
}

function hostData(value: HostTensor | Held): Float32Array | Int32Array {
  return 'data' in value ? value.data : value.read().data;
}
