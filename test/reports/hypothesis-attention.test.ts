import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hypothesisAttention } from '../../src/reports/hypothesis-attention.ts';

const pieces = ['<pad>', '<unk>', '<s>', '</s>', '▁I', '▁am'];
const vocabulary = { piece: (id: number) => pieces[id]! };
const text = { source: 'Sono', hypothesis: 'I am' };
const source = ['▁So', 'no', '</s>'];
const row = Float32Array.of(0.5, 0.25, 0.25);

test('a finished hypothesis has a row for its </s>, an unfinished one has not', () => {
  const finished = hypothesisAttention(
    { ids: [4, 5], attention: { attention: [row, row, row] } },
    source,
    vocabulary,
    text,
  );
  assert.deepEqual(finished?.target, ['▁I', '▁am', '</s>']);
  assert.ok(!('heads' in (finished ?? {})), 'one that has no heads names none');
  const cut = hypothesisAttention({ ids: [4, 5], attention: { attention: [row, row] } }, source, vocabulary, text);
  assert.deepEqual(cut?.target, ['▁I', '▁am']);
  assert.deepEqual(cut?.wordWeights, [
    [0.75, 0.25],
    [0.75, 0.25],
  ]);
});

test('the heads of a transformer are kept by name', () => {
  const attention = { attention: [row], 'layer1.head1': [row], 'layer1.head2': [Float32Array.of(0, 0, 1)] };
  const matrix = hypothesisAttention({ ids: [4], attention }, source, vocabulary, text);
  assert.deepEqual(
    matrix?.heads?.map(({ name }) => name),
    ['layer1 head1', 'layer1 head2'],
  );
  assert.deepEqual(matrix?.heads?.[1]?.weights, [[0, 0, 1]]);
  const single = { attention: [row], 'layer1.head1': [row] };
  assert.equal(hypothesisAttention({ ids: [4], attention: single }, source, vocabulary, text)?.heads?.length, 1);
});

test('a model without attention has no matrix', () => {
  assert.equal(hypothesisAttention({ ids: [4], attention: {} }, source, vocabulary, text), undefined);
});
