import * as tf from '@tensorflow/tfjs-core';
import { type NodeBackend, nodeBackend, type OperationAttribute } from './backend.ts';
import { type Attribute, attribute, type DataTypeName, dataTypes, GraphDef } from './graph-def.ts';
import { outputShape, outputShapes, unevaluated } from './unevaluated.ts';

/** tfjs functions that make random numbers in JavaScript: recorded, they would be the same numbers at every step. */
const randomFunctions = new Set([
  'randomUniform',
  'randomUniformInt',
  'randomNormal',
  'randomStandardNormal',
  'randomGamma',
  'truncatedNormal',
  'dropout',
  'multinomial',
]);

/**
 * The product that `bfloat16` runs in half precision. Not the batched one: attention's matrices are so small that casting
 * them costs more than it saves.
 */
const MATRIX_PRODUCT = 'MatMul';

/**
 * Operations that take a product of half precision as it is, with the name of the attribute that says so: the output layer
 * and its loss, whose logits are the largest thing in a training step. What they would gain by float32, the product has
 * lost already.
 */
const stayHalf: Readonly<Record<string, string>> = {
  BiasAdd: 'T',
  Softmax: 'T',
  GatherNd: 'Tparams',
  TensorScatterSub: 'T',
};

/** From this many values on a constant of one value is made when the graph runs, not kept in it. */
const LARGE = 256;

/** How a recording differs from the eager run it records. */
export interface RecordingOptions {
  /**
   * `bfloat16` casts the operands of every product of two matrices, and its result back to float32 where it is not the
   * operand of another one or of an operation that works in half precision as well.
   */
  readonly precision: 'float32' | 'bfloat16';
}

/**
 * Records what tfjs-node executes while a function runs, as a GraphDef: each kernel, gradients included, ends in a call
 * of a TensorFlow operation, and becomes a node. Tensors that no recorded operation made become constants. The costly
 * kernels are not run: their outputs have shapes but no values (`unevaluated`), since a step may not look at values.
 */
export class Recorder {
  readonly graph: GraphDef;
  readonly #backend: NodeBackend;
  readonly #precision: RecordingOptions['precision'];
  readonly #names = new WeakMap<object, string>();
  /** The operation that made a recorded tensor, for the message of a forbidden read. */
  readonly #makers = new WeakMap<object, string>();
  readonly #halves = new Map<string, string>();
  readonly #constants = new Map<string, string>();

  constructor(prefix: string, options: RecordingOptions) {
    this.graph = new GraphDef(prefix);
    this.#backend = nodeBackend();
    this.#precision = options.precision;
  }

  /** Says which node's output a tensor stands for. */
  bind(tensor: tf.Tensor, name: string, maker: string): void {
    this.#names.set(tensor.dataId, name);
    this.#makers.set(tensor.dataId, maker);
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

  /**
   * Runs `action` once and records it.
   * @throws Error that names the operation where a recorded value is read or a random number is made in JavaScript.
   */
  record<T>(action: () => T): T {
    const backend = this.#backend;
    const engine = tf.engine();
    const { executeSingleOutput, executeMultipleOutputs, readSync } = backend;
    const startScope = engine.startScope;
    const constant = (tensor: tf.Tensor) =>
      this.#makers.has(tensor.dataId) ? undefined : Array.from(readSync.call(backend, tensor.dataId));
    backend.executeSingleOutput = (name, attributes, inputs) => {
      const names = this.#inputNames(name, inputs);
      const shape = outputShape(name, attributes, inputs, constant);
      const output =
        shape === undefined ? executeSingleOutput.call(backend, name, attributes, inputs) : unevaluated(backend, shape);
      this.#add(name, attributes, names, inputs, [output]);
      return output;
    };
    backend.executeMultipleOutputs = (name, attributes, inputs, count) => {
      const names = this.#inputNames(name, inputs);
      const shapes = outputShapes(name, attributes, inputs, count, constant);
      const outputs =
        shapes === undefined
          ? executeMultipleOutputs.call(backend, name, attributes, inputs, count)
          : shapes.map((shape) => unevaluated(backend, shape));
      this.#add(name, attributes, names, inputs, outputs);
      return outputs;
    };
    backend.readSync = (dataId) => {
      const maker = this.#makers.get(dataId);
      if (maker !== undefined) {
        throw new Error(
          `the value of ${maker} was read while a step was being recorded; a compiled step cannot look at values`,
        );
      }
      return readSync.call(backend, dataId);
    };
    engine.startScope = (name?: string) => {
      const operation = name?.replace(/__op$/, '');
      if (operation !== undefined && randomFunctions.has(operation)) {
        throw new Error(
          `${operation} makes its numbers in JavaScript: recorded, they would never change; use the stateless random operations of src/tensor/ops/random.ts`,
        );
      }
      startScope.call(engine, name);
    };
    try {
      return action();
    } finally {
      Object.assign(backend, { executeSingleOutput, executeMultipleOutputs, readSync });
      engine.startScope = startScope;
    }
  }

  #inputNames(operation: string, inputs: readonly tf.Tensor[]): string[] {
    if (/^(Random|Multinomial|TruncatedNormal|ParameterizedTruncatedNormal)/.test(operation)) {
      throw new Error(
        `${operation} keeps a state of its own: use the stateless random operations of src/tensor/ops/random.ts`,
      );
    }
    return inputs.map((input) => this.nameOf(input));
  }

  #add(
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
    const converted = this.#attributes(attributes);
    // the one kernel of tfjs-node that leaves its element type for TensorFlow's eager mode to infer
    if (operation === 'ExpandDims') {
      converted.T = attribute.type(dataTypes[(outputs[0] as tf.Tensor).dtype as DataTypeName]);
    }
    const type = this.#halfType(operation, names, outputs);
    const name =
      type === undefined
        ? this.graph.node(operation, names, converted)
        : this.#addHalf(operation, { ...converted, [type]: attribute.type(dataTypes.bfloat16) }, names, inputs);
    for (const [i, output] of outputs.entries()) this.bind(output, i === 0 ? name : `${name}:${i}`, operation);
  }

  /** The attribute that sets the element type of an operation that is to run in half precision. */
  #halfType(operation: string, [first]: readonly string[], [output]: readonly tf.Tensor[]): string | undefined {
    if (this.#precision !== 'bfloat16' || output?.dtype !== 'float32') return undefined;
    if (operation === MATRIX_PRODUCT) return 'T';
    return this.#halves.has(first as string) ? stayHalf[operation] : undefined;
  }

  /** @returns the output in float32: a cast that TensorFlow leaves out where nobody asks for it */
  #addHalf(
    operation: string,
    attributes: Readonly<Record<string, Attribute>>,
    names: readonly string[],
    inputs: readonly tf.Tensor[],
  ): string {
    const operands = names.map((name, i) => (inputs[i]?.dtype === 'float32' ? this.#half(name) : name));
    const half = this.graph.node(operation, operands, attributes);
    const name = this.#cast(half, 'bfloat16', 'float32');
    this.#halves.set(name, half);
    return name;
  }

  /** The half precision of a tensor, cast once. */
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
    // one value for all: the graph, of which TensorFlow makes several copies, need not hold it so many times
    const one = this.#constantOf(dtype, [], content.subarray(0, content.byteLength / values.length));
    const { shape } = tensor;
    const dimensions = this.#constantOf('int32', [shape.length], new Uint8Array(Int32Array.from(shape).buffer));
    return this.graph.node('Fill', [dimensions, one], {
      T: attribute.type(dataTypes[dtype]),
      index_type: attribute.type(dataTypes.int32),
    });
  }

  /** A small constant stands in the graph once: of those of a training step nine in ten have come before. */
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

  #attributes(attributes: readonly OperationAttribute[]): Record<string, Attribute> {
    const { binding } = this.#backend;
    const result: Record<string, Attribute> = {};
    for (const { name, type, value } of attributes) {
      if (type === binding.TF_ATTR_TYPE) {
        result[name] = Array.isArray(value) ? attribute.types(value) : attribute.type(value as number);
      } else if (type === binding.TF_ATTR_INT) {
        result[name] = Array.isArray(value) ? attribute.integers(value) : attribute.integer(value as number);
      } else if (type === binding.TF_ATTR_BOOL) {
        result[name] = attribute.boolean(value as boolean);
      } else if (type === binding.TF_ATTR_FLOAT) {
        result[name] = attribute.float(value as number);
      } else if (type === binding.TF_ATTR_STRING) {
        result[name] = attribute.text(value as string);
      } else if (type === binding.TF_ATTR_SHAPE) {
        result[name] = attribute.shape(value as number[]);
      } else {
        throw new Error(`attribute ${name} has a type that the recorder does not know`);
      }
    }
    return result;
  }
}
