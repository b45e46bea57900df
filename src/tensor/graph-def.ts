import { ProtoWriter } from '../support/protobuf.ts';

/** The element types a graph uses, by tfjs's names, with TensorFlow's numbers (types.proto). */
export const dataTypes = { float32: 1, int32: 3, string: 7, int64: 9, bool: 10, bfloat16: 14, resource: 20 } as const;
export type DataTypeName = keyof typeof dataTypes;

/** An attribute of a node, ready to be written. Source: attr_value.proto. */
export type Attribute = ProtoWriter;

const types = new Map<number, Attribute>();

/** Makes attribute values. */
export const attribute = {
  /** Made once for each type: most attributes of a graph are a few of these. */
  type: (type: number): Attribute => {
    const made = types.get(type) ?? new ProtoWriter().integer(6, type);
    types.set(type, made);
    return made;
  },
  integer: (value: number): Attribute => new ProtoWriter().integer(3, value),
  float: (value: number): Attribute => new ProtoWriter().float(4, value),
  boolean: (value: boolean): Attribute => new ProtoWriter().integer(5, value),
  text: (value: string): Attribute => new ProtoWriter().bytes(2, value),
  texts: (values: readonly string[]): Attribute => listOf(values, (list, value) => list.bytes(2, value)),
  shape: (shape: readonly number[]): Attribute => new ProtoWriter().bytes(7, shapeMessage(shape)),
  /** The shape of a tensor whose shape is unknown. */
  anyShape: (): Attribute => new ProtoWriter().bytes(7, new ProtoWriter().integer(3, true)),
  types: (types: readonly number[]): Attribute => listOf(types, (list, type) => list.integer(6, type)),
  integers: (values: readonly number[]): Attribute => listOf(values, (list, value) => list.integer(3, value)),
  tensor: (type: number, shape: readonly number[], content: Uint8Array): Attribute =>
    new ProtoWriter().bytes(8, new ProtoWriter().integer(1, type).bytes(2, shapeMessage(shape)).bytes(4, content)),
};

function shapeMessage(shape: readonly number[]): ProtoWriter {
  const message = new ProtoWriter();
  for (const size of shape) message.bytes(2, new ProtoWriter().integer(1, size));
  return message;
}

function listOf<T>(values: readonly T[], write: (list: ProtoWriter, value: T) => void): Attribute {
  const list = new ProtoWriter();
  for (const value of values) write(list, value);
  return new ProtoWriter().bytes(1, list);
}

/**
 * A TensorFlow GraphDef under construction. Names are `prefix/Op_n`; an input is a node's name, `name:k` for its k-th
 * output, or `^name` for "after it".
 */
export class GraphDef {
  readonly #prefix: string;
  readonly #message = new ProtoWriter();
  #count = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The number of nodes. */
  get nodeCount(): number {
    return this.#count;
  }

  /** Adds a node and returns its name. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>, name?: string): string {
    const fullName = `${this.#prefix}/${name ?? `${op}_${this.#count}`}`;
    const node = new ProtoWriter().bytes(1, fullName).bytes(2, op);
    // TensorFlow requires data inputs first, control inputs after them
    for (const input of inputs) if (!input.startsWith('^')) node.bytes(3, input);
    for (const input of inputs) if (input.startsWith('^')) node.bytes(3, input);
    for (const [key, value] of Object.entries(attributes)) {
      node.bytes(5, new ProtoWriter().bytes(1, key).bytes(2, value));
    }
    this.#message.bytes(1, node);
    this.#count++;
    return fullName;
  }

  /** The graph's bytes; producer version 1087, as written by TensorFlow 2.9 and later. */
  finish(): Uint8Array {
    return new Uint8Array(this.#message.bytes(4, new ProtoWriter().integer(1, 1087)).finish());
  }
}

/** Adds a constant of integers. @param shape by default a vector */
export function vectorOf(
  graph: GraphDef,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): string {
  return graph.node('Const', [], {
    dtype: attribute.type(dataTypes.int32),
    value: attribute.tensor(dataTypes.int32, shape, new Uint8Array(Int32Array.from(values).buffer)),
  });
}
