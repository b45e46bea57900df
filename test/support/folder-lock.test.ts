import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { after, test } from 'node:test';
import { InputError, RunError } from '../../src/support/errors.ts';
import { writeFileAtomic } from '../../src/support/files.ts';
import { FolderLock, LOCK_FILE, ownerOf, whileOwning } from '../../src/support/folder-lock.ts';
import { isRunning, startOf, thisProcess } from '../../src/support/processes.ts';
import { writeLock } from '../helpers/lock.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-lock-'));
after(() => rmSync(scratch, { recursive: true }));
let folders = 0;
const newFolder = () => join(scratch, `${folders++}`);
const source = (name: string) => JSON.stringify(new URL(`../../src/support/${name}.ts`, import.meta.url).href);

/** Another process that locks a folder and keeps it. */
async function holder(t: { after(done: () => void): void }, folder: string): Promise<ChildProcess> {
  const program = `
    import { FolderLock } from ${source('folder-lock')};
    new FolderLock(${JSON.stringify(folder)}, 'a training');
    process.stdout.write('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
  t.after(() => void child.kill('SIGKILL'));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('the child ended by itself')));
  });
  return child;
}

function problemOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    assert.equal(error.exitCode, 2);
    return error.describe();
  }
  return '';
}

test('a folder belongs to one process: the second learns which one, and gets it when the first is killed', async (t) => {
  const folder = newFolder();
  const child = await holder(t, folder);
  const problem = problemOf(() => new FolderLock(folder, 'a training'));
  assert.match(
    problem,
    new RegExp(`^${folder}: a training is under way in this folder: process ${child.pid}, since 20`),
  );
  assert.equal(ownerOf(folder)?.process, child.pid);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  assert.equal(ownerOf(folder), undefined, 'a lock of the dead does not count');
  const lock = new FolderLock(folder, 'a training');
  assert.equal(ownerOf(folder)?.process, process.pid);
  lock.release();
  assert.deepEqual(readdirSync(folder), []);
});

test('one process does not take a folder twice', () => {
  const folder = newFolder();
  const lock = new FolderLock(folder, 'a training');
  assert.match(
    problemOf(() => new FolderLock(folder, 'an export')),
    /a training is under way in this folder: this very process/,
  );
  lock.release();
  new FolderLock(folder, 'an export').release();
});

test('of many that find the lock of a dead process at once, one gets the folder', async () => {
  const program = (folder: string) => `
    import { FolderLock } from ${source('folder-lock')};
    process.stdout.write('ready ');
    process.stdin.once('data', () => {
      try {
        const lock = new FolderLock(${JSON.stringify(folder)}, 'a training');
        process.stdout.write('got it');
        process.stdin.on('end', () => lock.check());
      } catch (error) {
        process.stdout.write(error.exitCode === 2 ? 'refused' : error.stack);
      }
    });`;
  const words = ['--import', 'tsx', '--input-type=module', '-e'];
  for (let round = 0; round < 3; round++) {
    const folder = newFolder();
    writeLock(folder, { ...thisProcess(), started: 'long ago' });
    const children = Array.from({ length: 4 }, () => spawn(process.execPath, [...words, program(folder)]));
    const said = (child: (typeof children)[number]) =>
      new Promise<string>((resolve) => child.stdout.once('data', (text) => resolve(String(text))));
    const ended = children.map((child) => new Promise((resolve) => child.once('close', resolve)));
    await Promise.all(children.map(said));
    const answers = children.map(said);
    for (const child of children) child.stdin.write('go');
    assert.deepEqual((await Promise.all(answers)).sort(), ['got it', 'refused', 'refused', 'refused']);
    for (const child of children) child.stdin.end();
    assert.deepEqual(await Promise.all(ended), [0, 0, 0, 0]);
    assert.deepEqual(readdirSync(folder), [], 'nothing is left behind');
  }
});

test('a reused process number is not the owner', () => {
  const folder = newFolder();
  writeLock(folder, { ...thisProcess(), started: '1' });
  assert.equal(ownerOf(folder), undefined);
  new FolderLock(folder, 'a training').release();
});

test('an owner elsewhere counts while it shows signs of life; the error names the lock file to remove', () => {
  const folder = newFolder();
  writeLock(folder);
  const problem = problemOf(() => new FolderLock(folder, 'a training'));
  assert.match(
    problem,
    /a training is under way in this folder: process 4711 on node3, since 2026-01-01T00:00:00Z, last seen \d+ s ago/,
  );
  assert.match(problem, /its command: attn train\n/);
  assert.ok(problem.includes(`rm ${join(folder, LOCK_FILE)}`));
  assert.equal(ownerOf(folder)?.host, 'node3');
  const anHourAgo = Date.now() / 1000 - 3600;
  utimesSync(join(folder, LOCK_FILE), anHourAgo, anHourAgo);
  assert.equal(ownerOf(folder), undefined);
  new FolderLock(folder, 'a training').release();
});

test("signs of life are written, and renew the file's time", (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const folder = newFolder();
  const lock = new FolderLock(folder, 'a training');
  const path = join(folder, LOCK_FILE);
  const text = readFileSync(path, 'utf8');
  utimesSync(path, 1, 1);
  t.mock.timers.tick(60_000);
  assert.ok((ownerOf(folder)?.silent ?? Number.POSITIVE_INFINITY) < 3600);
  assert.equal(readFileSync(path, 'utf8'), text);
  lock.release();
});

test('a process that lost its folder notices before it writes, and leaves the new owner’s lock alone', () => {
  const folder = newFolder();
  const lock = new FolderLock(folder, 'a training');
  lock.check();
  writeLock(folder);
  assert.throws(
    () => lock.check(),
    (error) => error instanceof RunError && /taken over by process 4711 on node3/.test(error.message),
  );
  lock.release();
  assert.equal(ownerOf(folder)?.process, 4711);
  rmSync(join(folder, LOCK_FILE));
  const second = new FolderLock(folder, 'a training');
  rmSync(join(folder, LOCK_FILE));
  assert.throws(() => second.check(), /its lock was removed/);
  second.release();
});

test('folders created in vain are removed afterwards, also after an error; others stay', async () => {
  const above = newFolder();
  const folder = join(above, 'b', 'c');
  await assert.rejects(
    whileOwning(folder, 'a training', () => Promise.reject(new Error('failed'))),
    /failed/,
  );
  assert.ok(!existsSync(above));
  await whileOwning(folder, 'a training', () => writeFileAtomic(join(above, 'file'), ''));
  assert.deepEqual(readdirSync(above), ['file']);
});

test('a process that ends at once releases its folder', () => {
  const folder = newFolder();
  const program = `
    import { FolderLock } from ${source('folder-lock')};
    new FolderLock(${JSON.stringify(folder)}, 'a training');
    process.exit(7);`;
  assert.equal(spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]).status, 7);
  assert.ok(!existsSync(folder));
});

test('an invalid lock is rejected by name; an empty one, from a writer killed in the act, is not', () => {
  const folder = newFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, LOCK_FILE), 'something else');
  assert.ok(problemOf(() => new FolderLock(folder, 'a training')).startsWith(join(folder, LOCK_FILE)));
  writeFileSync(join(folder, LOCK_FILE), '');
  new FolderLock(folder, 'a training').release();
});

test('a process that has ended does not count as running, even before its parent has reaped it', async (t) => {
  const own = { process: process.pid, started: startOf(process.pid) ?? '' };
  assert.ok(isRunning(own));
  assert.ok(!isRunning({ ...own, started: 'another time' }));
  if (process.platform !== 'linux') return;
  // a shell that starts a process, which ends on request, and never waits for it
  const shell = spawn('sh', ['-c', 'cat <&3 & echo $!; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
  });
  t.after(() => void shell.kill('SIGKILL'));
  const pid = Number(await new Promise((resolve) => shell.stdout?.once('data', resolve)));
  const child = { process: pid, started: startOf(pid) ?? '' };
  assert.ok(isRunning(child));
  (shell.stdio[3] as Writable).end();
  while (startOf(pid) === child.started) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(!isRunning(child), 'a zombie');
  assert.ok(process.kill(pid, 0), 'which is still listed');
});
