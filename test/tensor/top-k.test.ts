import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../../src/support/random.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { topK } from '../../src/tensor/ops/top-k.ts';
import { openRuntime } from '../../src/tensor/runtime.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';

for (const { name, options, skip } of [
  { name: 'TensorFlow', options: { eager: true }, skip: hasTensorFlow() ? false : needsTensorFlow },
  { name: 'plain JavaScript', options: { backend: 'cpu' as const }, skip: false },
]) {
  test(`the largest numbers of each row are found, in blocks or at once, on ${name}`, { skip }, async () => {
    const runtime = await openRuntime(options);
    const random = new Random(3, 'top-k');
    for (const [rows, columns, k] of [
      [3, 4000, 8],
      [2, 4001, 5],
      [1, 1279, 10],
      [4, 60, 60],
      [2, 700, 1],
    ] as const) {
      const numbers = Array.from({ length: rows }, () =>
        // few different numbers, so that some are equal; the last row is all negative
        Array.from({ length: columns }, () => random.integer(5000) / 100 - (rows === 1 ? 100 : 0)),
      );
      const { values, indices } = tf.tidy(() => {
        const found = topK(tf.tensor2d(numbers), k);
        return { values: found.values.arraySync(), indices: found.indices.arraySync() };
      });
      for (const [r, row] of numbers.entries()) {
        const expected = [...row].sort((a, b) => b - a).slice(0, k);
        assert.deepEqual(values[r], [...Float32Array.from(expected)]);
        assert.deepEqual(
          indices[r]!.map((index) => Math.fround(row[index]!)),
          values[r],
        );
        assert.equal(new Set(indices[r]).size, k, 'no column comes twice');
      }
    }
    runtime.close();
  });
}
