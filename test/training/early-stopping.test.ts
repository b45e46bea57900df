import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareScores,
  judge,
  nothingYet,
  type Scores,
  type ValidationMetric,
} from '../../src/training/early-stopping.ts';

const scores = (changes: Partial<Scores>): Scores => ({ loss: 1, perplexity: Math.E, bleu: 0, chrf: 0, ...changes });

/** The result of `judge` for each value in turn. */
function verdicts(metric: ValidationMetric, patience: number, values: readonly number[]): string[] {
  let best = nothingYet;
  return values.map((value, index) => {
    const verdict = judge(best, scores({ [metric]: value }), (index + 1) * 100, metric, patience);
    best = JSON.parse(JSON.stringify(verdict.best));
    return `${verdict.improved ? 'better' : 'not better'}${verdict.stop ? ', stop' : ''} (${best.value} at ${best.step})`;
  });
}

test('training stops after `patience` validations in a row without improvement', () => {
  assert.deepEqual(verdicts('bleu', 2, [10, 12, 11, 13, 13, 12]), [
    'better (10 at 100)',
    'better (12 at 200)',
    'not better (12 at 200)',
    'better (13 at 400)',
    'not better (13 at 400)',
    'not better, stop (13 at 400)',
  ]);
});

test('a smaller loss is better, a larger chrF is better', () => {
  assert.deepEqual(verdicts('loss', 1, [2, 1, 1.5]), [
    'better (2 at 100)',
    'better (1 at 200)',
    'not better, stop (1 at 200)',
  ]);
  assert.deepEqual(verdicts('chrf', 0, [2, 1]), ['better (2 at 100)', 'not better (2 at 100)']);
});

test('patience 0 never stops, a first score of zero is better than none, NaN is never better', () => {
  assert.deepEqual(verdicts('bleu', 0, [0, 0, Number.NaN, 0.5]), [
    'better (0 at 100)',
    'not better (0 at 100)',
    'not better (0 at 100)',
    'better (0.5 at 400)',
  ]);
});

test('of equal scores neither is better, but if they are 0 the smaller loss is', () => {
  const compared = (metric: ValidationMetric, a: Partial<Scores>, b: Partial<Scores>) =>
    Math.sign(compareScores(metric, scores(a), scores(b)));
  assert.equal(compared('bleu', { bleu: 0, loss: 1 }, { bleu: 0, loss: 2 }), -1);
  assert.equal(compared('bleu', { bleu: 0, loss: 2 }, { bleu: 0, loss: 1 }), 1);
  assert.equal(compared('bleu', { bleu: 5, loss: 1 }, { bleu: 5, loss: 2 }), 0);
  assert.equal(compared('loss', { loss: 0 }, { loss: 0 }), 0);
});

test('scores sort best first by their metric, NaN last', () => {
  const list = [scores({ bleu: 1, loss: 3 }), scores({ bleu: Number.NaN, loss: 2 }), scores({ bleu: 5, loss: 1 })];
  const sorted = (metric: ValidationMetric) =>
    list.toSorted((a, b) => compareScores(metric, a, b)).map((s) => list.indexOf(s));
  assert.deepEqual(sorted('bleu'), [2, 0, 1]);
  assert.deepEqual(sorted('loss'), [2, 1, 0]);
});
