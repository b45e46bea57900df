import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Matrix, simplifiedByLoops, trainableByLoops } from '../../src/lesson/loops.ts';
import { largestDifference, readFixture, waveMatrix } from '../layers/waves.ts';

const peer = readFixture<Record<string, number[]>>('self-attention');
const WORDS: Matrix = [
  [0.43, 0.15, 0.89],
  [0.55, 0.87, 0.66],
  [0.57, 0.85, 0.64],
  [0.22, 0.58, 0.33],
  [0.77, 0.25, 0.1],
  [0.05, 0.8, 0.55],
];
const projections = { query: waveMatrix(4, 3, 1), key: waveMatrix(4, 3, 2), value: waveMatrix(4, 3, 3) };

const close = (found: ArrayLike<number>, expected: ArrayLike<number>, what: string) => {
  const difference = largestDifference(found, expected);
  assert.ok(difference < 1e-5, `${what} differ by ${difference}`);
};

test('self-attention without weights equals PyTorch', () => {
  close(simplifiedByLoops(WORDS).context.flat(), peer.simplified!, 'contexts');
});

test('self-attention with weights equals PyTorch, causal or not', () => {
  close(trainableByLoops(WORDS, projections).context.flat(), peer.trainable!, 'contexts');
  const causal = trainableByLoops(WORDS, projections, { causal: true });
  close(causal.context.flat(), peer.causal!, 'causal contexts');
  assert.deepEqual(causal.weights[1]!.slice(2), [0, 0, 0, 0]);
});

test('a dropped weight removes its value from the context, the others count more', () => {
  const keep = (j: number) => (j === 0 ? 0 : 2);
  const dropout = WORDS.map((row) => [...row, ...row].map((_, j) => keep(j)));
  const { weights, dropped, context, values } = trainableByLoops(WORDS, projections, { dropout });
  close(
    dropped![3]!,
    weights[3]!.map((weight, j) => weight * keep(j)),
    'weights',
  );
  const expected = values[0]!.map((_, d) => values.reduce((sum, v, j) => sum + weights[3]![j]! * keep(j) * v[d]!, 0));
  close(context[3]!, expected, 'contexts');
});
