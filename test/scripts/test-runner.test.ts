import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { ownCheckout } from '../helpers/own-checkout.ts';

/** Runs scripts/test.mjs. A test run inside another one would report to it, unless this is removed. */
function run(words: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = '.') {
  const { NODE_TEST_CONTEXT: _, ATTN_REQUIRE_TF: __, ...rest } = process.env;
  return spawnSync(process.execPath, ['scripts/test.mjs', ...words], {
    ...{ cwd, encoding: 'utf8', env: { ...rest, ...env } },
  });
}

test('words select tests by their path, and options go to Node', () => {
  const { status, stdout } = run(['support/nearest', '--test-name-pattern=no test has this name']);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /# pass 0\n/);
  assert.match(stdout, /# skipped [1-9]/);
  const all = run(['support/nearest']);
  assert.match(all.stdout, /# pass [1-9]/);
  assert.match(all.stdout, /# skipped 0\n/);
  const none = run(['no-such-test', '--inspect']);
  assert.equal(none.status, 2);
  assert.match(none.stderr, /no test matches no-such-test/);
});

test('without TensorFlow its tests are skipped, and with ATTN_REQUIRE_TF=1 nothing is tested, which is a failure', () => {
  const missing = ownCheckout({});
  const env = { NODE_OPTIONS: '--preserve-symlinks --preserve-symlinks-main' };
  const skipped = run(['training/step'], env, missing);
  assert.equal(skipped.status, 0, skipped.stdout);
  assert.match(skipped.stdout, /# skipped [1-9]/);
  const refused = run(['training/step'], { ...env, ATTN_REQUIRE_TF: '1' }, missing);
  assert.equal(refused.status, 1);
  assert.equal(refused.stdout, '');
  assert.match(refused.stderr, /ATTN_REQUIRE_TF=1, and TensorFlow cannot be used here: npm run setup says why/);
});

test('with TensorFlow ATTN_REQUIRE_TF=1 changes nothing', { skip: hasTensorFlow() ? false : needsTensorFlow }, () => {
  const { status, stdout } = run(['support/nearest'], { ATTN_REQUIRE_TF: '1' });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /# pass [1-9]/);
});
