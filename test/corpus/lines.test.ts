import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readLines } from '../../src/corpus/lines.ts';
import { InputError } from '../../src/support/errors.ts';
import { collect, temporaryFolder } from './helpers.ts';

/** The lines of bytes that arrive in given chunks. */
async function linesOf(...chunks: (string | Uint8Array)[]): Promise<(string | null)[]> {
  const stdin = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const batches = await collect(readLines('-', { stdin }));
  let next = 1;
  for (const { firstLine, lines } of batches) {
    assert.equal(firstLine, next);
    next += lines.length;
  }
  return batches.flatMap(({ lines }) => lines);
}

test('LF and CRLF end a line, and the last line needs no end', async () => {
  assert.deepEqual(await linesOf('uno\r\ndue\ntre'), ['uno', 'due', 'tre']);
  assert.deepEqual(await linesOf('uno\n\n'), ['uno', '']);
  assert.deepEqual(await linesOf(''), []);
});

test('a byte order mark is dropped at the start of the file and nowhere else', async () => {
  assert.deepEqual(await linesOf('\ufeffuno\n\ufeffdue\n'), ['uno', '\ufeffdue']);
});

test('gzip is recognised by its first bytes, also if they come one by one and in several members', async () => {
  const packed = Buffer.concat([gzipSync('perché\n'), gzipSync('così\n')]);
  assert.deepEqual(await linesOf(packed), ['perché', 'così']);
  assert.deepEqual(await linesOf(...[...packed].map((byte) => Uint8Array.of(byte))), ['perché', 'così']);
});

test('a character split by the end of a chunk is read correctly', async () => {
  const bytes = Buffer.from('perché no?\nsì\n');
  for (let cut = 1; cut < bytes.length; cut++) {
    assert.deepEqual(await linesOf(bytes.subarray(0, cut), bytes.subarray(cut)), ['perché no?', 'sì']);
  }
});

test('a line that is not UTF-8 is null and its neighbours are read', async () => {
  assert.deepEqual(await linesOf(Buffer.concat([Buffer.from('è\n'), Buffer.from([0xe8, 10]), Buffer.from('è\r\n')])), [
    'è',
    null,
    'è',
  ]);
});

test('a line of more than a megabyte is rejected with its number', async () => {
  await assert.rejects(linesOf('uno\n', 'x'.repeat(600_000), 'x'.repeat(600_000)), (error) => {
    assert.ok(error instanceof InputError);
    assert.equal(error.where, 'standard input:2');
    return true;
  });
});

test('any bytes in any chunks give the same lines as splitting them at line feeds', async () => {
  const byte = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(10, 13, 9, 65, 0xc3, 0xa8) },
    fc.integer({ min: 1, max: 255 }),
  );
  const chunks = fc.array(
    fc
      .uint8Array({ maxLength: 30 })
      .chain((a) => fc.array(byte, { maxLength: 30 }).map((b) => (a.includes(0) ? Uint8Array.from(b) : a))),
    { maxLength: 6 },
  );
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  await fc.assert(
    fc.asyncProperty(chunks, async (parts) => {
      const bytes = Buffer.concat(parts);
      let found: (string | null)[];
      try {
        found = await linesOf(...parts);
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
        return;
      }
      const expected: (string | null)[] = [];
      const body = bytes.indexOf('\ufeff') === 0 ? bytes.subarray(3) : bytes;
      for (let start = 0; start < body.length; ) {
        const feed = body.indexOf(10, start);
        const end = feed < 0 ? body.length : feed;
        try {
          expected.push(decoder.decode(body.subarray(start, end)).replace(/\r$/, ''));
        } catch {
          expected.push(null);
        }
        start = end + 1;
      }
      assert.deepEqual(found, expected);
    }),
    { numRuns: 500 },
  );
});

test('a reader that stops in the middle, or that is rejected, leaves no file open', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const folder = temporaryFolder(t);
  // only these files: the test runner opens and closes others meanwhile
  const open = () =>
    readdirSync('/proc/self/fd').filter((number) => {
      try {
        return readlinkSync(`/proc/self/fd/${number}`).startsWith(folder);
      } catch {
        return false; // closed in the meantime
      }
    }).length;
  const write = (name: string, bytes: string | Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const long = 'una riga\n'.repeat(50_000);
  const files = [
    write('zip', Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.from(long)])),
    write('plain', long),
    write('packed', gzipSync(long)),
    write('cut', gzipSync(randomBytes(100_000)).subarray(0, 50_000)),
  ];
  for (const file of files) {
    for (let i = 0; i < 10; i++) {
      try {
        for await (const _ of readLines(file)) break;
      } catch (error) {
        assert.ok(error instanceof InputError);
      }
    }
  }
  // a gzip's source is closed after its reader; if it is not, this loops for ten seconds and fails
  for (let wait = 0; open() > 0 && wait < 100; wait++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(open(), 0);
});
