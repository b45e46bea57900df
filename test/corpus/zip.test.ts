import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { unzip } from '../../src/corpus/zip.ts';
import { InputError } from '../../src/support/errors.ts';
import { filesIn, temporaryFolder } from './helpers.ts';

const sentences = Array.from(
  { length: 5000 },
  (_, i) => `The train number ${i} is late.\tIl treno numero ${i} è in ritardo.\n`,
).join('');

function archive(t: TestContext, files: Zippable): { path: string; folder: string; bytes: Uint8Array } {
  const folder = temporaryFolder(t);
  const bytes = zipSync(files);
  const path = join(folder, 'a.zip');
  writeFileSync(path, bytes);
  return { path, folder: join(folder, 'out'), bytes };
}

test('packed, stored and empty files come out unchanged, without folders, hidden files and what macOS adds', async (t) => {
  const { path, folder } = archive(t, {
    'ita-eng/': new Uint8Array(),
    'ita-eng/ita.txt': strToU8(sentences),
    'è.txt': [strToU8('stored'), { level: 0 }],
    'empty.txt': new Uint8Array(),
    '__MACOSX/ita.txt': strToU8('no'),
    'ita-eng/.DS_Store': strToU8('no'),
  });
  assert.deepEqual(await unzip(path, folder), ['ita.txt', 'è.txt', 'empty.txt']);
  assert.deepEqual(filesIn(folder), ['empty.txt', 'ita.txt', 'è.txt']);
  assert.equal(readFileSync(join(folder, 'ita.txt'), 'utf8'), sentences);
  assert.equal(readFileSync(join(folder, 'è.txt'), 'utf8'), 'stored');
  assert.equal(readFileSync(join(folder, 'empty.txt'), 'utf8'), '');
});

test('a name that points out of the folder stays inside it', async (t) => {
  const { path, folder } = archive(t, { '../../evil.txt': strToU8('a'), '..\\worse.txt': strToU8('b') });
  assert.deepEqual(await unzip(path, folder), ['evil.txt', 'worse.txt']);
  assert.deepEqual(filesIn(join(folder, '..')), ['a.zip', 'out/evil.txt', 'out/worse.txt']);
});

test('a damaged archive is rejected wherever a byte of its data is changed, and nothing is written', async (t) => {
  const { path, folder, bytes } = archive(t, { 'a.txt': strToU8('first'), 'b.txt': strToU8(sentences) });
  const data = Buffer.from(bytes).indexOf('b.txt') + 'b.txt'.length;
  const end = Buffer.from(bytes).lastIndexOf('PK\u0001\u0002', -30);
  for (let at = data; at < end; at += Math.ceil((end - data) / 40)) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 0x10;
    writeFileSync(path, changed);
    await assert.rejects(unzip(path, folder), InputError, `byte ${at}`);
    assert.deepEqual(filesIn(join(folder, '..')), ['a.zip']);
  }
});

test('an archive cut short anywhere is rejected', async (t) => {
  const { path, folder, bytes } = archive(t, { 'a.txt': strToU8('first'), 'b.txt': strToU8('second') });
  for (let length = 0; length < bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length));
    await assert.rejects(unzip(path, folder), InputError, `${length} bytes`);
  }
  assert.deepEqual(filesIn(join(folder, '..')), ['a.zip']);
});

test('an archive with two files of one name is rejected', async (t) => {
  const { path, folder } = archive(t, { 'a/x.txt': strToU8('1'), 'b/x.txt': strToU8('2') });
  await assert.rejects(unzip(path, folder), /has two files called x\.txt/);
});

test('an archive with a false directory is rejected: it neither fills memory nor ends the process', async (t) => {
  const { path, folder, bytes } = archive(t, { 'a.txt': strToU8('first'), 'b.txt': strToU8(sentences) });
  const whole = Buffer.from(bytes);
  const end = whole.lastIndexOf('PK\u0005\u0006');
  const entry = whole.indexOf('PK\u0001\u0002');
  const lies: readonly (readonly [string, (zip: Buffer) => void])[] = [
    ['a directory beyond the end', (zip) => zip.writeUInt32LE(0xfffffff0, end + 16)],
    ['65,000 entries', (zip) => zip.writeUInt16LE(65_000, end + 10)],
    ['a name of 65,535 bytes', (zip) => zip.writeUInt16LE(0xffff, entry + 28)],
    ['data of 4 GB', (zip) => zip.writeUInt32LE(0xfffffffe, entry + 20)],
    ['less data than there is', (zip) => zip.writeUInt32LE(3, entry + 24)],
    ['more data than there is', (zip) => zip.writeUInt32LE(1e8, entry + 24)],
    ['data beyond the end', (zip) => zip.writeUInt32LE(0xfffffff0, entry + 42)],
    ['another checksum', (zip) => zip.writeUInt32LE(1, entry + 16)],
    ['another method', (zip) => zip.writeUInt16LE(12, entry + 10)],
    ['encryption', (zip) => zip.writeUInt16LE(1, entry + 8)],
    ['a control character in a name', (zip) => zip.writeUInt8(27, entry + 46)],
  ];
  for (const [what, lie] of lies) {
    const zip = Buffer.from(whole);
    lie(zip);
    writeFileSync(path, zip);
    await assert.rejects(unzip(path, folder), InputError, what);
    assert.deepEqual(filesIn(join(folder, '..')), ['a.zip'], what);
  }
  // irrelevant: entries are read one by one
  whole.writeUInt32LE(0xfffffffe, end + 12);
  writeFileSync(path, whole);
  assert.deepEqual(await unzip(path, folder), ['a.txt', 'b.txt']);
});

test('a zip bomb is rejected before anything is written', async (t) => {
  const { path, folder, bytes } = archive(t, { 'a.txt': new Uint8Array(1_000_000) });
  const zip = Buffer.from(bytes);
  zip.writeUInt32LE(4e9, zip.indexOf('PK\u0001\u0002') + 24);
  writeFileSync(path, zip);
  await assert.rejects(unzip(path, folder), /would unpack to 4\.0 GB, \d+ times its own size/);
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`${i}.txt`, new Uint8Array()]));
  writeFileSync(path, zipSync(many));
  await assert.rejects(unzip(path, folder), /more than 10000 files/);
  assert.deepEqual(filesIn(join(folder, '..')), ['a.zip']);
});

test('more files than a process may open come out, one open at a time', async (t) => {
  const count = 300;
  const { path, folder } = archive(
    t,
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.txt`, strToU8(String(i))])),
  );
  const attn = new URL('../../src/corpus/zip.ts', import.meta.url).href;
  const script = `import('${attn}').then(({ unzip }) => unzip(process.argv[1], process.argv[2])).then((names) => console.log(names.length));`;
  const { stdout, stderr } = spawnSync(
    'bash',
    [
      '-c',
      `ulimit -n 200; '${process.execPath}' --import '${import.meta.resolve('tsx')}' --eval "$1" -- "$2" "$3"`,
      ...['bash', script, path, folder],
    ],
    { encoding: 'utf8' },
  );
  assert.equal(stdout, `${count}\n`, stderr);
  assert.equal(filesIn(folder).length, count);
});
