import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { allowedCores, divideCores, parseCores, pinnedTo } from '../../src/support/cores.ts';

test("a list of cores is read in Linux's form", () => {
  assert.deepEqual(parseCores('0-2,5,7-8'), [0, 1, 2, 5, 7, 8]);
  assert.deepEqual(parseCores('3'), [3]);
  assert.equal(parseCores(''), undefined);
  assert.equal(parseCores('f'), undefined);
});

test('cores are divided as equally as possible, and none is left over', () => {
  assert.deepEqual(divideCores([0, 1, 2, 3], 2), [
    [0, 1],
    [2, 3],
  ]);
  assert.deepEqual(divideCores([0, 1, 2, 3, 4], 3), [[0], [1, 2], [3, 4]]);
  assert.deepEqual(divideCores([4, 6], 3).flat().sort(), [4, 4, 6], 'more parts than cores: two on one');
});

const noTaskset = spawnSync('taskset', ['--version']).status === 0 ? false : 'there is no taskset here';
test('a pinned process may use only its share of the cores', { skip: noTaskset }, () => {
  const core = allowedCores().at(-1) ?? 0;
  const [program = '', ...words] = pinnedTo([core]);
  const { stdout } = spawnSync(program, [...words, 'cat', '/proc/self/status'], { encoding: 'utf8' });
  assert.match(stdout, new RegExp(`^Cpus_allowed_list:\\s*${core}$`, 'm'));
});
