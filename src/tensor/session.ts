import { RunError } from '../support/errors.ts';
import { ProtoWriter } from '../support/protobuf.ts';
import { dataTypes, type GraphDef } from './graph-def.ts';
import { loadTensorFlow, type Pointer, type TensorFlowLibrary, withoutNativeStderr } from './library.ts';

/** Values with a shape, in this process's memory: row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** How a session works. */
export interface SessionOptions {
  /** How many threads one operation may use. */
  readonly threads: number;
  /** How many operations may run at the same time, in one step or several; 1 by default. */
  readonly streams?: number;
  /** Compile clusters of operations with XLA. */
  readonly xla?: boolean;
  /** The session's device; by default the CPU. */
  readonly device?: 'cpu' | 'gpu';
}

/** A tensor that stays inside the engine between two steps and is fed again without a copy. Dispose of it yourself. */
export interface DeviceTensor {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** A copy of its values. */
  read(): HostTensor;
  dispose(): void;
}

/** A tensor that a TensorFlow session left in memory. */
export class SessionTensor implements DeviceTensor {
  readonly #library: TensorFlowLibrary;
  #pointer: Pointer | undefined;
  #shape: readonly number[] | undefined;

  constructor(library: TensorFlowLibrary, pointer: Pointer) {
    this.#library = library;
    this.#pointer = pointer;
  }

  get pointer(): Pointer {
    if (this.#pointer === undefined) throw new Error('a tensor was used after dispose()');
    return this.#pointer;
  }

  /** Asked for once: a search does so for every input of every step. */
  get shape(): readonly number[] {
    const { pointer } = this;
    const size = (axis: number) => this.#library.Dim(pointer, axis);
    this.#shape ??= Array.from({ length: this.#library.NumDims(pointer) }, (_, axis) => size(axis));
    return this.#shape;
  }

  get dtype(): 'float32' | 'int32' {
    return this.#library.TensorType(this.pointer) === dataTypes.int32 ? 'int32' : 'float32';
  }

  read(): HostTensor {
    return readTensor(this.#library, this.pointer);
  }

  /** A view of its values, to be read and changed until it is disposed. Only float32. */
  get memory(): Float32Array {
    const { buffer, byteOffset, byteLength } = this.#library.TensorBytes(this.pointer);
    return new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
  }

  dispose(): void {
    if (this.#pointer !== undefined) this.#library.DeleteTensor(this.#pointer);
    this.#pointer = undefined;
  }
}

/**
 * A live TensorFlow session over one growing graph: graphs are added while it runs, and share its resource variables.
 *
 * It is the C API's session without a separate graph (`TF_DeprecatedSession`): a `TF_Graph` would be one more copy of
 * all nodes, with an inferred shape for each, and has no use here.
 */
export class Session {
  readonly #library: TensorFlowLibrary;
  readonly #session: Pointer;
  #running = 0;
  #closed = false;

  constructor(options: SessionOptions) {
    const library = loadTensorFlow();
    this.#library = library;
    const sessionOptions = library.NewSessionOptions();
    const config = sessionConfig(options);
    this.#check((status) => library.SetConfig(sessionOptions, config, config.length, status));
    this.#session = withoutNativeStderr(() =>
      this.#check((status) => library.NewDeprecatedSession(sessionOptions, status)),
    );
    library.DeleteSessionOptions(sessionOptions);
  }

  /** The kinds of devices that TensorFlow gave the session: `CPU`, `GPU`. */
  deviceTypes(): string[] {
    const library = this.#library;
    const devices = this.#check((status) => library.DeprecatedSessionListDevices(this.#session, status));
    try {
      const count = library.DeviceListCount(devices);
      return Array.from({ length: count }, (_, i) =>
        this.#check((status) => library.DeviceListType(devices, i, status)),
      );
    } finally {
      library.DeleteDeviceList(devices);
    }
  }

  /** Adds a graph; its names must be new to this session. */
  extend(graph: GraphDef): void {
    const bytes = graph.finish();
    this.#check((status) => this.#library.ExtendGraph(this.#session, bytes, bytes.length, status));
  }

  /**
   * Feeds, runs and fetches, off the JavaScript thread.
   * @param feeds values by `name` or `name:output`
   * @param fetches names of outputs to keep; dispose of each
   * @param targets names of operations to run for their effect
   */
  async run(
    feeds: Readonly<Record<string, HostTensor | SessionTensor>>,
    fetches: readonly string[],
    targets: readonly string[] = [],
  ): Promise<SessionTensor[]> {
    if (this.#closed) throw new Error('the session is closed');
    const library = this.#library;
    const names = Object.keys(feeds);
    const values = Object.values(feeds);
    const inputs = values.map((value) => (value instanceof SessionTensor ? value.pointer : makeTensor(library, value)));
    const results: (Pointer | null)[] = new Array(fetches.length).fill(null);
    const status = library.NewStatus();
    this.#running++;
    try {
      await library.Run(this.#session, names, inputs, fetches, results, targets, status);
      if (library.GetCode(status) !== 0) throw new RunError(`TensorFlow: ${library.Message(status)}`);
    } finally {
      this.#running--;
      library.DeleteStatus(status);
      values.forEach((value, i) => {
        if (!(value instanceof SessionTensor)) library.DeleteTensor(inputs[i] as Pointer);
      });
      if (this.#closed && this.#running === 0) this.#free();
    }
    return results.map((pointer) => new SessionTensor(library, pointer as Pointer));
  }

  /**
   * Frees the session, its graph and its variables, as soon as nothing is running any more. Never throws: it is called
   * when something else has failed, and that error must stay visible.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#running === 0) this.#free();
  }

  #free(): void {
    const status = this.#library.NewStatus();
    this.#library.CloseDeprecatedSession(this.#session, status);
    this.#library.DeleteDeprecatedSession(this.#session, status);
    this.#library.DeleteStatus(status);
  }

  #check<T>(call: (status: Pointer) => T): T {
    const status = this.#library.NewStatus();
    try {
      const result = call(status);
      if (this.#library.GetCode(status) !== 0) throw new RunError(`TensorFlow: ${this.#library.Message(status)}`);
      return result;
    } finally {
      this.#library.DeleteStatus(status);
    }
  }
}

function makeTensor(library: TensorFlowLibrary, value: HostTensor): Pointer {
  const { shape, data } = value;
  const type = data instanceof Float32Array ? dataTypes.float32 : dataTypes.int32;
  const tensor = library.AllocateTensor(type, BigInt64Array.from(shape, BigInt), shape.length, data.byteLength);
  library.TensorBytes(tensor).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return tensor;
}

function readTensor(library: TensorFlowLibrary, pointer: Pointer): HostTensor {
  const rank = library.NumDims(pointer);
  const shape = Array.from({ length: rank }, (_, i) => library.Dim(pointer, i));
  const bytes = library.TensorBytes(pointer).slice().buffer;
  const type = library.TensorType(pointer);
  if (type === dataTypes.float32) return { shape, data: new Float32Array(bytes) };
  if (type === dataTypes.int32) return { shape, data: new Int32Array(bytes) };
  throw new Error(`a fetched tensor has type ${type}; only float32 and int32 leave the graph`);
}

/** A ConfigProto. Source: tensorflow/core/protobuf/config.proto. */
function sessionConfig(options: SessionOptions): Uint8Array {
  const optimizer = new ProtoWriter();
  if (options.xla) optimizer.integer(5, 2);
  const graphOptions = new ProtoWriter().bytes(3, optimizer).integer(6, true);
  const config = new ProtoWriter().integer(2, options.threads).integer(5, options.streams ?? 1);
  // on a GPU allocate memory as needed, not all at once; otherwise use no GPU, even if another session has one
  if (options.device === 'gpu') config.bytes(6, new ProtoWriter().integer(4, true));
  else config.bytes(1, new ProtoWriter().bytes(1, 'GPU').integer(2, 0));
  return config.integer(9, true).bytes(10, graphOptions).finish();
}
