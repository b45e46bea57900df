import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { attentionStatistics } from '../../src/evaluation/attention-statistics.ts';

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
const source = ['una', 'casa', '</s>'];

test('attention on one piece at a time has entropy 0, and spread over S pieces ln S', () => {
  near(
    attentionStatistics([
      {
        source,
        weights: [
          [1, 0, 0],
          [0, 1, 0],
        ],
      },
    ]).entropy,
    0,
  );
  near(attentionStatistics([{ source, weights: [[1 / 3, 1 / 3, 1 / 3]] }]).entropy, Math.log(3));
});

test('coverage is the mean over source words of the attention they got, at most 1 each, without </s>', () => {
  const weights = [
    [0.9, 0, 0.1],
    [0.6, 0.3, 0.1],
  ];
  near(attentionStatistics([{ source, weights }]).coverage, (1 + 0.3) / 2);
  near(attentionStatistics([{ source, weights }]).eosMass, 0.1);
});

test('a source without </s> has all its pieces counted and no mass on </s>', () => {
  const { coverage, eosMass } = attentionStatistics([{ source: ['una', 'casa'], weights: [[0.25, 0.75]] }]);
  near(coverage, 0.5);
  near(eosMass, 0);
});

test('monotonicity counts steps back and skips pieces that look at </s>', () => {
  const at = (...places: number[]) => ({
    source: ['a', 'b', 'c', '</s>'],
    weights: places.map((place) => [0, 1, 2, 3].map((s) => (s === place ? 1 : 0))),
  });
  near(attentionStatistics([at(0, 1, 1, 2, 3)]).monotonicity, 1);
  near(attentionStatistics([at(2, 1, 0)]).monotonicity, 0);
  near(attentionStatistics([at(1, 3, 0, 2)]).monotonicity, 0.5);
});

test('means are over the pieces of all sentences, and sentences do not affect each other', () => {
  const one = { source, weights: [[0, 1, 0]] };
  const other = {
    source,
    weights: [
      [1, 0, 0],
      [0.5, 0, 0.5],
    ],
  };
  const { eosMass, monotonicity } = attentionStatistics([one, other]);
  near(eosMass, 0.5 / 3);
  near(monotonicity, 1);
});

test('with nothing to average the result is NaN, not a number that looks measured', () => {
  assert.deepEqual(attentionStatistics([]), { entropy: NaN, coverage: NaN, eosMass: NaN, monotonicity: NaN });
});

test('for any rows that sum to 1 entropy is in [0, ln S] and the other statistics in [0, 1]', () => {
  const size = fc.integer({ min: 2, max: 6 });
  const matrix = size.chain((columns) =>
    fc.array(
      fc
        .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: columns, maxLength: columns })
        .map((row) => row.map((weight) => weight / row.reduce((sum, other) => sum + other, 0))),
      { minLength: 2, maxLength: 6 },
    ),
  );
  fc.assert(
    fc.property(matrix, (weights) => {
      const pieces = weights[0]!.map((_, s) => (s === weights[0]!.length - 1 ? '</s>' : 'a'));
      const { entropy, coverage, eosMass, monotonicity } = attentionStatistics([{ source: pieces, weights }]);
      assert.ok(entropy >= 0 && entropy <= Math.log(pieces.length) + 1e-12);
      assert.ok(coverage > 0 && coverage <= 1);
      assert.ok(eosMass > 0 && eosMass < 1);
      assert.ok(Number.isNaN(monotonicity) || (monotonicity >= 0 && monotonicity <= 1));
    }),
  );
});
