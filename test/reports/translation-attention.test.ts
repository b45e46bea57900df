import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hypothesis } from '../../src/decoding/hypothesis.ts';
import type { Translation } from '../../src/decoding/translation.ts';
import { translationAttention } from '../../src/reports/translation-attention.ts';

const row = Float32Array.of(0.5, 0.25, 0.25);

/** A translation of "Sono" with these pieces. */
function translated(pieces: readonly string[], attention: Hypothesis['attention']): Translation {
  const finished = pieces.at(-1) === '</s>';
  const hypothesis = { ids: [4, 5], logProbability: -1, score: -1, finished, attention, text: 'I am', pieces };
  return { source: 'Sono', pieces: ['▁So', 'no', '</s>'], truncated: false, hypotheses: [hypothesis] };
}

test('a hypothesis has one row per piece that the translator wrote, with or without </s>', () => {
  const whole = translated(['▁I', '▁am', '</s>'], { attention: [row, row, row] });
  const finished = translationAttention(whole, 0, 'I am.');
  assert.deepEqual(finished?.target, ['▁I', '▁am', '</s>']);
  assert.deepEqual(finished.text, { source: 'Sono', hypothesis: 'I am', reference: 'I am.' });
  assert.ok(!('heads' in finished), 'one that has no heads names none');
  const cut = translationAttention(translated(['▁I', '▁am'], { attention: [row, row] }));
  assert.deepEqual(cut?.target, ['▁I', '▁am']);
  assert.deepEqual(cut.wordWeights, [
    [0.75, 0.25],
    [0.75, 0.25],
  ]);
  assert.ok(!('reference' in cut.text));
  assert.throws(() => translationAttention(whole, 1), RangeError);
});

test('the heads of a transformer are kept by name', () => {
  const attention = { attention: [row], 'layer1.head1': [row], 'layer1.head2': [Float32Array.of(0, 0, 1)] };
  const matrix = translationAttention(translated(['▁I'], attention));
  assert.deepEqual(
    matrix?.heads?.map(({ name }) => name),
    ['layer1 head1', 'layer1 head2'],
  );
  assert.deepEqual(matrix?.heads?.[1]?.weights, [[0, 0, 1]]);
  const single = translationAttention(translated(['▁I'], { attention: [row], 'layer1.head1': [row] }));
  assert.equal(single?.heads?.length, 1);
});

test('a model without attention has no matrix', () => {
  assert.equal(translationAttention(translated(['▁I'], {})), undefined);
});
