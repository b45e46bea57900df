import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { flatVariables, joinMembers, memberOf } from '../../src/tensor/flat.ts';
import { GraphDef } from '../../src/tensor/graph-def.ts';
import { Pieces } from '../../src/tensor/pieces.ts';
import type { HostTensor } from '../../src/tensor/session.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { gpuGraphs } from '../helpers/gpu-graphs.ts';

const skip = hasTensorFlow() ? false : needsTensorFlow;

const ofSize = (from: number, ...shape: number[]): HostTensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((size, n) => size * n, 1) }, (_, i) => from + i),
});

test('a group of variables becomes one variable if it has all of them, each at the start of a row', () => {
  const shapes = { a: [3, 5], b: [64], 'first/a': [3, 5], 'first/b': [64], 'second/a': [3, 5], c: [2] };
  const flat = flatVariables(shapes, ['a', 'b']);
  assert.deepEqual(
    flat.map(({ name, shape }) => [name, shape]),
    [
      ['*', [2, 64]],
      ['first/*', [2, 64]],
    ],
  );
  const values = { a: ofSize(1, 3, 5), b: ofSize(100, 64) };
  const joined = joinMembers(flat[0]!, values);
  for (const member of flat[0]!.members)
    assert.deepEqual(memberOf(member, joined), values[member.name as keyof typeof values]);
});

test('variables that are kept together are read, written and used under their own names', { skip }, async () => {
  const runtime = await gpuGraphs();
  try {
    const initial = {
      a: ofSize(1, 3, 5),
      b: ofSize(50, 64),
      'first/a': ofSize(0, 3, 5),
      'first/b': ofSize(0, 64),
      c: ofSize(9, 2),
    };
    const variables = await runtime.variables(initial, ['a', 'b']);
    assert.deepEqual(await variables.read(), initial);
    // one of the two: the other stays
    await variables.write({ b: ofSize(-7, 64), c: ofSize(4, 2) });
    assert.deepEqual(await variables.read(['c', 'a', 'b']), { c: ofSize(4, 2), a: initial.a, b: ofSize(-7, 64) });
    const double = runtime.compile((_, step) => {
      const sums = tf.stack(['a', 'b', 'c'].map((name) => tf.sum(step.variable(name))));
      const joined = step.together({
        a: tf.mul(step.variable('a'), 2),
        b: tf.mul(step.variable('b'), 2),
        c: step.variable('c'),
      });
      assert.deepEqual(Object.keys(joined), ['*', 'c']);
      for (const [name, value] of Object.entries(joined)) step.assign(name, value);
      return { sums };
    }, variables);
    const { sums } = await double({});
    const total = ({ data }: HostTensor) => Float32Array.from(data).reduce((sum, x) => sum + x, 0);
    assert.deepEqual([...sums!.data], [initial.a, ofSize(-7, 64), ofSize(4, 2)].map(total));
    const { a, b } = await variables.read(['a', 'b']);
    assert.deepEqual(
      [...a!.data],
      [...initial.a.data].map((x) => 2 * x),
    );
    assert.deepEqual(
      [...b!.data],
      [...ofSize(-7, 64).data].map((x) => 2 * x),
    );
  } finally {
    runtime.close();
  }
});

test('vectors that are neighbours in one source are joined by taking its rows, others are copied', () => {
  const added: string[] = [];
  const graph = new GraphDef('test');
  const node = graph.node.bind(graph);
  graph.node = (operation, ...rest) => {
    if (operation !== 'Const') added.push(operation);
    return node(operation, ...rest);
  };
  const pieces = new Pieces();
  const sizes = [64, 128, 64];
  pieces.add('x', { source: 'flat', from: 64, size: 64, total: 320 });
  pieces.add('y', { source: 'flat', from: 128, size: 128, total: 320 });
  pieces.add('z', { source: 'flat', from: 256, size: 64, total: 320 });
  assert.equal(pieces.join(graph, ['x', 'z'], [64, 64]), undefined, 'a gap between them');
  assert.equal(pieces.join(graph, ['y', 'x'], [128, 64]), undefined, 'the wrong order');
  assert.deepEqual(added, []);
  pieces.same('renamed', 'y');
  pieces.join(graph, ['x', 'renamed', 'z'], sizes);
  assert.deepEqual(added.splice(0), ['Reshape', 'Slice', 'Reshape'], 'rows of the source');
  pieces.join(graph, ['w', 'x', 'y'], [5, 64, 128]);
  assert.deepEqual(added.splice(0), ['Reshape', 'Slice', 'Reshape', 'ConcatV2'], 'one of two parts');
  pieces.add('whole', { source: 's', from: 0, size: 3, total: 8 });
  pieces.add('rest', { source: 's', from: 3, size: 5, total: 8 });
  pieces.join(graph, ['whole', 'rest'], [3, 5]);
  assert.deepEqual(added, ['Reshape'], 'the source itself');
});
