import assert from 'node:assert/strict';
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

test('packed, stored and empty files come out as they were, without folders, hidden files and what macOS adds', async (t) => {
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

test('a damaged archive is refused wherever a byte of its data is changed, and nothing is written', async (t) => {
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

test('an archive cut short is refused, wherever it is cut', async (t) => {
  const { path, folder, bytes } = archive(t, { 'a.txt': strToU8('first'), 'b.txt': strToU8('second') });
  for (let length = 0; length < bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length));
    await assert.rejects(unzip(path, folder), InputError, `${length} bytes`);
  }
  assert.deepEqual(filesIn(join(folder, '..')), ['a.zip']);
});

test('an archive with two files of one name is refused', async (t) => {
  const { path, folder } = archive(t, { 'a/x.txt': strToU8('1'), 'b/x.txt': strToU8('2') });
  await assert.rejects(unzip(path, folder), /has two files called x\.txt/);
});
