import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attentionMatrix, labelledMatrix } from '../../src/reports/attention-matrix.ts';
import { hungry } from './example.ts';

const text = { source: 'a', hypothesis: 'b' };

test('an attention matrix has the words of its pieces, and rows of words that still sum to 1', () => {
  const attention = hungry();
  assert.deepEqual(attention.sourceWords, ['Ho', 'molta', 'fame.', '</s>']);
  assert.deepEqual(attention.targetWords, ['I', 'am', 'very', 'hungry.', '</s>']);
  assert.equal(attention.wordWeights.length, 5);
  for (const row of attention.wordWeights) assert.ok(Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-9);
});

test('each level is drawn with its own labels', () => {
  const attention = hungry();
  assert.deepEqual(labelledMatrix(attention, 'pieces').columns, attention.source);
  assert.deepEqual(labelledMatrix(attention, 'words').rows, attention.targetWords);
});

test('every head gets its words too', () => {
  const weights = [Float32Array.of(0.25, 0.75)];
  const { heads } = attentionMatrix({
    source: ['▁a', 'b'],
    target: ['▁c'],
    weights,
    heads: [{ name: 'head 1', weights }],
    text,
  });
  assert.deepEqual(heads, [{ name: 'head 1', weights: [[0.25, 0.75]], wordWeights: [[1]] }]);
});

test('weights of another shape, or that are not weights, are rejected', () => {
  const make = (weights: number[][]) => attentionMatrix({ source: ['a', 'b'], target: ['c'], weights, text });
  assert.throws(() => make([]), /0 rows of attention for 1 target pieces/);
  assert.throws(() => make([[1]]), /row 0 has 1 weights for 2 source pieces/);
  assert.throws(() => make([[Number.NaN, 1]]), /weight NaN at row 0, column 0/);
  assert.throws(() => make([[-0.1, 1]]), RangeError);
  assert.throws(() => make([[0, 1.1]]), RangeError);
});

test('a float32 softmax that exceeds 1 by a rounding error counts as 1', () => {
  const { weights } = attentionMatrix({ source: ['a'], target: ['b'], weights: [[1.0000001]], text });
  assert.deepEqual(weights, [[1]]);
});
