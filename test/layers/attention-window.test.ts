import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { maskedSoftmax } from '../../src/layers/attention.ts';
import { type WindowName, windowedWeights } from '../../src/layers/attention-window.ts';
import { scoreFunctions } from '../../src/layers/score-functions.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';

const [TARGETS, SOURCES, SIZE, REACH] = [4, 7, 3, 2];
let runtime: Runtime;
before(async () => {
  runtime = await openRuntime({ backend: 'cpu' });
});
after(() => runtime.close());

const scores = () =>
  tf.tensor(
    Array.from({ length: 2 * TARGETS * SOURCES }, (_, i) => Math.sin(i)),
    [2, TARGETS, SOURCES],
  );
/** The first sentence has six words and its end, the second two and its end. */
const mask = () =>
  tf.tensor2d([
    [1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 0, 0, 0, 0],
  ]);
const queries = () =>
  tf.tensor(
    Array.from({ length: 2 * TARGETS * SIZE }, (_, i) => Math.cos(i)),
    [2, TARGETS, SIZE],
  );
const steps = () =>
  tf.tensor2d([
    [0, 1, 2, 3],
    [0, 1, 2, 3],
  ]);
const parameters = () => ({
  'attention.position.weight': tf.tensor2d([
    [0.5, -1, 0.3],
    [0.2, 0.4, -0.6],
    [1, 0, 0.1],
  ]),
  'attention.position.energy.weight': tf.tensor2d([[1.5, -0.7, 0.4]]),
});

function weights(window: WindowName): number[][][] {
  const input = { scores: scores(), mask: mask(), queries: queries(), steps: steps() };
  return windowedWeights(parameters(), 'attention', window, REACH, input).arraySync() as number[][][];
}

/** Softmax over some positions by its definition; the others get 0. */
function softmaxOver(row: readonly number[], inside: (s: number) => boolean): number[] {
  const powers = row.map((score, s) => (inside(s) ? Math.exp(score) : 0));
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
}

function assertRows(found: number[][][], expected: (row: number[], b: number, t: number) => number[]): void {
  const given = scores().arraySync() as number[][][];
  for (const [b, sentence] of found.entries()) {
    for (const [t, row] of sentence.entries()) {
      for (const [s, value] of expected((given[b] as number[][])[t] as number[], b, t).entries()) {
        assert.ok(Math.abs((row[s] as number) - value) < 1e-6, `${b} ${t} ${s}: ${row[s]} is not ${value}`);
        if (value === 0) assert.equal(row[s], 0);
      }
    }
  }
}

test('global attention is the softmax over the words and the end; padding gets exactly 0', () => {
  assertRows(weights('global'), (row, b) => softmaxOver(row, (s) => s < [7, 3][b]!));
});

test('local-m looks at most D words from step t, never at the end, and not past the last word', () => {
  assertRows(weights('local-m'), (row, b, t) => {
    const words = [6, 2][b]!;
    const center = Math.min(t, words - 1);
    return softmaxOver(row, (s) => s < words && Math.abs(s - center) <= REACH);
  });
});

test('local-p looks around the position it predicts, with a bell that is not renormalised', () => {
  const h = queries().arraySync() as number[][][];
  const w = parameters()['attention.position.weight'].arraySync();
  const [v] = parameters()['attention.position.energy.weight'].arraySync() as [number[]];
  const found = weights('local-p');
  assertRows(found, (row, b, t) => {
    const words = [6, 2][b]!;
    const energy = w.reduce(
      (sum, line, i) => sum + v[i]! * Math.tanh(line.reduce((dot, x, j) => dot + x * h[b]![t]![j]!, 0)),
      0,
    );
    const center = words / (1 + Math.exp(-energy));
    const inside = softmaxOver(row, (s) => s < words && Math.abs(s - center) <= REACH);
    return inside.map((weight, s) => weight * Math.exp(-((s - center) ** 2) / (2 * (REACH / 2) ** 2)));
  });
  const sums = found.flat().map((row) => row.reduce((sum, x) => sum + x, 0));
  assert.ok(sums.every((sum) => sum > 0 && sum < 1));
});

test('location scores only exist for their first positions; those beyond get no weight', () => {
  const location = {
    'attention.location.weight': tf.tensor2d([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]),
  };
  const found = maskedSoftmax(
    scoreFunctions.location.scores(location, 'attention', queries(), tf.zeros([2, SOURCES, SIZE])),
    mask(),
  );
  const rows = (found.arraySync() as number[][][]).flat();
  for (const row of rows) {
    assert.deepEqual(row.slice(3), [0, 0, 0, 0]);
    assert.ok(Math.abs(row.slice(0, 3).reduce((sum, x) => sum + x, 0) - 1) < 1e-6);
  }
});
