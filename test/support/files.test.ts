import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { InputError } from '../../src/support/errors.ts';
import { AtomicFile, makeFolder, makeWritableFolder, writeFileAtomic } from '../../src/support/files.ts';
import { replaceTogether, writeTogether } from '../../src/support/replace-together.ts';
import { attn } from '../helpers/command.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-files-'));
after(() => rmSync(scratch, { recursive: true }));

test('a folder is created with its parents, and an existing one stays unchanged', () => {
  const path = join(scratch, 'a', 'b', 'c');
  makeFolder(path);
  makeFolder(path);
  assert.ok(statSync(path).isDirectory());
});

test('if a file or a dead link is in the way, no folder is created and the error says so', () => {
  writeFileSync(join(scratch, 'file'), '');
  symlinkSync('nowhere', join(scratch, 'dead'));
  for (const name of ['file', 'dead']) {
    assert.throws(() => makeWritableFolder(join(scratch, name, 'below')), /cannot be written/);
    const inTheWay = join(scratch, name);
    assert.throws(
      () => makeWritableFolder(inTheWay),
      (error) => error instanceof InputError && error.describe().startsWith(`${inTheWay}: cannot be written`),
      'the folder is named, not the file of the trial',
    );
  }
  assert.throws(() => writeFileAtomic(join(scratch, 'a'), 'text'), /cannot be written \(EISDIR\)/);
  assert.deepEqual(readdirSync(scratch).sort(), ['a', 'dead', 'file'], 'nothing is left behind');
});

test('a link stays a link, and its target is written', () => {
  const folder = mkdtempSync(join(scratch, 'links-'));
  const [target, link] = [join(folder, 'target'), join(folder, 'link')];
  writeFileSync(target, 'old');
  symlinkSync('target', link);
  writeFileAtomic(link, 'new');
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.equal(readFileSync(target, 'utf8'), 'new');
  symlinkSync('.', join(folder, 'itself'));
  assert.throws(() => writeFileAtomic(join(folder, 'itself'), 'text'), /cannot be written \(EISDIR\)/);
  assert.deepEqual(readdirSync(folder).sort(), ['itself', 'link', 'target']);
});

const noPipes = process.platform === 'win32' ? 'Windows has no named pipes' : false;
test('a pipe or a device is rejected, and stays', { skip: noPipes }, () => {
  const folder = mkdtempSync(join(scratch, 'pipes-'));
  const [pipe, link] = [join(folder, 'pipe'), join(folder, 'null')];
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
  symlinkSync('/dev/null', link);
  for (const path of [pipe, link]) {
    assert.throws(() => new AtomicFile(path), { name: 'InputError', problem: 'is not a regular file' });
  }
  assert.ok(lstatSync(pipe).isFIFO());
  assert.deepEqual(readdirSync(folder).sort(), ['null', 'pipe']);
});

test('a name too long for the system and circular links are bad input', () => {
  symlinkSync('round', join(scratch, 'round'));
  for (const [path, says] of [
    [join(scratch, 'x'.repeat(300)), /cannot be written \(ENAMETOOLONG\)\n {2}give it a shorter name/],
    [join(scratch, 'x'.repeat(300), 'below'), /cannot be written \(ENAMETOOLONG\)/],
    [join(scratch, 'round'), /cannot be written \(ELOOP\)/],
  ] as const) {
    assert.throws(
      () => writeFileAtomic(path, 'text'),
      (error) => error instanceof InputError && says.test(error.describe()),
    );
  }
});

const noProc = process.platform === 'linux' ? false : 'only Linux has /proc';
test('a path under /proc is rejected and does not hang', { skip: noProc }, async () => {
  // a separate process, with a limit, because hanging would stop this one for good
  const program = `
    import { makeWritableFolder } from ${JSON.stringify(new URL('../../src/support/files.ts', import.meta.url).href)};
    try { makeWritableFolder('/proc/attn/below'); } catch (error) { process.stdout.write(error.describe()); }`;
  const options = { encoding: 'utf8', timeout: 20_000 } as const;
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], options);
  assert.match(stdout, /^\/proc\/attn\/below.*: cannot be written \(ENOENT\)\n {2}name a folder that you can write to/);
  const { code, err } = await attn('data', 'generate', '--out', '/proc/attn/corpus', '--pairs', '30');
  assert.equal(code, 2, err);
  assert.match(err, /cannot be written/);
});

test('leftovers of killed processes are removed with the next file in their folder, and nothing else is', () => {
  const folder = mkdtempSync(join(scratch, 'killed-'));
  const program = `
    import { AtomicFile } from ${JSON.stringify(new URL('../../src/support/files.ts', import.meta.url).href)};
    new AtomicFile(${JSON.stringify(join(folder, 'data.pairs'))}).write('half');
    process.kill(process.pid, 'SIGKILL');`;
  spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
  const [left = ''] = readdirSync(folder);
  assert.match(left, /^data\.pairs\.\d+-[0-9a-f]{10}\.tmp$/);
  const others = [
    left.replace(/-[0-9a-f]{4}/, '-0000'), // from another host
    left.replace(/\.\d+-/, `.${process.pid}-`), // from a running process
    'notes.tmp',
    'notes.12-abcdef.tmp',
    'half.txt',
  ];
  for (const name of others) writeFileSync(join(folder, name), 'mine');
  writeFileAtomic(join(folder, 'manifest.json'), '{}');
  assert.deepEqual(readdirSync(folder).sort(), ['manifest.json', ...others].sort());
});

test('aborting a file that is already closed does not close the one opened since', () => {
  const folder = mkdtempSync(join(scratch, 'given-up-'));
  writeFileSync(join(folder, 'other'), 'other');
  const file = new AtomicFile(join(folder, 'file'));
  file.write('half');
  file.sync();
  // the system assigns the lowest free number: that of the closed file
  const other = openSync(join(folder, 'other'), 'r');
  file.abort();
  assert.equal(fstatSync(other).size, 5);
  closeSync(other);
  assert.deepEqual(readdirSync(folder), ['other']);
});

test('files that belong together all replace the old ones, or none does', () => {
  const folder = mkdtempSync(join(scratch, 'together-'));
  const paths = ['a', 'b', 'c'].map((name) => join(folder, name));
  const contents = () => paths.map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined));
  writeTogether(paths.slice(0, 2).map((path) => ({ path, data: 'old' })));
  const put = (path: string) => () => writeFileSync(path, 'new');
  const fails = () => {
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  };
  for (const failing of [0, 1, 2]) {
    const items = paths.map((path, i) => ({ path, put: i === failing ? fails : put(path) }));
    assert.throws(() => replaceTogether(items), /the disk is full/);
    assert.deepEqual(contents(), ['old', 'old', undefined], `the one that fails is ${failing}`);
    assert.deepEqual(readdirSync(folder), ['a', 'b']);
  }
  replaceTogether(paths.map((path) => ({ path, put: put(path) })));
  assert.deepEqual(contents(), ['new', 'new', 'new']);
  assert.deepEqual(readdirSync(folder), ['a', 'b', 'c']);
});
