import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeFolder, makeWritableFolder, writeFileAtomic } from '../../src/support/files.ts';
import { attn } from '../helpers/command.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-files-'));
after(() => rmSync(scratch, { recursive: true }));

test('a folder is made with those above it, and one that is there is left as it is', () => {
  const path = join(scratch, 'a', 'b', 'c');
  makeFolder(path);
  makeFolder(path);
  assert.ok(statSync(path).isDirectory());
});

test('where a file or a dead link is in the way, no folder is made and it says so', () => {
  writeFileSync(join(scratch, 'file'), '');
  symlinkSync('nowhere', join(scratch, 'dead'));
  for (const name of ['file', 'dead']) {
    assert.throws(() => makeWritableFolder(join(scratch, name, 'below')), /cannot be written/);
    assert.throws(() => makeWritableFolder(join(scratch, name)), /cannot be written/);
  }
  assert.throws(() => writeFileAtomic(join(scratch, 'a'), 'text'), /cannot be written \(EISDIR\)/);
  assert.deepEqual(readdirSync(scratch).sort(), ['a', 'dead', 'file'], 'nothing is left behind');
});

const noProc = process.platform === 'linux' ? false : 'only Linux has /proc';
test('a path under /proc is refused and does not hang', { skip: noProc }, async () => {
  // a process of its own, with a limit, as hanging would stop this one for good
  const program = `
    import { makeWritableFolder } from ${JSON.stringify(new URL('../../src/support/files.ts', import.meta.url).href)};
    try { makeWritableFolder('/proc/attn/below'); } catch (error) { process.stdout.write(error.describe()); }`;
  const options = { encoding: 'utf8', timeout: 20_000 } as const;
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], options);
  assert.match(stdout, /^\/proc\/attn\/below.*: cannot be written \(ENOENT\)\n {2}name a folder you may write to/);
  const { code, err } = await attn('data', 'generate', '--out', '/proc/attn/corpus', '--pairs', '10');
  assert.equal(code, 2, err);
  assert.match(err, /cannot be written/);
});
