import type * as tf from '@tensorflow/tfjs-core';
import * as gpu from './gpu-rules.ts';
import { graphAttributes } from './graph-attributes.ts';
import { type Attribute, attribute, type DataTypeName, dataTypes, GraphDef } from './graph-def.ts';
import * as halves from './half-rules.ts';
import type { Kernels } from './kernel-variant.ts';
import { type NodeBackend, nodeBackend, type OperationAttribute } from './node-backend.ts';
import { Pieces } from './pieces.ts';

/**
 * A constant of one repeated value with at least this many elements is created when the graph runs, not stored in it.
 */
const LARGE = 256;

/** How a recording differs from the eager run. */
export interface RecordingOptions {
  /**
   * `bfloat16` casts the operands of every product of two matrices, and its result back to float32 unless it is the
   * operand of another one or of an operation that also runs in half precision.
   */
  readonly precision: 'float32' | 'bfloat16';
  /** Custom operations on a CPU; by default only TensorFlow's. */
  readonly kernels?: Kernels;
  /** The device of the graph; by default the CPU. */
  readonly device?: 'cpu' | 'gpu';
  /** Whether a GPU's graph contains cuDNN operations. True by default; tests turn it off to run the rest on a CPU. */
  readonly cudnn?: boolean;
}

/** How a step is compiled. */
export interface CompileOptions extends RecordingOptions {
  /** Inputs that operations need in host memory: the seeds of random numbers. */
  readonly hostInputs?: readonly string[];
}

/** The nodes of a recording, and the tensors that stand for their outputs. */
export class RecordedNodes {
  readonly graph: GraphDef;
  /** Nodes that are parts of others. */
  readonly pieces = new Pieces();
  readonly #backend: NodeBackend;
  readonly #precision: RecordingOptions['precision'];
  readonly #gpu: boolean;
  readonly #names = new WeakMap<object, string>();
  readonly #makers = new WeakMap<object, string>();
  readonly #halves = new Map<string, string>();
  readonly #constants = new Map<string, string>();
  /** Names of integer outputs in GPU memory. */
  readonly #integersOnCard = new Set<string>();

  constructor(prefix: string, options: RecordingOptions) {
    this.graph = new GraphDef(prefix);
    this.#backend = nodeBackend();
    this.#precision = options.precision;
    this.#gpu = options.device === 'gpu';
  }

  /** Declares which node's output a tensor stands for, and whether that is integers in GPU memory. */
  bind(tensor: tf.Tensor, name: string, maker: string, integersOnCard = false): void {
    this.#names.set(tensor.dataId, name);
    this.#makers.set(tensor.dataId, maker);
    if (integersOnCard) this.#integersOnCard.add(name);
  }

  /** The node output of a tensor; a tensor made outside the recording becomes a constant. */
  nameOf(tensor: tf.Tensor): string {
    let name = this.#names.get(tensor.dataId);
    if (name === undefined) {
      name = this.#constant(tensor);
      this.#names.set(tensor.dataId, name);
    }
    return name;
  }

  /** The operation that made a recorded tensor. */
  makerOf(dataId: object): string | undefined {
    return this.#makers.get(dataId);
  }

  /** Adds an operation that was run, or would have been. @param names the nodes of its inputs */
  add(
    operation: string,
    attributes: readonly OperationAttribute[],
    names: readonly string[],
    inputs: readonly tf.Tensor[],
    outputs: readonly tf.Tensor[],
  ): void {
    const typeOf = (key: string) => attributes.find(({ name }) => name === key)?.value;
    if (operation === 'Cast' && typeOf('SrcT') === typeOf('DstT')) {
      this.bind(outputs[0] as tf.Tensor, names[0] as string, operation);
      return;
    }
    const converted = graphAttributes(attributes, this.#backend.binding);
    // the only kernel of tfjs-node that leaves its element type for TensorFlow's eager mode to infer
    if (operation === 'ExpandDims') {
      converted.T = attribute.type(dataTypes[(outputs[0] as tf.Tensor).dtype as DataTypeName]);
    }
    // an operation without a type attribute has the type of its inputs
    const isInteger = (key: string) => [dataTypes.int32, undefined].includes(typeOf(key) as 3 | undefined);
    if (isInteger('T') && names.some((name) => this.#integersOnCard.has(name))) {
      if (operation in gpu.moving) {
        this.#moveIntegers(operation, converted, names, inputs, outputs);
        return;
      }
      if (gpu.comparing.has(operation)) {
        const compared = names.map((name, i) => this.#asFloats(name, inputs[i] as tf.Tensor));
        this.bind(
          outputs[0] as tf.Tensor,
          this.graph.node(operation, compared, { ...converted, T: float32 }),
          operation,
        );
        return;
      }
    }
    if (this.#gpu && operation === 'ConcatV2' && this.#joinPieces(names, inputs, outputs[0] as tf.Tensor)) return;
    const type = this.#halfType(operation, names, inputs, outputs);
    if (type !== undefined) {
      this.#addHalf(operation, { ...converted, [type]: bfloat16 }, names, inputs, outputs);
      if (this.#gpu) this.#notePieces(operation, names, inputs, outputs);
      return;
    }
    const name = this.graph.node(operation, names, converted);
    for (const [i, output] of outputs.entries()) {
      const whole = output.dtype === 'int32' && isInteger('DstT');
      const onCard = this.#gpu && whole && gpu.integersOnCard.has(operation);
      this.bind(output, i === 0 ? name : `${name}:${i}`, operation, onCard);
    }
    if (this.#gpu) this.#notePieces(operation, names, inputs, outputs);
  }

  /** Notes when the result of an operation is only a part of its input. */
  #notePieces(
    operation: string,
    [name]: readonly string[],
    [input]: readonly tf.Tensor[],
    outputs: readonly tf.Tensor[],
  ): void {
    if (input === undefined || name === undefined) return;
    if (operation === 'Reshape') this.pieces.same(this.nameOf(outputs[0] as tf.Tensor), name);
    if (operation !== 'SplitV' || input.rank !== 1) return;
    let from = 0;
    for (const output of outputs) {
      this.pieces.add(this.nameOf(output), { source: name, from, size: output.size, total: input.size });
      from += output.size;
    }
  }

  /** Joins vectors of which some are neighbouring parts of one source. @returns whether there were any */
  #joinPieces(names: readonly string[], inputs: readonly tf.Tensor[], output: tf.Tensor): boolean {
    if (output.rank !== 1 || output.dtype !== 'float32') return false;
    const sizes = inputs.slice(0, -1).map(({ size }) => size);
    const node = this.pieces.join(this.graph, names.slice(0, -1), sizes);
    if (node !== undefined) this.bind(output, node, 'ConcatV2');
    return node !== undefined;
  }

  /** The type attribute of an operation that is to run in half precision. */
  #halfType(
    operation: string,
    names: readonly string[],
    inputs: readonly tf.Tensor[],
    [output]: readonly tf.Tensor[],
  ): string | undefined {
    if (this.#precision !== 'bfloat16' || output?.dtype !== 'float32') return undefined;
    if (!this.#gpu) {
      if (halves.processorProducts.has(operation)) return 'T';
      return this.#halves.has(names[0] as string) ? halves.stayOnProcessor[operation] : undefined;
    }
    if (halves.products.has(operation)) return 'T';
    const floats = names.filter((_, i) => inputs[i]?.dtype === 'float32');
    const half = floats.filter((name) => this.#halves.has(name));
    const rest = inputs.filter((input, i) => input.dtype === 'float32' && !this.#halves.has(names[i] as string));
    if (half.length === 0) return undefined;
    const isConstant = (tensor: tf.Tensor) => tensor.size === 1 && !this.#makers.has(tensor.dataId);
    // dropout: the values it keeps do not need float32
    const like = (tensor: tf.Tensor) => operation === 'Mul' && tensor.size === inputs[0]?.size;
    return rest.every((tensor) => isConstant(tensor) || like(tensor)) ? halves.stay[operation] : undefined;
  }

  /**
   * Adds an operation in half precision. Its result is bound in float32, through a cast that is omitted if nothing uses
   * it.
   */
  #addHalf(
    operation: string,
    attributes: Readonly<Record<string, Attribute>>,
    names: readonly string[],
    inputs: readonly tf.Tensor[],
    outputs: readonly tf.Tensor[],
  ): void {
    const operands = names.map((name, i) => (inputs[i]?.dtype === 'float32' ? this.#half(name) : name));
    const node = this.graph.node(operation, operands, attributes);
    for (const [i, output] of outputs.entries()) {
      const half = i === 0 ? node : `${node}:${i}`;
      const reserved = operation === 'CudnnRNNV3' && i >= gpu.FIRST_RESERVED;
      const name = reserved ? half : this.#cast(half, 'bfloat16', 'float32');
      this.#halves.set(name, half);
      this.bind(output, name, operation);
    }
  }

  /** Moves integers on a GPU as if they were float32, which TensorFlow moves there. */
  #moveIntegers(
    operation: string,
    attributes: Readonly<Record<string, Attribute>>,
    names: readonly string[],
    inputs: readonly tf.Tensor[],
    outputs: readonly tf.Tensor[],
  ): void {
    const count = gpu.moving[operation] as number;
    const moved = count < 0 ? names.length + count : count;
    const operands = names.map((name, i) => (i < moved ? this.#bits(name, inputs[i] as tf.Tensor) : name));
    const node = this.graph.node(operation, operands, { ...attributes, T: float32 });
    for (const [i, output] of outputs.entries()) {
      const name = this.#bitcast(i === 0 ? node : `${node}:${i}`, 'float32', 'int32');
      this.bind(output, name, operation, true);
    }
  }

  /** Integers as the float32 with the same bits. */
  #bits(name: string, tensor: tf.Tensor): string {
    if (this.#makers.has(tensor.dataId)) return this.#bitcast(name, 'int32', 'float32');
    const { buffer, byteOffset, length } = Int32Array.from(this.#backend.readSync(tensor.dataId));
    return this.#floatConstant(tensor.shape, new Float32Array(buffer, byteOffset, length));
  }

  #asFloats(name: string, tensor: tf.Tensor): string {
    if (this.#makers.has(tensor.dataId)) return this.#cast(name, 'int32', 'float32');
    return this.#floatConstant(tensor.shape, Float32Array.from(this.#backend.readSync(tensor.dataId)));
  }

  #floatConstant(shape: readonly number[], values: Float32Array): string {
    return this.#constantOf('float32', shape, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  #bitcast(name: string, from: DataTypeName, to: DataTypeName): string {
    return this.graph.node('Bitcast', [name], {
      T: attribute.type(dataTypes[from]),
      type: attribute.type(dataTypes[to]),
    });
  }

  /** The half-precision version of a tensor, cast once. */
  #half(name: string): string {
    let half = this.#halves.get(name);
    if (half === undefined) {
      half = this.#cast(name, 'float32', 'bfloat16');
      this.#halves.set(name, half);
    }
    return half;
  }

  #cast(name: string, from: DataTypeName, to: DataTypeName): string {
    return this.graph.node('Cast', [name], {
      SrcT: attribute.type(dataTypes[from]),
      DstT: attribute.type(dataTypes[to]),
    });
  }

  #constant(tensor: tf.Tensor): string {
    const values = this.#backend.readSync(tensor.dataId);
    const content =
      tensor.dtype === 'bool'
        ? Uint8Array.from(values)
        : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const dtype = tensor.dtype as DataTypeName;
    if (values.length < LARGE || values.some((value) => !Object.is(value, values[0]))) {
      return this.#constantOf(dtype, tensor.shape, content);
    }
    // one value for all: the graph, of which TensorFlow makes several copies, need not store it that many times
    const one = this.#constantOf(dtype, [], content.subarray(0, content.byteLength / values.length));
    const { shape } = tensor;
    const dimensions = this.#constantOf('int32', [shape.length], new Uint8Array(Int32Array.from(shape).buffer));
    return this.graph.node('Fill', [dimensions, one], {
      T: attribute.type(dataTypes[dtype]),
      index_type: attribute.type(dataTypes.int32),
    });
  }

  /** A small constant is stored in the graph once: nine in ten of those in a training step are repetitions. */
  #constantOf(dtype: DataTypeName, shape: readonly number[], content: Uint8Array): string {
    const make = () =>
      this.graph.node('Const', [], {
        dtype: attribute.type(dataTypes[dtype]),
        value: attribute.tensor(dataTypes[dtype], shape, content),
      });
    if (content.length > LARGE) return make();
    const key = `${dtype} ${shape} ${content}`;
    const name = this.#constants.get(key) ?? make();
    this.#constants.set(key, name);
    return name;
  }
}

const float32 = attribute.type(dataTypes.float32);
const bfloat16 = attribute.type(dataTypes.bfloat16);
