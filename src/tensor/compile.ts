import * as tf from '@tensorflow/tfjs-core';
import { releaseFreeMemory } from './allocator.ts';
import { CardTensor, cardMemoryOf } from './card-tensor.ts';
import { attribute, dataTypes } from './graph-def.ts';
import { StepQueue } from './queue.ts';
import type { RecordedNodes, RecordingOptions } from './recorded-nodes.ts';
import { type Ends, fed, type InputInfo, placeholder, type Recorded, record } from './recording.ts';
import { type DeviceTensor, type HostTensor, type Session, SessionTensor } from './session.ts';
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
  /**
   * Values for variables, those that are kept together (`Runtime.variables`) as one value for the flat variable that
   * holds them, by its name; elsewhere the same values.
   */
  together(values: Readonly<Record<string, tf.Tensor>>): Readonly<Record<string, tf.Tensor>>;
}

/**
 * A function of tensors: inputs by name to outputs by name (float32 or int32). It runs once for each new set of input
 * shapes when compiled, at every call when eager, so it may hold no state, read no values and make no random numbers.
 */
export type StepFunction = (inputs: Readonly<Record<string, tf.Tensor>>, step: Step) => Record<string, tf.Tensor>;

/** A step ready to be called. Calls of one step may not overlap where it changes variables. */
export interface CompiledStep {
  /** Runs the step and copies its outputs out. */
  (inputs: Inputs): Promise<Record<string, HostTensor>>;
  /**
   * Runs the step and leaves its outputs inside the engine; dispose of each.
   * @param stay with what the names of outputs begin that only later steps use: a GPU keeps them in its memory
   */
  runOnDevice(inputs: Inputs, stay?: readonly string[]): Promise<Record<string, DeviceTensor>>;
  /**
   * Runs the step once for each of several inputs, one after the other, and copies all outputs out at the end. On a GPU
   * no step waits for the host: the inputs are sent together, the outputs, which must be small, come back together.
   * @param meanwhile called for each step once it has begun, to prepare what comes next
   */
  sequence(calls: readonly HostInputs[], meanwhile?: () => void): Promise<Record<string, HostTensor>[]>;
}

/** What a step is called with, by name. */
export type Inputs = Readonly<Record<string, HostTensor | DeviceTensor>>;
export type HostInputs = Readonly<Record<string, HostTensor>>;

/** How a step is compiled. */
export interface CompileOptions extends RecordingOptions {
  /** Inputs that operations want in the host's memory: the seeds of random numbers. */
  readonly hostInputs?: readonly string[];
}

/** A step recorded into a session: once for each set of input shapes, when it is first met. */
export function compileInSession(
  session: Session,
  fn: StepFunction,
  variables: SessionVariables | undefined,
  options: CompileOptions,
): CompiledStep {
  const recorded = new Map<string, Recorded>();
  const memory = cardMemoryOf(session);
  const runOnDevice = async (inputs: Inputs, stay: readonly string[] = []): Promise<Record<string, DeviceTensor>> => {
    const stays = (name: string) => options.device === 'gpu' && stay.some((prefix) => name.startsWith(prefix));
    const key = [signature(inputs), ...stay].join(' ');
    let graph = recorded.get(key);
    const isNew = graph === undefined;
    if (graph === undefined) {
      const infos = Object.entries(inputs).map(([name, value]) => [name, infoOf(value)] as const);
      graph = record(session, fn, variables, Object.fromEntries(infos), options, fedEnds(inputs, stays));
      recorded.set(key, graph);
    }
    const feeds: Record<string, HostTensor | SessionTensor> = {};
    for (const [name, value] of Object.entries(inputs)) {
      if (!(value instanceof SessionTensor || value instanceof CardTensor || 'data' in value))
        throw new Error(`input ${name} belongs to another engine`);
      feeds[graph.feeds[name] as string] = value instanceof CardTensor ? value.handle : value;
    }
    for (const { placeholder, input, make } of graph.derived) {
      const value = inputs[input] as HostTensor | DeviceTensor;
      feeds[placeholder] = make('data' in value ? value : value.read());
    }
    const { outputs, outputInfo, targets } = graph;
    const results = await session.run(feeds, Object.values(outputs), targets);
    await memory.sweep();
    if (isNew) releaseFreeMemory();
    return Object.fromEntries(
      Object.keys(outputs).map((name, i) => {
        const held = results[i] as SessionTensor;
        const { shape, dtype } = outputInfo[name] as InputInfo;
        return [name, stays(name) ? new CardTensor(memory, held, shape, dtype) : held];
      }),
    );
  };
  const queue = options.device === 'gpu' ? new StepQueue(session, fn, variables, options) : undefined;
  return callable(runOnDevice, queue && ((calls, meanwhile) => queue.run(calls, meanwhile)));
}

/** A step that runs eagerly at every call: the truth that compiled steps are held to, and all there is without TensorFlow. */
export function eagerStep(fn: StepFunction, variables: EagerVariables | undefined): CompiledStep {
  const runOnDevice = async (inputs: Inputs): Promise<Record<string, DeviceTensor>> => {
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
        together: (values) => values,
      });
      // clones, since a function may return an input or a variable, or assign an output
      for (const [name, value] of assigned) assigned.set(name, tf.keep(value.clone()));
      return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, tf.keep(value.clone())]));
    });
    for (const [name, value] of assigned) variables?.replace(name, value);
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, new EagerTensor(tensor)]));
  };
  return callable(runOnDevice);
}

class EagerTensor implements DeviceTensor {
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

function callable(runOnDevice: CompiledStep['runOnDevice'], queued?: CompiledStep['sequence']): CompiledStep {
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
      // a failure to prepare is the one to be seen; a failure of this step is met where it is awaited
      running.catch(() => {});
      meanwhile?.();
      results.push(await running);
    }
    return results;
  };
  // one call alone is not worth sending inputs and outputs on their own
  const sequence: CompiledStep['sequence'] = (calls, meanwhile) =>
    queued === undefined || calls.length === 1 ? oneByOne(calls, meanwhile) : queued(calls, meanwhile);
  return Object.assign(run, { runOnDevice, sequence });
}

function infoOf(value: HostTensor | DeviceTensor): InputInfo {
  return { shape: value.shape, dtype: dtypeOf(value) };
}

/** Inputs that are fed or kept on a card, and outputs that are fetched or stay there. */
function fedEnds(inputs: Inputs, stays: (name: string) => boolean): Ends {
  return {
    input: (recorder, name, info) =>
      inputs[name] instanceof CardTensor ? keptTensor(recorder, info) : fed.input(recorder, name, info),
    output: ({ graph }, name, node, { dtype }) =>
      stays(name) ? graph.node('GetSessionHandle', [node], { T: attribute.type(dataTypes[dtype]) }) : node,
  };
}

function keptTensor({ graph }: RecordedNodes, { dtype }: InputInfo): ReturnType<Ends['input']> {
  const handle = placeholder(graph, { shape: [], dtype: 'string' });
  const node = graph.node('GetSessionTensor', [handle], { dtype: attribute.type(dataTypes[dtype]) });
  return { node, feed: handle, onCard: true };
}

function signature(inputs: Inputs): string {
  return Object.entries(inputs)
    .map(([name, value]) => `${name}:${value instanceof CardTensor ? '@' : ''}${dtypeOf(value)}[${value.shape}]`)
    .join(' ');
}

function dtypeOf(value: HostTensor | DeviceTensor): 'float32' | 'int32' {
  if ('dtype' in value) return value.dtype;
  return value.data instanceof Int32Array ? 'int32' : 'float32';
}

function hostData(value: HostTensor | DeviceTensor): Float32Array | Int32Array {
  return 'data' in value ? value.data : value.read().data;
}
