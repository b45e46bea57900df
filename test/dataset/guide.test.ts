import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { AlignmentReader } from '../../src/dataset/alignment-reader.ts';
import { makeBatch } from '../../src/dataset/batch.ts';
import { wordEdges, wordStarts } from '../../src/dataset/guide.ts';
import { InputError } from '../../src/support/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-guide-'));
after(() => rmSync(folder, { recursive: true }));

const pieces = ['<pad>', '<unk>', '<s>', '</s>', '▁do', '▁v', 'or', 'rei', '▁'];
const vocabulary = { size: pieces.length, piece: (id: number) => pieces[id] ?? '' };

test('words start at ▁ in a vocabulary of pieces, at every id in one of words, and always at the first id', () => {
  const starts = wordStarts({ ...vocabulary, type: 'bpe' });
  assert.deepEqual([...starts], [0, 0, 0, 0, 1, 1, 0, 0, 1]);
  assert.deepEqual(wordEdges([5, 6, 7, 4, 8, 1, 1], starts), [0, 3, 4, 7]);
  assert.deepEqual(wordEdges([6, 7, 4], starts), [0, 2, 3]);
  assert.deepEqual(wordEdges([], starts), [0]);
  assert.deepEqual(wordEdges([5, 6], wordStarts({ ...vocabulary, type: 'words' })), [0, 1, 2]);
});

test('a row of a batch is the mean over the pieces of all source words that the target word is linked to', () => {
  const starts = wordStarts({ ...vocabulary, type: 'bpe' });
  const side = fc.array(fc.integer({ min: 4, max: 8 }), { minLength: 1, maxLength: 7 });
  const link = fc.tuple(fc.nat(6), fc.nat(6));
  fc.assert(
    fc.property(fc.array(fc.tuple(side, side, fc.array(link)), { minLength: 1, maxLength: 3 }), (rows) => {
      const words = (ids: readonly number[]) => wordEdges(ids, starts).length - 1;
      const wordOf = (ids: readonly number[], place: number) =>
        ids.slice(1, place + 1).filter((id) => starts[id] === 1).length;
      const pairs = rows.map(([source, target, links]) => ({
        ...{ source: Int32Array.from(source), target: Int32Array.from(target) },
        links: links.filter(([s, t]) => s < words(source) && t < words(target)).flat(),
      }));
      const shape = { batch: 4, sourceLength: 9, targetLength: 8 };
      const sentences = Int32Array.from(pairs.keys());
      const { alignment } = makeBatch(shape, sentences, (i) => pairs[i]!, { source: starts, target: starts });
      // number by number, from the definition
      const expected = new Float32Array(4 * 8 * 9);
      for (const [row, [source, target, links]] of rows.entries()) {
        for (let t = 0; t < target.length; t++) {
          const linked = source.map((_, s) =>
            links.some(([a, b]) => a === wordOf(source, s) && b === wordOf(target, t)),
          );
          const count = linked.filter(Boolean).length;
          for (let s = 0; s < source.length; s++) if (linked[s]) expected[(row * 8 + t) * 9 + s] = 1 / count;
        }
      }
      assert.deepEqual(alignment, expected);
    }),
  );
});

test('a batch of pairs without links is all zeros, and one without guidance has no alignment', () => {
  const pair = { source: Int32Array.of(4), target: Int32Array.of(4) };
  const shape = { batch: 1, sourceLength: 2, targetLength: 2 };
  const starts = new Uint8Array(pieces.length);
  assert.deepEqual(
    makeBatch(shape, Int32Array.of(0), () => pair, { source: starts, target: starts }).alignment,
    new Float32Array(4),
  );
  assert.equal(makeBatch(shape, Int32Array.of(0), () => pair).alignment, undefined);
});

const pairs = ['a b c\td e', 'f\tg', 'h i\tj k'].map((line, i) => {
  const [source = '', target = ''] = line.split('\t');
  return { source, target, line: i + 1 };
});

function reader(text: string | Buffer): { path: string; alignments: AlignmentReader } {
  const path = join(folder, 'train.align');
  writeFileSync(path, text);
  return { path, alignments: new AlignmentReader(path, 'train.tsv') };
}

test('alignments are read line by line, plain or gzip, sure and possible links alike', async () => {
  for (const text of ['0-0 2?1\n\n1-0\n', gzipSync('0-0 2?1\r\n\r\n1-0')]) {
    const { alignments } = reader(text);
    assert.deepEqual(await alignments.next(pairs.slice(0, 2)), [[0, 0, 2, 1], []]);
    assert.deepEqual(await alignments.next(pairs.slice(2)), [[1, 0]]);
    await alignments.finish();
    await alignments.close();
  }
});

for (const [what, text, line, message] of [
  ['one line too few', '0-0\n0-0\n', 3, /ends after 2 lines, but train\.tsv has more pairs/],
  ['no line', '', 1, /ends after 0 lines/],
  ['one line too many', '0-0\n0-0\n0-0\n\n', 4, /is longer than train\.tsv, which has 3 pairs/],
  [
    'a source word that does not exist',
    '0-0\n1-0\n0-0\n',
    2,
    /1-0 links a word that does not exist: the pair has 1 so/,
  ],
  ['a target word that does not exist', '0-0\n0-0\n0-0 1-2\n', 3, /1-2 links a word .* 2 source and 2 target words/],
  ['something else', '0-0\n0-0\n0_0\n', 3, /'0_0' is not an alignment link/],
  ['a line that is not UTF-8', Buffer.from('0-0\n\xff\n0-0\n', 'latin1'), 2, /UTF-8/],
] as const)
  test(`an alignment file with ${what} is rejected with its line`, async () => {
    const { path, alignments } = reader(text as string);
    const read = async () => {
      await alignments.next(pairs);
      await alignments.finish();
    };
    await assert.rejects(read(), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, message);
      assert.equal(error.where, `${path}:${line}`);
      return true;
    });
    await alignments.close();
  });
