import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSchema } from '../../src/config/run.ts';
import { checkGradients } from '../../src/workflows/gradcheck.ts';

const variants = [
  { score: 'none', bidirectional: true },
  { score: 'dot', inputFeeding: true, resetAfter: false },
  { score: 'general', window: 'local-p', layers: 2 },
  { score: 'concat', window: 'local-m', cell: 'lstm' },
  { score: 'location', tieEmbeddings: true },
  { score: 'bahdanau', cell: 'lstm', shareEmbeddings: true },
  { arch: 'transformer', hidden: 8, embedding: 8, feedForward: 6, activation: 'gelu', positions: 'learned', layers: 2 },
] as const;

for (const variant of variants) {
  const name = Object.entries(variant)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
  // with guidance if there is attention: its part of the loss is added to the other
  const guidedWeight = 'score' in variant && variant.score === 'none' ? 0 : 0.7;
  test(`gradients agree with differences of the loss: ${name}, guided ${guidedWeight}`, async () => {
    const options = { embedding: 4, hidden: 4, ...variant, windowSize: 2, maxPositions: 8, guidedWeight };
    const checks = await checkGradients(runSchema.parse(options), 2, guidedWeight);
    assert.ok(checks.length > 8);
    for (const { parameter, checked, error } of checks) {
      assert.ok(checked > 0 && error < 1e-2, `${parameter}: ${error}`);
    }
  });
}
