import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/support/random.ts';

test('an integer is in [0, bound) for any bound from 1 to 2^32', () => {
  const random = new Random(1, 'bounds');
  for (const bound of [1, 2, 3, 1000, 2 ** 31 + 1, 2 ** 32]) {
    for (let i = 0; i < 20; i++) {
      const number = random.integer(bound);
      assert.ok(Number.isInteger(number) && number >= 0 && number < bound, `${number} of ${bound}`);
    }
  }
});

test('normal numbers have the moments of the normal distribution', () => {
  const random = new Random(1, 'normal');
  const draws = 40_000;
  const numbers = Array.from({ length: draws }, () => random.normal());
  // E x^k, and 5 standard deviations of its estimate: sqrt((E x^2k - (E x^k)^2) / draws)
  for (const [power, moment, variance] of [
    [1, 0, 1],
    [2, 1, 2],
    [3, 0, 15],
    [4, 3, 96],
  ] as const) {
    const found = numbers.reduce((sum, x) => sum + x ** power, 0) / draws;
    assert.ok(Math.abs(found - moment) < 5 * Math.sqrt(variance / draws), `power ${power}: ${found}, not ${moment}`);
  }
});

test('a bound without a whole number below it is rejected', () => {
  const random = new Random(1);
  for (const bound of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32 + 1]) {
    assert.throws(() => random.integer(bound), RangeError, String(bound));
  }
  assert.throws(() => random.choice([]), RangeError);
});
