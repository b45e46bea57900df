import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { InputError } from '../../src/support/errors.ts';
import { SPECIAL_PIECES, UNKNOWN, type Vocabulary, type VocabularyType } from '../../src/vocabulary/vocabulary.ts';
import {
  coverageWarning,
  describeCoverage,
  readWordVectors,
  type VectorCoverage,
} from '../../src/vocabulary/word-vectors.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-vectors-'));
after(() => rmSync(scratch, { recursive: true }));
const path = join(scratch, 'vectors.txt');

/** A vocabulary of these pieces after the special ones, with only the functions that word vectors need. */
function vocabularyOf(type: VocabularyType, words: readonly string[]): Vocabulary {
  const pieces = [...SPECIAL_PIECES, ...words];
  return {
    ...{ type, size: pieces.length, sha256: '' },
    encode: () => [],
    decode: () => '',
    piece: (id) => pieces[id] as string,
    id: (piece) => Math.max(UNKNOWN, pieces.indexOf(piece)),
  };
}

const words = vocabularyOf('words', ['the', 'perché', 'never']);

async function rowsOf(text: string | Uint8Array, vocabulary = words): Promise<Record<string, number[]>> {
  writeFileSync(path, text);
  const { rows, found } = await readWordVectors(path, vocabulary, 2);
  assert.equal(rows.length, vocabulary.size * 2);
  const filled = found.map((id) => [vocabulary.piece(id), [...rows.subarray(id * 2, id * 2 + 2)]]);
  const sum = rows.reduce((total, value) => total + Math.abs(value), 0);
  const expected = filled.flatMap(([, row]) => row as number[]).reduce((total, value) => total + Math.abs(value), 0);
  assert.equal(sum, expected, 'every other row is zero');
  return Object.fromEntries(filled);
}

async function problemOf(text: string | Uint8Array): Promise<string> {
  writeFileSync(path, text);
  return readWordVectors(path, words, 2).then(
    () => '',
    (error) => {
      assert(error instanceof InputError, String(error));
      return error.describe();
    },
  );
}

test('GloVe and fastText files give each word its row', async () => {
  const expected = { perché: [0.5, -1], the: [3, 4] };
  const glove = 'perché 0.5 -1\nother 9 9\nthe 3 4e0\n';
  assert.deepEqual(await rowsOf(glove), expected);
  assert.deepEqual(await rowsOf(`3 2\n${glove}`), expected);
  assert.deepEqual(await rowsOf(gzipSync(glove)), expected);
  assert.deepEqual(await rowsOf('3 2\r\nperché 0.5 -1 \r\nthe 3 4 '), expected, 'trailing spaces, no last line end');
});

test('it counts the words that have a vector, without special pieces', async () => {
  writeFileSync(path, 'the 1 2\n<unk> 3 4\n');
  const { found, words: looked } = await readWordVectors(path, words, 2);
  assert.deepEqual([found, looked], [[4], 3]);
});

test("fastText's first line is not a word, even if its number is one in the vocabulary", async () => {
  const numbers = vocabularyOf('words', ['3', '12345', 'the']);
  for (const header of ['3 2', '12345 2', '3 2 ']) {
    assert.deepEqual(await rowsOf(`${header}\nthe 3 4\n3 5 6\n`, numbers), { the: [3, 4], 3: [5, 6] }, header);
  }
  assert.deepEqual(await rowsOf('3 5 6\nthe 3 4\n', numbers), { 3: [5, 6], the: [3, 4] }, 'GloVe has no such line');
});

test('vectors of other words are rejected, and the error shows words of both', async () => {
  for (const text of ['uno 1 2\ndue 3 4\n', '2 2\nuno 1 2\ndue 3 4\n', '2 2\n']) {
    assert.match(
      await problemOf(text),
      /vectors\.txt: none of the 3 words of the vocabulary has a vector here\n {2}.*like the, perché, never; the file/,
    );
  }
  assert.match(await problemOf('uno 1 2\ndue 3 4\n'), /the file uno, due: use vectors of the same language/);
});

test('few words found cause a warning, earlier if the vectors stay frozen', () => {
  const of = (found: number, frozen: boolean): VectorCoverage => ({
    ...{ side: 'source', file: 'wiki.vec', words: 1000, random: 3000 - found },
    ...{ found, frozen },
  });
  assert.equal(describeCoverage(of(812, false)), 'source vectors wiki.vec: 812 of 1,000 words found (81.2 %)');
  assert.match(coverageWarning(of(99, false)) ?? '', /^warning: few words/);
  assert.equal(coverageWarning(of(100, false)), undefined);
  assert.match(
    coverageWarning(of(499, true)) ?? '',
    /--freeze-vectors keeps the other 2,501 rows at their random values/,
  );
  assert.equal(coverageWarning(of(500, true)), undefined);
});

test('for a subword vocabulary only pieces that start a word are looked up', async () => {
  const pieces = vocabularyOf('bpe', ['▁the', 'the', '▁', 'never', '▁è']);
  assert.deepEqual(await rowsOf('the 1 2\nnever 3 4\n▁the 5 6\nè 7 8\n', pieces), { '▁the': [1, 2], '▁è': [7, 8] });
});

test("a word's first line counts, and a word with spaces is not another word", async () => {
  assert.deepEqual(await rowsOf('the 1 2\nthe 3 4\n'), { the: [1, 2] });
  assert.deepEqual(await rowsOf('a 1 2\nthe end 7 8\nthe 3 4\n'), { the: [3, 4] });
});

test('errors name file and line', async () => {
  assert.match(
    await problemOf('the 1 2 3\n'),
    /vectors\.txt:1: vectors of 3 numbers for an embedding of 2\n {2}--embedding 3$/,
  );
  assert.match(await problemOf('2 300\n'), /vectors\.txt:1: vectors of 300 numbers/);
  assert.match(await problemOf('a 1 2\nthe 1\n'), /vectors\.txt:2: not a word and 2 numbers/);
  assert.match(await problemOf('a 1 2\nthe 1 x\n'), /vectors\.txt:2: not a word and 2 numbers/);
  assert.match(await problemOf('a 1 2\nthe  2\n'), /vectors\.txt:2: not a word and 2 numbers/);
  assert.match(await problemOf('a 1 2\nthe 1 inf\n'), /vectors\.txt:2: not a word and 2 numbers/);
  assert.match(await problemOf('hello\n'), /vectors\.txt:1: no word vectors/);
  assert.match(
    await problemOf(Buffer.from([97, 32, 49, 32, 50, 10, 255, 10])),
    /vectors\.txt:2: not valid UTF-8\n {2}convert the file/,
  );
  const binary = await problemOf(Buffer.alloc(400));
  assert.match(binary, /vectors\.txt: is a binary file .*\n {2}give UTF-8 text/);
  assert.doesNotMatch(binary, /pair|sentence/, 'the advice is for whatever text was wanted');
  assert.match(await problemOf(''), /vectors\.txt: the file is empty/);
  await assert.rejects(readWordVectors(join(scratch, 'none.txt'), words, 2), InputError);
});
