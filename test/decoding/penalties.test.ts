import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coveragePenalty, lengthPenalty } from '../../src/decoding/penalties.ts';

test("the length penalty is GNMT's", () => {
  assert.equal(lengthPenalty(1, 1), 1);
  assert.equal(lengthPenalty(7, 1), 2);
  assert.equal(lengthPenalty(19, 0.5), 2);
  assert.equal(lengthPenalty(100, 0), 1);
});

/** beta * sum over s of log(min(sum over t of a_t(s), 1)), as in the formula. */
function slowCoverage(attention: readonly (readonly number[])[], beta: number): number {
  let sum = 0;
  for (const s of (attention[0] ?? []).keys()) {
    const covered = attention.map((row) => row[s] as number).reduce((a, b) => a + b, 0);
    sum += Math.log(Math.min(covered, 1));
  }
  return beta * sum;
}

test('the coverage penalty follows its formula, and is never above zero', () => {
  const weight = fc.double({ min: 1e-6, max: 1, noNaN: true });
  const rows = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
    .chain(([t, s]) => fc.array(fc.array(weight, { minLength: s, maxLength: s }), { minLength: t, maxLength: t }));
  fc.assert(
    fc.property(rows, fc.double({ min: 0, max: 2, noNaN: true }), (attention, beta) => {
      const found = coveragePenalty(attention, beta);
      assert.ok(Math.abs(found - slowCoverage(attention, beta)) < 1e-9);
      assert.ok(found <= 0);
    }),
  );
});

test('a source word that was never looked at costs much, but not everything', () => {
  const found = coveragePenalty([[1, 0]], 1);
  assert.ok(found < -20 && Number.isFinite(found));
});

test('a model without attention has no coverage penalty', () => {
  assert.equal(Math.abs(coveragePenalty([], 1)), 0);
});
