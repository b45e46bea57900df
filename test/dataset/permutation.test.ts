import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Permutation } from '../../src/dataset/permutation.ts';

const order = (size: number, ...key: (string | number)[]): number[] => {
  const permutation = new Permutation(size, ...key);
  return Array.from({ length: size }, (_, i) => permutation.at(i));
};

test('every index occurs exactly once, whatever the size and the key', () => {
  fc.assert(
    fc.property(fc.nat(3000), fc.nat(), (size, seed) => {
      const sorted = order(size, seed).sort((a, b) => a - b);
      assert.deepEqual(
        sorted,
        Array.from({ length: size }, (_, i) => i),
      );
    }),
  );
});

test('the same key gives the same order, another key another one', () => {
  assert.deepEqual(order(1000, 1, 'sentences', 0), order(1000, 1, 'sentences', 0));
  assert.notDeepEqual(order(1000, 1, 'sentences', 0), order(1000, 1, 'sentences', 1));
  assert.notDeepEqual(order(1000, 1, 'sentences', 0), order(1000, 2, 'sentences', 0));
});

test('over many keys each index is as likely as any other at each position', () => {
  const size = 12;
  const trials = 6000;
  const counts = new Float64Array(size * size);
  for (let seed = 0; seed < trials; seed++) {
    order(size, seed).forEach((index, position) => {
      counts[position * size + index]! += 1;
    });
  }
  const expected = trials / size;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 121 degrees of freedom: the mean is 121, and one fair shuffle in a million exceeds 208.
  assert.ok(chiSquare < 208, `chi-square ${chiSquare}`);
});

test('neighbours in the order are not neighbours in the corpus', () => {
  const size = 100_000;
  const permutation = new Permutation(size, 7);
  let products = 0;
  let near = 0;
  const centred = (i: number): number => permutation.at(i) / size - 0.5;
  for (let i = 0; i + 1 < size; i++) {
    products += centred(i) * centred(i + 1);
    if (Math.abs(permutation.at(i) - permutation.at(i + 1)) <= 50) near++;
  }
  // A fair shuffle: a correlation of 0 within 5 standard errors, and 1 in 1,000 next pairs within 50 of each other.
  assert.ok(Math.abs(products / size / (1 / 12)) < 5 / Math.sqrt(size));
  assert.ok(near > 50 && near < 160, `${near} near pairs`);
});
