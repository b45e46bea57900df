import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** Runs scripts/test.mjs. A run of tests inside another one reports to it, unless this is taken away. */
function run(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
  return spawnSync(process.execPath, ['scripts/test.mjs', ...words], { encoding: 'utf8', env: { ...rest, ...env } });
}

test('words choose tests by their path, and options go to Node', () => {
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
