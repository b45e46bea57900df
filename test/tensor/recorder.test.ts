import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { GraphDef } from '../../src/tensor/graph-def.ts';
import { Recorder } from '../../src/tensor/recorder.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';

const skip = hasTensorFlow() ? false : needsTensorFlow;

let runtime: Runtime;
before(async () => {
  if (!skip) runtime = await openRuntime({ threads: 2 });
});
after(() => runtime?.close());

/** The operations that a recording adds to a graph. */
function recorded(action: () => void): string[] {
  const operations: string[] = [];
  const recorder = new Recorder('test', { precision: 'float32' });
  const node = recorder.nodes.graph.node.bind(recorder.nodes.graph);
  recorder.nodes.graph.node = (operation, ...rest) => {
    operations.push(operation);
    return node(operation, ...rest);
  };
  tf.tidy(() => recorder.record(action));
  return operations;
}

const count = (operations: readonly string[], name: string) => operations.filter((one) => one === name).length;

test('a small constant is in a graph once, however often it is made', { skip }, () => {
  const operations = recorded(() => {
    const x = tf.ones([3, 4]);
    for (let i = 0; i < 5; i++) tf.transpose(tf.mul(x, tf.scalar(2)), [1, 0]);
    tf.mul(x, tf.scalar(3));
  });
  // ones, the two factors, the permutation
  assert.equal(count(operations, 'Const'), 4, operations.join(' '));
});

test('constants of the same bytes but different types or shapes stay separate', { skip }, async () => {
  const step = runtime.compile(({ x }) => ({
    a: tf.add(x!, tf.tensor1d([1, 0])),
    b: tf.add(x!, tf.tensor2d([1, 0], [2, 1])),
    c: tf.add(tf.cast(x!, 'int32'), tf.tensor1d(new Int32Array(new Float32Array([1, 0]).buffer), 'int32')),
  }));
  const { a, b, c } = await step({ x: { shape: [2], data: Float32Array.of(5, 6) } });
  assert.deepEqual([...a!.data], [6, 6]);
  assert.deepEqual([...b!.data], [6, 7, 5, 6]);
  assert.deepEqual([...c!.data], [5 + 0x3f800000, 6]);
});

test('a large constant of one value takes no space in a graph, and keeps its value', { skip }, async () => {
  const bytes: number[] = [];
  const { finish } = GraphDef.prototype;
  GraphDef.prototype.finish = function () {
    const result = finish.call(this);
    bytes.push(result.length);
    return result;
  };
  try {
    const step = runtime.compile(({ x }) => ({
      y: tf.add(x!, tf.fill([100, 100], 2.5)),
      z: tf.add(x!, tf.concat([tf.zeros([50, 100]), tf.ones([50, 100])])),
      whole: tf.add(tf.cast(x!, 'int32'), tf.fill([100, 100], 7, 'int32')),
    }));
    const outputs = await step({ x: { shape: [], data: Float32Array.of(1) } });
    assert.deepEqual(outputs.y, { shape: [100, 100], data: new Float32Array(10_000).fill(3.5) });
    assert.deepEqual(outputs.z!.data, new Float32Array(10_000).fill(1, 0, 5000).fill(2, 5000));
    assert.deepEqual(outputs.whole!.data, new Int32Array(10_000).fill(8));
  } finally {
    GraphDef.prototype.finish = finish;
  }
  assert.ok(bytes[0]! < 5000, `${bytes} bytes`);
});

test("a cast to the tensor's own type is not an operation", { skip }, async () => {
  const operations = recorded(() => {
    const x = tf.ones([3, 4]);
    tf.grad((y) => tf.sum(tf.add(y, tf.scalar(1))))(x);
  });
  assert.equal(count(operations, 'Cast'), 0, operations.join(' '));
});
