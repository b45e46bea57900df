import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { openRuntime } from '../../src/tensor/runtime.ts';

before(async () => {
  await openRuntime({ backend: 'wasm', threads: 1 });
});

/** The number of tensors in WebAssembly's memory. */
const held = () => (tf.backend() as unknown as { numDataIds(): number }).numDataIds();
const wave = (...shape: [number, number]) =>
  tf.sin(tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape)) as tf.Tensor2D;
const product = (a: tf.Tensor2D, b: tf.Tensor2D) => tf.tidy(() => Array.from(tf.matMul(a, b, false, true).dataSync()));

test('a matrix that is repeatedly multiplied transposed gives the same products', () => {
  const [x, y, w] = tf.tidy(() => [wave(2, 3), wave(4, 3), wave(5, 3)]) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const flipped = tf.tidy(() => tf.transpose(w));
  for (const input of [x, y, x, y, x]) {
    const expected = tf.tidy(() => Array.from(tf.matMul(input, flipped).dataSync()));
    assert.deepEqual(product(input, w), expected);
  }
  // the same numbers as another matrix
  const other = tf.tidy(() => tf.reshape(w, [3, 5])) as tf.Tensor2D;
  const [z, otherFlipped] = tf.tidy(() => [wave(2, 5), tf.transpose(other)]) as [tf.Tensor2D, tf.Tensor2D];
  const expected = tf.tidy(() => Array.from(tf.matMul(z, otherFlipped).dataSync()));
  for (let i = 0; i < 3; i++) assert.deepEqual(product(z, other), expected);
  tf.dispose([x, y, w, flipped, other, z, otherFlipped]);
});

test('a kept transposed matrix is freed with its original, and none is kept after a single product', () => {
  const before = held();
  const [x, often, once] = tf.tidy(() => [wave(2, 3), wave(5, 3), wave(5, 3)]) as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  product(x, once);
  assert.equal(held(), before + 3);
  for (let i = 0; i < 4; i++) product(x, often);
  assert.equal(held(), before + 4);
  const view = tf.tidy(() => tf.reshape(often, [15]));
  often.dispose();
  assert.equal(held(), before + 4, 'the view still needs the numbers');
  view.dispose();
  assert.equal(held(), before + 2);
  tf.dispose([x, once]);
  assert.equal(held(), before);
});

test('rows are looked up as they are, in any shape; a row that is not there is an error; other lookups are unchanged', () => {
  const before = held();
  tf.tidy(() => {
    const table = tf.reshape(tf.range(0, 24), [4, 3, 2]);
    const rows = (id: number) => Array.from({ length: 6 }, (_, i) => id * 6 + i);
    for (const [ids, shape] of [
      [[2], [1, 3, 2]],
      [
        [3, 0, 3, 3, 1],
        [5, 3, 2],
      ],
      [[], [0, 3, 2]],
    ] as const) {
      const found = tf.gather(table, tf.tensor1d([...ids], 'int32'));
      assert.deepEqual(found.shape, shape);
      assert.deepEqual(Array.from(found.dataSync()), ids.flatMap(rows));
    }
    const square = tf.gather(table, tf.tensor2d([1, 2, 3, 0], [2, 2], 'int32'));
    assert.deepEqual(square.shape, [2, 2, 3, 2]);
    assert.deepEqual(Array.from(square.dataSync()), [1, 2, 3, 0].flatMap(rows));
    for (const id of [-1, 4]) assert.throws(() => tf.gather(table, tf.tensor1d([0, id], 'int32')), /row -?\d of 4/);
    const along = tf.gather(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor1d([1], 'int32'), 1);
    assert.deepEqual(Array.from(along.dataSync()), [2, 4]);
    assert.deepEqual(Array.from(tf.gather(tf.tensor1d([5, 6], 'int32'), tf.tensor1d([1], 'int32')).dataSync()), [6]);
  });
  assert.equal(held(), before);
});
