import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { type MalformedLine, readPairs } from '../../src/corpus/tsv.ts';
import { InputError } from '../../src/support/errors.ts';
import { collect, temporaryFolder } from './helpers.ts';

const from = (text: string | Uint8Array) => ({ stdin: Readable.from([Buffer.from(text)]) });

test('a prepared file yields its pairs with their line numbers', async (t) => {
  const path = join(temporaryFolder(t), 'train.tsv');
  writeFileSync(path, 'Ho fame.\tI am hungry.\nEntra!\tCome in!\n');
  assert.deepEqual(await collect(readPairs(path)), [
    { source: 'Ho fame.', target: 'I am hungry.', line: 1, file: path },
    { source: 'Entra!', target: 'Come in!', line: 2, file: path },
  ]);
});

test('the two columns may be any, and further ones are ignored', async () => {
  const text = '7\tI am hungry.\t8\tHo fame.\tCC-BY\n';
  const [pair] = await collect(readPairs('-', { columns: [3, 1], ...from(text) }));
  assert.deepEqual([pair?.source, pair?.target], ['Ho fame.', 'I am hungry.']);
});

test('a malformed line of a prepared file is an error with file and line', async (t) => {
  const path = join(temporaryFolder(t), 'train.tsv');
  for (const [line, reason] of [
    ['senza traduzione', 'no tab: two columns expected'],
    ['\tno source', 'the source side is empty'],
    ['nessun target\t ', 'the target side is empty'],
    ['', 'an empty line'],
  ] as const) {
    writeFileSync(path, `Sì.\tYes.\n${line}\nNo.\tNo.\n`);
    await assert.rejects(collect(readPairs(path)), (error) => {
      assert.ok(error instanceof InputError);
      assert.equal(error.describe().split('\n')[0], `${path}:2: ${reason}`);
      return true;
    });
  }
});

test('whatever the bytes, every line is a pair or a malformed line', async () => {
  const cell = fc.string({ maxLength: 6 });
  const row = fc.array(cell, { maxLength: 4 }).map((cells) => Buffer.from(cells.join('\t')));
  const lines = fc.array(
    fc.oneof(
      row,
      fc.uint8Array({ maxLength: 12 }).map((b) => Buffer.from(b)),
    ),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(lines, async (rows) => {
      const bytes = Buffer.concat(rows.flatMap((bytes) => [bytes, Buffer.from('\n')]));
      const malformed: MalformedLine[] = [];
      try {
        const pairs = await collect(readPairs('-', { onMalformed: (m) => void malformed.push(m), ...from(bytes) }));
        const seen = [...pairs, ...malformed].map(({ line }) => line).sort((a, b) => a - b);
        const count = bytes.filter((byte) => byte === 10).length;
        assert.deepEqual(
          seen,
          Array.from({ length: count }, (_, i) => i + 1),
        );
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
