import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { filesIn, temporaryFolder } from '../corpus/helpers.ts';

type Unzip = (archive: string, target: string, wanted: (name: string) => boolean) => Promise<object>;
// @ts-expect-error set-up is JavaScript: it runs before anything is built
const { unzip } = (await import('../../scripts/setup/unzip.mjs')) as { unzip: Unzip };

test('set-up extracts the wanted members of a wheel, with their sizes and checksums', async (t) => {
  const folder = temporaryFolder(t);
  const wheel = join(folder, 'a.whl');
  const text = 'int main() {}\n'.repeat(1000);
  writeFileSync(wheel, zipSync({ 'a/': new Uint8Array(), 'a/b/c.h': strToU8(text), 'a/no.py': strToU8('no') }));
  const written = await unzip(wheel, join(folder, 'out'), (name) => name.endsWith('.h'));
  const sha256 = createHash('sha256').update(text).digest('hex');
  assert.deepEqual(written, { 'a/b/c.h': { size: text.length, sha256 } });
  assert.equal(readFileSync(join(folder, 'out/a/b/c.h'), 'utf8'), text);
  assert.deepEqual(filesIn(join(folder, 'out')), ['a/b/c.h']);
});

test('a member that leads out of the wheel, or whose size differs from the directory, is rejected', async (t) => {
  const folder = temporaryFolder(t);
  const wheel = join(folder, 'a.whl');
  writeFileSync(wheel, zipSync({ '../evil': strToU8('x') }));
  await assert.rejects(unzip(wheel, join(folder, 'out'), () => true));
  const lying = Buffer.from(zipSync({ 'a.h': strToU8('x'.repeat(100)) }));
  lying.writeUInt32LE(50, lying.indexOf('PK\u0001\u0002') + 24);
  writeFileSync(wheel, lying);
  await assert.rejects(unzip(wheel, join(folder, 'out'), () => true));
  assert.equal(filesIn(folder).includes('evil'), false);
});
