import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseAlignment } from '../../src/corpus/alignment.ts';
import { alignmentErrorRate, readAlignments } from '../../src/evaluation/alignment.ts';
import { InputError } from '../../src/support/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-alignment-'));
after(() => rmSync(folder, { recursive: true }));

test('a sure link is possible too, and a possible one is not sure', () => {
  const { sure, possible } = parseAlignment('0-1 2?3  1-0');
  assert.deepEqual([...sure], ['0-1', '1-0']);
  assert.deepEqual([...possible], ['0-1', '2-3', '1-0']);
});

test('the error rate follows Och and Ney: sure links missed and links not even possible are errors', () => {
  const gold = [parseAlignment('0-0 1-1 1?2')];
  const rate = (links: string) => alignmentErrorRate([parseAlignment(links)], gold);
  assert.deepEqual(rate('0-0 1-1'), { aer: 0, precision: 1, recall: 1 });
  assert.equal(rate('0-0 1-1 1-2').aer, 0);
  // A = {0-0, 2-2}, S = {0-0, 1-1}: 1 - (1 + 1) / (2 + 2)
  assert.deepEqual(rate('0-0 2-2'), { aer: 0.5, precision: 0.5, recall: 0.5 });
  assert.equal(rate('2-2').aer, 1);
});

test('the error rate of a corpus sums its sentences and does not average them', () => {
  const gold = ['0-0', '0-0 1-1 2-2'].map((line) => parseAlignment(line));
  const found = ['1-0', '0-0 1-1 2-2'].map((line) => parseAlignment(line));
  assert.equal(alignmentErrorRate(found, gold).aer, 1 - 6 / 8);
});

test('a gold file is read line by line, and an empty line is a sentence without links', async () => {
  const path = join(folder, 'gold.txt');
  writeFileSync(path, '0-0 1?1\n\n2-1\n');
  const gold = await readAlignments(path);
  assert.deepEqual(
    gold.map(({ sure, possible }) => [sure.size, possible.size]),
    [
      [1, 2],
      [0, 0],
      [1, 1],
    ],
  );
});

test('an invalid link is rejected with its file and line', async () => {
  const path = join(folder, 'bad.txt');
  writeFileSync(path, '0-0\n0-0 1:1\n');
  await assert.rejects(readAlignments(path), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.describe(), /bad\.txt:2: '1:1' is not an alignment link/);
    return true;
  });
  assert.throws(() => alignmentErrorRate([], [parseAlignment('')]), InputError);
});
