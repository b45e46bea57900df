import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelledMatrix } from '../../src/reports/attention-matrix.ts';
import { attentionJson, attentionTsv, pharaohAlignment } from '../../src/reports/attention-text.ts';
import { hungry } from './example.ts';

test('an attention file has the keys that docs/reports.md names, and weights that sum to 1', () => {
  const file = JSON.parse(attentionJson(hungry()));
  assert.deepEqual(Object.keys(file).sort(), [
    'source',
    'sourceWords',
    'target',
    'targetWords',
    'text',
    'weights',
    'wordWeights',
  ]);
  assert.deepEqual(Object.keys(file.text), ['source', 'hypothesis', 'reference']);
  for (const row of [...file.weights, ...file.wordWeights]) {
    const sum = row.reduce((total: number, weight: number) => total + weight, 0);
    assert.ok(Math.abs(sum - 1) < 1e-5);
  }
});

test('heads are written with both their matrices, to six decimals', () => {
  const head = { name: 'head 1', weights: [[1 / 3, 2 / 3]], wordWeights: [[1]] };
  const file = JSON.parse(attentionJson({ ...hungry(), heads: [head] }));
  assert.deepEqual(file.heads, [{ name: 'head 1', weights: [[0.333333, 0.666667]], wordWeights: [[1]] }]);
});

test('the TSV has source labels across, target labels down and the weights between', () => {
  const lines = attentionTsv(labelledMatrix(hungry(), 'pieces')).split('\n');
  assert.equal(lines[0], '\t▁Ho\t▁mol\tta\t▁fame\t.\t</s>');
  assert.equal(lines[4], '▁hung\t0.060000\t0.010000\t0.010000\t0.920000\t0.000000\t0.000000');
  assert.equal(lines.length, 9);
});

test('a label with a tab does not shift the cells of the TSV', () => {
  assert.equal(attentionTsv({ rows: ['a\tb'], columns: ['c\nd'], weights: [[1]] }), '\tc d\na b\t1.000000\n');
});

test('an alignment names the source each target looks at most, and none for </s>', () => {
  assert.equal(pharaohAlignment(labelledMatrix(hungry(), 'pieces')), '0-0 0-1 1-2 3-3 3-4 4-5');
  assert.equal(pharaohAlignment(labelledMatrix(hungry(), 'words')), '0-0 0-1 1-2 2-3');
});

test('a target that looks most at </s> is left unaligned, and of ties the first wins', () => {
  const matrix = {
    rows: ['a', 'b', '</s>'],
    columns: ['x', 'y', '</s>'],
    weights: [
      [0.1, 0.2, 0.7],
      [0.4, 0.4, 0.2],
      [1, 0, 0],
    ],
  };
  assert.equal(pharaohAlignment(matrix), '0-1');
});
