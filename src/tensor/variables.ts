import * as tf from '@tensorflow/tfjs-core';
import { attribute, dataTypes, GraphDef } from './graph-def.ts';
import type { HostTensor, Session } from './session.ts';

/**
 * Named values that outlive a step: parameters, optimiser moments, averages. Inside a session they are TensorFlow's
 * resource variables; eagerly they are tensors that a step replaces.
 */
export interface Variables {
  /** Shapes by name, in the order they were given. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Copies of the values; of all of them where no names are given. */
  read(names?: readonly string[]): Promise<Record<string, HostTensor>>;
  /** Replaces values; shapes must match. */
  write(values: Readonly<Record<string, HostTensor>>): Promise<void>;
  /** Frees what they hold. */
  dispose(): void;
}

let sets = 0;

/** Variables inside a session. All are float32. */
export class SessionVariables implements Variables {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly #session: Session;
  readonly #prefix = `variables_${sets++}`;

  private constructor(session: Session, shapes: Record<string, readonly number[]>) {
    this.#session = session;
    this.shapes = shapes;
    const graph = new GraphDef(this.#prefix);
    for (const [name, shape] of Object.entries(shapes)) {
      const handle = this.handle(graph, name);
      const value = graph.node('Placeholder', [], { dtype: float, shape: attribute.shape(shape) }, `value/${name}`);
      graph.node('AssignVariableOp', [handle, value], { dtype: float }, `assign/${name}`);
      graph.node('ReadVariableOp', [handle], { dtype: float }, `read/${name}`);
    }
    session.extend(graph);
  }

  static async create(session: Session, initial: Readonly<Record<string, HostTensor>>): Promise<SessionVariables> {
    const variables = new SessionVariables(session, shapesOf(initial));
    await variables.write(initial);
    return variables;
  }

  /** Adds a node that stands for the variable to a graph; graphs share variables by this name. */
  handle(graph: GraphDef, name: string): string {
    return graph.node('VarHandleOp', [], {
      dtype: float,
      shape: attribute.shape(this.shapes[name] as readonly number[]),
      shared_name: attribute.text(`${this.#prefix}/${name}`),
      container: attribute.text(''),
    });
  }

  async read(names: readonly string[] = Object.keys(this.shapes)): Promise<Record<string, HostTensor>> {
    const held = await this.#session.run(
      {},
      names.map((name) => `${this.#prefix}/read/${name}`),
    );
    const result: Record<string, HostTensor> = {};
    names.forEach((name, i) => {
      const value = held[i];
      if (value === undefined) return;
      result[name] = value.read();
      value.dispose();
    });
    return result;
  }

  async write(values: Readonly<Record<string, HostTensor>>): Promise<void> {
    checkShapes(this.shapes, values);
    const names = Object.keys(values);
    const feeds = Object.fromEntries(
      names.map((name) => [`${this.#prefix}/value/${name}`, values[name] as HostTensor]),
    );
    await this.#session.run(
      feeds,
      [],
      names.map((name) => `${this.#prefix}/assign/${name}`),
    );
  }

  /** They live as long as their session: closing it frees them. */
  dispose(): void {}
}

/** Variables as tfjs tensors, for eager steps. */
export class EagerVariables implements Variables {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly #tensors = new Map<string, tf.Tensor>();

  constructor(initial: Readonly<Record<string, HostTensor>>) {
    this.shapes = shapesOf(initial);
    for (const [name, value] of Object.entries(initial)) this.#set(name, value);
  }

  /** The tensor of a variable: not to be disposed by the caller. */
  tensor(name: string): tf.Tensor {
    return this.#tensors.get(name) as tf.Tensor;
  }

  /** Puts a new tensor in a variable's place; it is kept, the old one disposed. */
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

const float = attribute.type(dataTypes.float32);

function shapesOf(values: Readonly<Record<string, HostTensor>>): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.shape]));
}

function checkShapes(shapes: Variables['shapes'], values: Readonly<Record<string, HostTensor>>): void {
  for (const [name, { shape }] of Object.entries(values)) {
    const expected = shapes[name];
    if (expected === undefined) throw new Error(`there is no variable ${name}`);
    if (expected.join() !== shape.join()) {
      throw new Error(`variable ${name} has shape [${expected}], the value has [${shape}]`);
    }
  }
}
