import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  afterValidation,
  learningRate,
  noPlateau,
  type Position,
  type ScheduleOptions,
  usedFraction,
} from '../../src/training/schedules.ts';

const base: ScheduleOptions = { schedule: 'constant', learningRate: 2, warmup: 0, dropout: 0 };
const at = (step: number, epoch = 0, seconds = 0): Position => ({ step, epoch, seconds });

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

test('the used fraction of the budget is that of the nearest limit', () => {
  const options = { ...base, maxSteps: 100, epochs: 4, maxMinutes: 2 };
  assert.equal(usedFraction(options, at(50, 1, 12)), 0.5);
  assert.equal(usedFraction(options, at(10, 3, 12)), 0.75);
  assert.equal(usedFraction(options, at(10, 1, 108)), 0.9);
  assert.equal(usedFraction(options, at(200, 0, 0)), 1);
  assert.equal(usedFraction(base, at(1000, 7, 1e6)), 0);
});

test('constant stays, and a warm-up rises to it without a first step of zero', () => {
  assert.equal(learningRate(base, at(0)), 2);
  assert.equal(learningRate(base, at(9999)), 2);
  const warm = { ...base, warmup: 4 };
  assert.deepEqual(
    [0, 1, 2, 3, 4, 50].map((step) => learningRate(warm, at(step))),
    [0.5, 1, 1.5, 2, 2, 2],
  );
});

test('linear and cosine fall from the peak to zero at the limit, in steps or in minutes', () => {
  const linear = { ...base, schedule: 'linear' as const, maxSteps: 10 };
  assert.deepEqual(
    [0, 5, 10].map((step) => learningRate(linear, at(step))),
    [2, 1, 0],
  );
  const cosine = { ...base, schedule: 'cosine' as const, maxMinutes: 1 };
  near(learningRate(cosine, at(3, 0, 0)), 2);
  near(learningRate(cosine, at(3, 0, 15)), 1 + Math.SQRT1_2);
  near(learningRate(cosine, at(3, 0, 30)), 1);
  near(learningRate(cosine, at(3, 0, 60)), 0);
});

test('the inverse square root peaks at the end of the warm-up and halves at four times that step', () => {
  const options = { ...base, schedule: 'inverse-sqrt' as const, warmup: 100 };
  near(learningRate(options, at(49)), 1);
  near(learningRate(options, at(99)), 2);
  near(learningRate(options, at(399)), 1);
});

test("luong's rates are the paper's: 10 epochs halved after 5, 12 with dropout after 8", () => {
  const rates = (dropout: number, epochs: number) =>
    Array.from({ length: epochs }, (_, epoch) =>
      learningRate({ ...base, schedule: 'luong', learningRate: 1, dropout, epochs }, at(1, epoch + 0.5)),
    );
  assert.deepEqual(rates(0, 10), [1, 1, 1, 1, 1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32]);
  assert.deepEqual(rates(0.2, 12), [1, 1, 1, 1, 1, 1, 1, 1, 1 / 2, 1 / 4, 1 / 8, 1 / 16]);
});

test('plateau halves after three validations in a row without improvement, and its state survives JSON', () => {
  const options = { ...base, schedule: 'plateau' as const };
  let plateau = noPlateau;
  const rates = [10, 12, 12, 11, 13, 13, 13, 13, 1, 1, 1].map((bleu) => {
    plateau = JSON.parse(JSON.stringify(afterValidation(plateau, bleu, bleu > (plateau.best ?? -1))));
    return learningRate(options, at(1), plateau);
  });
  assert.deepEqual(rates, [2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 0.5]);
});

test('for plateau a smaller loss is better', () => {
  const after = [3, 2, 2.5, 2.4, 2.3].reduce(
    (state, loss) => afterValidation(state, loss, loss < (state.best ?? 10)),
    noPlateau,
  );
  assert.deepEqual(after, { best: 2, waited: 0, halvings: 1 });
});
