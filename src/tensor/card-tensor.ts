import { attribute, dataTypes, GraphDef } from './graph-def.ts';
import type { DeviceTensor, HostTensor, Session, SessionTensor } from './session.ts';

/** A step's output that stayed in the memory of a card. TensorFlow's session keeps it under a name, which is all that moves. */
export class CardTensor implements DeviceTensor {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly #memory: CardMemory;
  #handle: SessionTensor | undefined;

  constructor(memory: CardMemory, handle: SessionTensor, shape: readonly number[], dtype: 'float32' | 'int32') {
    this.#memory = memory;
    this.#handle = handle;
    this.shape = shape;
    this.dtype = dtype;
  }

  /** The name under which the session keeps it, to be fed. */
  get handle(): SessionTensor {
    if (this.#handle === undefined) throw new Error('a tensor was used after dispose()');
    return this.#handle;
  }

  read(): HostTensor {
    throw new Error('this tensor is on a card: only a step can use it');
  }

  dispose(): void {
    if (this.#handle !== undefined) this.#memory.free(this.#handle);
    this.#handle = undefined;
  }
}

let memories = 0;
const memoryOfSession = new WeakMap<Session, CardMemory>();

/** The memory of a session: one for all of its steps, so that each frees what any has done with. */
export function cardMemoryOf(session: Session): CardMemory {
  const memory = memoryOfSession.get(session) ?? new CardMemory(session);
  memoryOfSession.set(session, memory);
  return memory;
}

/** What a session keeps on a card for steps to come. */
export class CardMemory {
  readonly #session: Session;
  /** Names of tensors that nobody needs any more. */
  #garbage: SessionTensor[] = [];
  /** By how many they free: their placeholders, and what frees each. */
  readonly #graphs = new Map<number, { readonly names: string[]; readonly targets: string[] }>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Frees a tensor: with the next `sweep`. */
  free(handle: SessionTensor): void {
    this.#garbage.push(handle);
  }

  /** Has the session forget what was freed. */
  async sweep(): Promise<void> {
    const garbage = this.#garbage;
    if (garbage.length === 0) return;
    this.#garbage = [];
    const { names, targets } = this.#graphOf(garbage.length);
    try {
      await this.#session.run(
        Object.fromEntries(garbage.map((handle, i) => [names[i] as string, handle])),
        [],
        targets,
      );
    } finally {
      for (const handle of garbage) handle.dispose();
    }
  }

  #graphOf(count: number): { readonly names: string[]; readonly targets: string[] } {
    let found = this.#graphs.get(count);
    if (found === undefined) {
      const graph = new GraphDef(`memory_${memories++}`);
      const names = Array.from({ length: count }, () =>
        graph.node('Placeholder', [], { dtype: attribute.type(dataTypes.string), shape: attribute.shape([]) }),
      );
      found = { names, targets: names.map((name) => graph.node('DeleteSessionTensor', [name], {})) };
      this.#session.extend(graph);
      this.#graphs.set(count, found);
    }
    return found;
  }
}
