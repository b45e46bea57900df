import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContestant } from '../../src/experiments/contestants.ts';
import { InputError } from '../../src/support/errors.ts';

test('a score stands for global attention; a window follows a slash; transformer is an architecture', () => {
  assert.deepEqual(parseContestant('none'), { name: 'none', arch: 'gru', score: 'none', window: 'global' });
  assert.deepEqual(parseContestant('general/local-p'), {
    ...{ name: 'general-local-p', arch: 'gru', score: 'general', window: 'local-p' },
  });
  assert.equal(parseContestant('transformer').arch, 'transformer');
});

test('what is no score or window is refused with those that there are', () => {
  for (const text of ['cosine', 'dot/near', 'dot/local-m/2', '', 'transformer/global']) {
    assert.throws(
      () => parseContestant(text),
      (error) => error instanceof InputError && /none, dot, general/.test(error.remedy ?? ''),
      text,
    );
  }
});
