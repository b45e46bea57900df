import { type FlatMember, type FlatVariable, flatVariables, joinMembers, memberOf } from './flat.ts';
import { attribute, dataTypes, GraphDef } from './graph-def.ts';
import type { DeviceTensor, HostTensor, Session } from './session.ts';
import { checkShapes, shapesOf, type Variables } from './variables.ts';

let sets = 0;

/** Variables inside a session. All are float32. */
export class SessionVariables implements Variables {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Variables that each hold several of those above. */
  readonly flat: readonly FlatVariable[];
  /** The session's nodes for each of TensorFlow's variables: the variable, and its value. All graphs use them. */
  readonly nodes: Readonly<Record<string, { readonly handle: string; readonly read: string }>>;
  readonly #session: Session;
  readonly #prefix = `variables_${sets++}`;
  /** The shapes of TensorFlow's variables. */
  readonly #stored: Readonly<Record<string, readonly number[]>>;
  readonly #members: ReadonlyMap<string, { readonly flat: FlatVariable; readonly member: FlatMember }>;

  private constructor(session: Session, shapes: Record<string, readonly number[]>, together: readonly string[]) {
    this.#session = session;
    this.shapes = shapes;
    this.flat = flatVariables(shapes, together);
    this.#members = new Map(
      this.flat.flatMap((flat) => flat.members.map((member) => [member.name, { flat, member }] as const)),
    );
    const alone = Object.entries(shapes).filter(([name]) => !this.#members.has(name));
    this.#stored = Object.fromEntries([...alone, ...this.flat.map(({ name, shape }) => [name, shape] as const)]);
    const graph = new GraphDef(this.#prefix);
    this.nodes = Object.fromEntries(
      Object.entries(this.#stored).map(([name, shape]) => {
        const node = nodeName(name);
        const handle = graph.node('VarHandleOp', [], {
          dtype: float,
          shape: attribute.shape(shape),
          shared_name: attribute.text(`${this.#prefix}/${name}`),
          container: attribute.text(''),
        });
        const value = graph.node('Placeholder', [], { dtype: float, shape: attribute.shape(shape) }, `value/${node}`);
        graph.node('AssignVariableOp', [handle, value], { dtype: float }, `assign/${node}`);
        const read = graph.node('ReadVariableOp', [handle], { dtype: float }, `read/${node}`);
        return [name, { handle, read }];
      }),
    );
    session.extend(graph);
  }

  /** @param together names of variables to keep in one flat variable, also in every group that has them all */
  static async create(
    session: Session,
    initial: Readonly<Record<string, HostTensor>>,
    together: readonly string[] = [],
  ): Promise<SessionVariables> {
    const variables = new SessionVariables(session, shapesOf(initial), together);
    await variables.write(initial);
    return variables;
  }

  /** The shape of one of TensorFlow's variables, including flat ones. */
  storedShape(name: string): readonly number[] | undefined {
    return this.#stored[name];
  }

  /** The flat variable that contains a variable. */
  flatOf(name: string): FlatVariable | undefined {
    return this.#members.get(name)?.flat;
  }

  async read(names: readonly string[] = Object.keys(this.shapes)): Promise<Record<string, HostTensor>> {
    const stored = await this.#readStored([...new Set(names.map((name) => this.flatOf(name)?.name ?? name))]);
    return Object.fromEntries(
      names.map((name) => {
        const place = this.#members.get(name);
        if (place === undefined) return [name, stored[name] as HostTensor];
        return [name, memberOf(place.member, stored[place.flat.name] as HostTensor)];
      }),
    );
  }

  async write(values: Readonly<Record<string, HostTensor>>): Promise<void> {
    checkShapes(this.shapes, values);
    const written: Record<string, HostTensor> = {};
    for (const [name, value] of Object.entries(values)) if (!this.#members.has(name)) written[name] = value;
    for (const flat of this.flat) {
      const given = flat.members.filter(({ name }) => values[name] !== undefined).length;
      if (given === 0) continue;
      const before = given === flat.members.length ? undefined : (await this.#readStored([flat.name]))[flat.name];
      written[flat.name] = joinMembers(flat, values, before);
    }
    const names = Object.keys(written);
    await this.#session.run(
      Object.fromEntries(names.map((name) => [`${this.#prefix}/value/${nodeName(name)}`, written[name] as HostTensor])),
      [],
      names.map((name) => `${this.#prefix}/assign/${nodeName(name)}`),
    );
  }

  /** They live as long as their session: closing it frees them. */
  dispose(): void {}

  async #readStored(names: readonly string[]): Promise<Record<string, HostTensor>> {
    const held = await this.#session.run(
      {},
      names.map((name) => `${this.#prefix}/read/${nodeName(name)}`),
    );
    return Object.fromEntries(
      names.map((name, i) => {
        const tensor = held[i] as DeviceTensor;
        const value = tensor.read();
        tensor.dispose();
        return [name, value];
      }),
    );
  }
}

/** A variable's name as part of a node's: TensorFlow does not allow `*` there. */
function nodeName(variable: string): string {
  return variable.replace('*', '.all');
}

const float = attribute.type(dataTypes.float32);
