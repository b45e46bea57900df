import * as tf from '@tensorflow/tfjs-core';
import { ALL, type FlatVariable, ROW, sizeOf } from './flat.ts';
import { type Attribute, attribute, dataTypes, vectorOf } from './graph-def.ts';
import { nodeBackend } from './node-backend.ts';
import type { RecordedNodes, RecordingOptions } from './recorded-nodes.ts';
import { Recorder } from './recorder.ts';
import type { HostTensor, Session } from './session.ts';
import type { SessionVariables } from './session-variables.ts';
import type { Step, StepFunction } from './step.ts';
import { recordedFor, type Target } from './target.ts';
import { unevaluated } from './unevaluated.ts';

/** The properties of an input on which a step's graph depends. */
export interface InputInfo {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** A tensor that the host computes from an input before every call. */
export interface DerivedInput {
  readonly placeholder: string;
  readonly input: string;
  readonly make: (input: HostTensor) => HostTensor;
}

/** A step in a session, for one set of input shapes. */
export interface Recorded {
  /** The node that each input is fed to. */
  readonly feeds: Readonly<Record<string, string>>;
  /** The node to fetch for each output. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly outputInfo: Readonly<Record<string, InputInfo>>;
  /** Nodes run for their effect: writes of variables. */
  readonly targets: readonly string[];
  readonly derived: readonly DerivedInput[];
}

/** How a recording gets its inputs and returns its outputs; by default with placeholders and fetches. */
export interface Ends {
  /** The node of an input, where it is fed if that is a different node, and whether it is then in GPU memory. */
  input(recorder: RecordedNodes, name: string, info: InputInfo): { node: string; feed?: string; onCard: boolean };
  /** The node to fetch for an output; the output by default. */
  output?(recorder: RecordedNodes, name: string, node: string, info: InputInfo): string;
  /** Adds operations on the outputs. @returns operations to run */
  finish?(recorder: RecordedNodes, outputs: Readonly<Record<string, tf.Tensor>>): readonly string[];
}

/** Inputs are placeholders, outputs are fetched. */
export const fed: Ends = {
  input: ({ graph }, _, info) => ({ node: placeholder(graph, info), onCard: false }),
};

/** Adds a placeholder to a graph. */
export function placeholder(
  graph: RecordedNodes['graph'],
  { shape, dtype }: { readonly shape: readonly number[]; readonly dtype: InputInfo['dtype'] | 'string' },
): string {
  return graph.node('Placeholder', [], { dtype: attribute.type(dataTypes[dtype]), shape: attribute.shape(shape) });
}

let recordings = 0;

/** Records a step into a session. */
export function record(
  session: Session,
  fn: StepFunction,
  variables: SessionVariables | undefined,
  inputs: Readonly<Record<string, InputInfo>>,
  options: RecordingOptions,
  ends: Ends = fed,
): Recorded {
  const recording = new Recorder(`step_${recordings++}`, options);
  const recorder = recording.nodes;
  const { graph } = recorder;
  const feeds: Record<string, string> = {};
  const outputs: Record<string, string> = {};
  const outputInfo: Record<string, InputInfo> = {};
  const targets: string[] = [];
  const derived: DerivedInput[] = [];
  tf.tidy(() => {
    const tensors: Record<string, tf.Tensor> = {};
    const names = new Map<object, string>();
    for (const [name, info] of Object.entries(inputs)) {
      const { node, feed = node, onCard } = ends.input(recorder, name, info);
      feeds[name] = feed;
      const tensor = unknown(info.shape, info.dtype);
      recorder.bind(tensor, node, `input ${name}`, onCard && info.dtype === 'int32');
      names.set(tensor.dataId, name);
      tensors[name] = tensor;
    }
    const gpu = options.device === 'gpu';
    const target: Target = {
      gpu,
      cudnn: gpu && options.cudnn !== false,
      half: options.precision === 'bfloat16',
      kernels: gpu ? undefined : options.kernels,
      constant: ({ dataId }) => (recorder.makerOf(dataId) === undefined ? nodeBackend().readSync(dataId) : undefined),
      fromInput: (of, shape, make) => {
        const input = names.get(of.dataId);
        if (!gpu || input === undefined) return undefined;
        const tensor = unknown(shape, 'int32');
        const node = placeholder(graph, { shape, dtype: 'int32' });
        recorder.bind(tensor, node, `what the host makes of input ${input}`);
        derived.push({ placeholder: node, input, make: (value) => ({ shape, data: make(value) }) });
        return tensor;
      },
    };
    const step = new RecordingStep(recorder, variables, targets);
    recordedFor(target, () =>
      recording.record(() => {
        const results = fn(tensors, step);
        for (const [name, result] of Object.entries(results)) {
          const info: InputInfo = { shape: result.shape, dtype: result.dtype === 'int32' ? 'int32' : 'float32' };
          const node = recorder.nameOf(result);
          outputs[name] = ends.output?.(recorder, name, node, info) ?? node;
          outputInfo[name] = info;
        }
        targets.push(...(ends.finish?.(recorder, results) ?? []));
      }),
    );
  });
  session.extend(graph);
  return { feeds, outputs, outputInfo, targets, derived };
}

/** A tensor that stands for values to be fed or read; its own values are never used. */
function unknown(shape: readonly number[], dtype: 'float32' | 'int32'): tf.Tensor {
  return dtype === 'float32' ? unevaluated(nodeBackend(), shape) : tf.zeros([...shape], dtype);
}

/** A variable inside a recording: its handle, its value before the step, and the last node that used it. */
interface Reading {
  readonly handle: string;
  readonly tensor: tf.Tensor;
  last: string;
}

class RecordingStep implements Step {
  readonly fused = true;
  readonly #recorder: RecordedNodes;
  readonly #variables: SessionVariables | undefined;
  readonly #targets: string[];
  readonly #read = new Map<string, Reading>();
  readonly #members = new Map<string, tf.Tensor>();

  constructor(recorder: RecordedNodes, variables: SessionVariables | undefined, targets: string[]) {
    this.#recorder = recorder;
    this.#variables = variables;
    this.#targets = targets;
  }

  variable(name: string): tf.Tensor {
    const flat = this.#variables?.flatOf(name);
    if (flat === undefined) return this.#reading(name).tensor;
    if (!this.#members.has(name)) this.#takeApart(flat);
    return this.#members.get(name) as tf.Tensor;
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

  changeInPlace(
    operation: string,
    names: readonly string[],
    inputs: readonly tf.Tensor[],
    attributes: Readonly<Record<string, Attribute>>,
    after: readonly tf.Tensor[],
  ): tf.Scalar {
    const variables = names.map((name) => this.#reading(name));
    const values = variables.map(({ tensor, last }) => {
      const node = this.#recorder.nameOf(tensor);
      // the memory that was read would no longer be the variable's
      if (last !== node) throw new Error(`${operation} changes a variable that has already been written`);
      return node;
    });
    const { graph } = this.#recorder;
    const operands = [...values, ...inputs.map((input) => this.#recorder.nameOf(input))];
    const before = after.map((tensor) => `^${this.#recorder.nameOf(tensor).replace(/:\d+$/, '')}`);
    const node = graph.node(operation, [...operands, ...before], attributes);
    for (const variable of variables) variable.last = node;
    this.#targets.push(node);
    const output = unknown([], 'float32');
    this.#recorder.bind(output, node, operation);
    return output as tf.Scalar;
  }

  together(values: Readonly<Record<string, tf.Tensor>>): Readonly<Record<string, tf.Tensor>> {
    const flat = this.#variables?.flat.find(({ name }) => name === ALL);
    if (flat === undefined) return values;
    const pieces = flat.members.flatMap(({ name, rows }) => {
      const value = values[name] as tf.Tensor;
      const missing = rows * ROW - value.size;
      const whole = tf.reshape(value, [value.size]);
      return missing === 0 ? [whole] : [whole, tf.zeros([missing])];
    });
    const members = new Set(flat.members.map(({ name }) => name));
    const others = Object.entries(values).filter(([name]) => !members.has(name));
    return { [ALL]: tf.reshape(tf.concat(pieces), [...flat.shape]), ...Object.fromEntries(others) };
  }

  /** Makes tensors of a flat variable's members: views of its memory. */
  #takeApart(flat: FlatVariable): void {
    const { graph } = this.#recorder;
    const reshaped = (node: string, shape: readonly number[]) =>
      graph.node('Reshape', [node, vectorOf(graph, shape)], { T: float, Tshape: int });
    const rows = flat.members.map(({ rows }) => rows);
    const whole = this.#recorder.nameOf(this.#reading(flat.name).tensor);
    const split = graph.node('SplitV', [whole, vectorOf(graph, rows), vectorOf(graph, [0], [])], {
      ...{ num_split: attribute.integer(rows.length), T: float, Tlen: int },
    });
    for (const [i, { name, shape, row, rows }] of flat.members.entries()) {
      const size = sizeOf(shape);
      let node = i === 0 ? split : `${split}:${i}`;
      if (size < rows * ROW) {
        const numbers = reshaped(node, [rows * ROW]);
        node = graph.node('Slice', [numbers, vectorOf(graph, [0]), vectorOf(graph, [size])], { T: float, Index: int });
      }
      const tensor = unknown(shape, 'float32');
      const value = reshaped(node, shape);
      this.#recorder.bind(tensor, value, `variable ${name}`);
      const total = flat.shape[0] * ROW;
      if (size === rows * ROW) this.#recorder.pieces.add(value, { source: whole, from: row * ROW, size, total });
      this.#members.set(name, tensor);
    }
  }

  /** A write comes after all reads of the variable and all earlier writes. */
  #write(operation: string, inputs: string[], attributes: Record<string, Attribute>, variables: Reading[]): void {
    const after = variables.map(({ last }) => `^${last}`);
    const target = this.#recorder.graph.node(operation, [...inputs, ...after], attributes);
    for (const variable of variables) variable.last = target;
    this.#targets.push(target);
  }

  #reading(name: string): Reading {
    let reading = this.#read.get(name);
    if (reading === undefined) {
      const shape = this.#variables?.storedShape(name);
      const nodes = this.#variables?.nodes[name];
      if (nodes === undefined || shape === undefined) throw new Error(`there is no variable ${name}`);
      const { handle, read } = nodes;
      const tensor = unknown(shape, 'float32');
      this.#recorder.bind(tensor, read, `variable ${name}`);
      reading = { handle, tensor, last: read };
      this.#read.set(name, reading);
    }
    return reading;
  }
}

const float = attribute.type(dataTypes.float32);
const int = attribute.type(dataTypes.int32);
