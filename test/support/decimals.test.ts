import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimals } from '../../src/support/decimals.ts';

test('a number fits its column: decimals, an exponent if it is large, a dash for NaN', () => {
  const shown = [1.005, -2, 999_999.994, 1e6, -9.81e32, Number.POSITIVE_INFINITY, Number.NaN].map((n) =>
    decimals(n, 2),
  );
  assert.deepEqual(shown, ['1.00', '-2.00', '999999.99', '1.0e+6', '-9.8e+32', 'Infinity', '–']);
});
