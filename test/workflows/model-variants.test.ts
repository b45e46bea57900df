import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../src/support/errors.ts';
import { parseModelVariant } from '../../src/workflows/model-variants.ts';

test('a score means global attention; a window follows a slash; transformer is an architecture', () => {
  assert.deepEqual(parseModelVariant('none'), { name: 'none', arch: 'gru', score: 'none', window: 'global' });
  assert.deepEqual(parseModelVariant('general/local-p'), {
    ...{ name: 'general-local-p', arch: 'gru', score: 'general', window: 'local-p' },
  });
  assert.equal(parseModelVariant('transformer').arch, 'transformer');
});

test('an unknown score function or window is rejected with a list of the known ones', () => {
  for (const text of ['cosine', 'dot/near', 'dot/local-m/2', '', 'transformer/global']) {
    assert.throws(
      () => parseModelVariant(text),
      (error) => error instanceof InputError && /none, dot, general/.test(error.remedy ?? ''),
      text,
    );
  }
});
