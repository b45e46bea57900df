import { attribute, dataTypes, GraphDef } from './graph-def.ts';
import type { DeviceTensor, HostTensor, Session, SessionTensor } from './session.ts';

/**
 * A step's output that stays in GPU memory. TensorFlow's session keeps it under a name, and only the name is passed
 * around.
 */
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

/** The GPU memory of a session: one for all of its steps, so that each frees what others have finished with. */
export function cardMemoryOf(session: Session): CardMemory {
  const memory = memoryOfSession.get(session) ?? new CardMemory(session);
  memoryOfSession.set(session, memory);
  return memory;
}

/** What a session keeps on a GPU for later steps. */
export class CardMemory {
  readonly #session: Session;
  /** Names of tensors no longer needed. */
  #garbage: SessionTensor[] = [];
  /** By the number of tensors they free: their placeholders, and the targets that free them. */
  readonly #graphs = new Map<number, { readonly names: string[]; readonly targets: string[] }>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Frees a tensor at the next `sweep`. */
  free(handle: SessionTensor): void {
    this.#garbage.push(handle);
  }

  /** Whether there is anything for `sweep` to discard. */
  get hasGarbage(): boolean {
    return this.#garbage.length > 0;
  }

  /** Makes the session discard what was freed. */
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
