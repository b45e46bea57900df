import { ProtoWriter } from '../support/protobuf.ts';
import type { HostTensor } from '../tensor/session.ts';

/** The operator set of the graphs, and the file format of its time. Source: onnx.proto3, Versioning.md. */
const OPSET = 17;
const IR_VERSION = 8;

/** Element types. Source: TensorProto.DataType in onnx.proto3. */
const elementTypes = { float: 1, int32: 6, int64: 7 } as const;
export type ElementType = keyof typeof elementTypes;

/** A dimension: a number, or a name for one known only when the graph runs. */
export type Dimension = number | string;

/** An attribute of a node: only integers, lists of them, and text are needed here. */
type Attribute = number | readonly number[] | string | { readonly float: number };

/** The name of a value in a graph. */
export type Value = string;

/** An ONNX graph under construction; nodes are added in the order they run. */
export class OnnxGraph {
  readonly #name: string;
  readonly #parameters: Readonly<Record<string, HostTensor>>;
  readonly #nodes: ProtoWriter[] = [];
  readonly #initializers = new Map<string, ProtoWriter>();
  readonly #inputs: ProtoWriter[] = [];
  readonly #outputs: ProtoWriter[] = [];
  #values = 0;

  /** @param parameters of the model, by name */
  constructor(name: string, parameters: Readonly<Record<string, HostTensor>>) {
    this.#name = name;
    this.#parameters = parameters;
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  output(name: string, value: Value, shape: readonly Dimension[]): void {
    this.#node('Identity', [value], [name], {});
    this.#outputs.push(valueInfo(name, 'float', shape));
  }

  /** Adds a node with one output. @param inputs an empty name omits an optional one */
  node(type: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
    const [output] = this.nodes(type, inputs, 1, attributes);
    return output as Value;
  }

  /** Adds a node with several outputs. */
  nodes(
    type: string,
    inputs: readonly Value[],
    count: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    const outputs = Array.from({ length: count }, () => `${type}_${this.#values++}`);
    this.#node(type, inputs, outputs, attributes);
    return outputs;
  }

  /** A parameter of the model, unchanged. */
  parameter(name: string): Value {
    return this.initializer(name, () => this.numbers(name));
  }

  /** The values of a parameter. @throws Error if the model has none of this name */
  numbers(name: string): HostTensor {
    const value = this.#parameters[name];
    if (value === undefined) throw new Error(`the model has no parameter ${name}`);
    return value;
  }

  /** A named constant, created once. */
  initializer(name: string, make: () => HostTensor): Value {
    if (!this.#initializers.has(name)) {
      const { shape, data } = make();
      const type = data instanceof Float32Array ? 'float' : 'int32';
      this.#initializers.set(
        name,
        tensor(name, type, shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      );
    }
    return name;
  }

  /** Constant integers: shapes, axes. @param shape by default a vector */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    const name = `integers_${values.join('_')}_${shape.length}`;
    if (!this.#initializers.has(name)) {
      const data = BigInt64Array.from(values, BigInt);
      this.#initializers.set(name, tensor(name, 'int64', shape, new Uint8Array(data.buffer)));
    }
    return name;
  }

  /** A constant number. */
  scalar(value: number): Value {
    return this.initializer(`number_${value}`, () => ({ shape: [], data: Float32Array.of(value) }));
  }

  /** The graph as a model file. @param metadata information for readers of the file */
  finish(producerVersion: string, metadata: Readonly<Record<string, string>>): Uint8Array {
    const graph = new ProtoWriter();
    for (const node of this.#nodes) graph.bytes(1, node);
    graph.bytes(2, this.#name);
    for (const initializer of this.#initializers.values()) graph.bytes(5, initializer);
    for (const input of this.#inputs) graph.bytes(11, input);
    for (const output of this.#outputs) graph.bytes(12, output);
    const model = new ProtoWriter().integer(1, IR_VERSION).bytes(2, 'attn').bytes(3, producerVersion).bytes(7, graph);
    model.bytes(8, new ProtoWriter().bytes(1, '').integer(2, OPSET));
    for (const [key, value] of Object.entries(metadata)) {
      model.bytes(14, new ProtoWriter().bytes(1, key).bytes(2, value));
    }
    return model.finish();
  }

  #node(
    type: string,
    inputs: readonly Value[],
    outputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
  ): void {
    const node = new ProtoWriter();
    for (const input of inputs) node.bytes(1, input);
    for (const output of outputs) node.bytes(2, output);
    node.bytes(3, outputs[0] as string).bytes(4, type);
    for (const [name, value] of Object.entries(attributes)) node.bytes(5, attribute(name, value));
    this.#nodes.push(node);
  }
}

/** An AttributeProto; the number of its type is in field 20. */
function attribute(name: string, value: Attribute): ProtoWriter {
  const written = new ProtoWriter().bytes(1, name);
  if (typeof value === 'number') return written.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return written.bytes(4, value).integer(20, 3);
  if ('float' in value) return written.float(2, value.float).integer(20, 1);
  for (const one of value) written.integer(8, one);
  return written.integer(20, 7);
}

function tensor(name: string, type: ElementType, shape: readonly number[], bytes: Uint8Array): ProtoWriter {
  const written = new ProtoWriter();
  for (const size of shape) written.integer(1, size);
  return written.integer(2, elementTypes[type]).bytes(8, name).bytes(9, bytes);
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): ProtoWriter {
  const sizes = new ProtoWriter();
  for (const size of shape) {
    sizes.bytes(1, typeof size === 'number' ? new ProtoWriter().integer(1, size) : new ProtoWriter().bytes(2, size));
  }
  const tensorType = new ProtoWriter().integer(1, elementTypes[type]).bytes(2, sizes);
  return new ProtoWriter().bytes(1, name).bytes(2, new ProtoWriter().bytes(1, tensorType));
}
