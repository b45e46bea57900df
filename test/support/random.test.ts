import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/support/random.ts';

test('a whole number lies in [0, bound) for any bound from 1 to 2^32', () => {
  const random = new Random(1, 'bounds');
  for (const bound of [1, 2, 3, 1000, 2 ** 31 + 1, 2 ** 32]) {
    for (let i = 0; i < 20; i++) {
      const number = random.integer(bound);
      assert.ok(Number.isInteger(number) && number >= 0 && number < bound, `${number} of ${bound}`);
    }
  }
});

test('a bound that no whole number lies below is refused', () => {
  const random = new Random(1);
  for (const bound of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32 + 1]) {
    assert.throws(() => random.integer(bound), RangeError, String(bound));
  }
  assert.throws(() => random.choice([]), RangeError);
});
