import * as tf from '@tensorflow/tfjs-core';
import { type NodeBackend, nodeBackend } from './node-backend.ts';
import { RecordedNodes, type RecordingOptions } from './recorded-nodes.ts';
import { outputShape, outputShapes, unevaluated } from './unevaluated.ts';

/** tfjs functions that make random numbers in JavaScript: recorded, they would be the same at every step. */
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
 * Records what tfjs-node executes while a function runs, as a GraphDef: each kernel, gradients included, ends in a call
 * of a TensorFlow operation, which becomes a node. Tensors not made by a recorded operation become constants. Expensive
 * kernels are not run: their outputs have shapes but no values (`unevaluated`), because a step may not look at values.
 */
export class Recorder {
  readonly nodes: RecordedNodes;
  readonly #backend: NodeBackend;

  constructor(prefix: string, options: RecordingOptions) {
    this.nodes = new RecordedNodes(prefix, options);
    this.#backend = nodeBackend();
  }

  /**
   * Runs `action` once and records it.
   * @throws Error that names the operation if a recorded value is read or a random number is made in JavaScript
   */
  record<T>(action: () => T): T {
    const { nodes } = this;
    const backend = this.#backend;
    const engine = tf.engine();
    const { executeSingleOutput, executeMultipleOutputs, readSync } = backend;
    const startScope = engine.startScope;
    const constant = (tensor: tf.Tensor) =>
      nodes.makerOf(tensor.dataId) !== undefined ? undefined : Array.from(readSync.call(backend, tensor.dataId));
    backend.executeSingleOutput = (name, attributes, inputs) => {
      const names = this.#inputNames(name, inputs);
      const shape = outputShape(name, attributes, inputs, constant);
      const output =
        shape === undefined ? executeSingleOutput.call(backend, name, attributes, inputs) : unevaluated(backend, shape);
      nodes.add(name, attributes, names, inputs, [output]);
      return output;
    };
    backend.executeMultipleOutputs = (name, attributes, inputs, count) => {
      const names = this.#inputNames(name, inputs);
      const shapes = outputShapes(name, attributes, inputs, count, constant);
      const outputs =
        shapes === undefined
          ? executeMultipleOutputs.call(backend, name, attributes, inputs, count)
          : shapes.map((shape) => unevaluated(backend, shape));
      nodes.add(name, attributes, names, inputs, outputs);
      return outputs;
    };
    backend.readSync = (dataId) => {
      const maker = nodes.makerOf(dataId);
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
    return inputs.map((input) => this.nodes.nameOf(input));
  }
}
