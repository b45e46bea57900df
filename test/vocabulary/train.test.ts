import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { InputError } from '../../src/support/errors.ts';
import { Random } from '../../src/support/random.ts';
import { readModelFile } from '../../src/vocabulary/model-file.ts';
import type { VocabularyOptions } from '../../src/vocabulary/train.ts';
import { SPECIAL_PIECES } from '../../src/vocabulary/vocabulary.ts';
import { counted, sentences, trained, vocabularyOf } from './helpers.ts';

const fixture = JSON.parse(readFileSync(new URL('../fixtures/sentencepiece.json', import.meta.url), 'utf8')) as {
  readonly size: number;
  readonly spm_train: Readonly<
    Record<'bpe' | 'unigram', { readonly pieces: readonly string[]; readonly needed: number }>
  >;
};

const piecesOf = (options: Partial<VocabularyOptions>, texts = sentences) =>
  readModelFile(trained(options, texts), 'x').pieces.map(({ text }) => text);

test('BPE pieces equal those of spm_train on the same sentences, in the same order', () => {
  assert.deepEqual(piecesOf({ type: 'bpe', size: fixture.size }), fixture.spm_train.bpe.pieces);
});

test('nine in ten unigram pieces equal those of spm_train, and our sentences need no more of ours', async () => {
  const theirs = fixture.spm_train.unigram;
  const ours = new Set(piecesOf({ type: 'unigram', size: fixture.size }));
  const shared = theirs.pieces.filter((piece) => ours.has(piece)).length;
  assert.ok(shared >= 0.9 * fixture.size, `${shared} of ${fixture.size} are shared`);
  const vocabulary = await vocabularyOf({ type: 'unigram', size: fixture.size });
  const needed = sentences.reduce((sum, sentence) => sum + vocabulary.encode(sentence).length, 0);
  assert.ok(needed <= theirs.needed, `${needed} pieces, spm_train's need ${theirs.needed}`);
});

for (const type of ['bpe', 'unigram', 'char', 'words'] as const) {
  test(`the same sentences in another order give the same ${type} file, byte for byte`, () => {
    const shuffled = new Random(1, 'order').shuffle([...sentences]);
    assert.deepEqual(trained({ type }, shuffled), trained({ type }));
  });
}

test('special pieces, user-defined symbols and bytes come first, and the size is exact', () => {
  const pieces = piecesOf({ byteFallback: true, userSymbols: ['<it>', 'Paolo'], size: 500 });
  assert.equal(pieces.length, 500);
  assert.deepEqual(pieces.slice(0, 4), [...SPECIAL_PIECES]);
  assert.deepEqual(pieces.slice(4, 8), ['<it>', 'Paolo', '<0x00>', '<0x01>']);
  assert.equal(pieces[4 + 2 + 255], '<0xFF>');
  assert.ok(!pieces.slice(262).some((piece) => piece.includes('Pao')), 'a symbol is no part of other pieces');
});

test('words are the most frequent first, lowercased and without punctuation, down to the minimum count', () => {
  const texts = ['Il gatto, il cane!', 'il gatto?', '«Il» sole'];
  assert.deepEqual(piecesOf({ type: 'words' }, texts).slice(4), ['▁il', '▁gatto', '▁cane', '▁sole']);
  assert.deepEqual(piecesOf({ type: 'words', size: 6 }, texts).slice(4), ['▁il', '▁gatto']);
  assert.deepEqual(piecesOf({ type: 'words', minimumCount: 2 }, texts).slice(4), ['▁il', '▁gatto']);
});

test('characters are the most frequent first, as many as the coverage asks for or the size allows', () => {
  const texts = ['abba a', 'abc'];
  assert.deepEqual(piecesOf({ type: 'char', characterCoverage: 1 }, texts).slice(4), ['a', 'b', '▁', 'c']);
  assert.deepEqual(piecesOf({ type: 'char', size: 6 }, texts).slice(4), ['a', 'b']);
  assert.ok(piecesOf({ type: 'char' }).every((piece, id) => id < 4 || [...piece].length === 1));
});

test('with digits split, a digit is in no piece but its own', async () => {
  const texts = [...sentences, ...sentences.map((_, i) => `il 2024, anno ${2000 + (i % 7)}, ore 20:24, a20`)];
  for (const type of ['bpe', 'unigram'] as const) {
    const withDigit = (splitDigits: boolean) =>
      piecesOf({ type, splitDigits }, texts).filter((piece) => /\d/.test(piece) && piece.length > 1);
    assert.ok(withDigit(false).length > 3, 'otherwise they would be');
    assert.deepEqual(withDigit(true), []);
    const vocabulary = await vocabularyOf({ type, splitDigits: true }, texts);
    assert.deepEqual(vocabulary.encode('a 2024').slice(-4).map(vocabulary.piece), ['2', '0', '2', '4']);
  }
});

test('character coverage leaves out the rarest characters', () => {
  const texts = [...sentences, 'Ω'];
  assert.ok(!piecesOf({ characterCoverage: 0.999 }, texts).includes('Ω'));
  assert.ok(piecesOf({ characterCoverage: 1 }, texts).includes('Ω'));
});

const refusals: readonly (readonly [string, Partial<VocabularyOptions>, readonly string[], RegExp, RegExp])[] = [
  ['an empty corpus', {}, [], /no words/, /./],
  ['a corpus of nothing but control characters', {}, ['\u0001', ' '], /no words/, /./],
  ['fewer pieces than characters', { size: 40 }, sentences, /40 pieces are too few/, /--size \d+ or more/],
  ['more BPE pieces than there are', { size: 9000 }, sentences, /more than this corpus supports/, /--size \d+ or less/],
  ['more unigram pieces', { type: 'unigram', size: 9000 }, sentences, /more than this corpus/, /--size \d+ or less/],
  ['no room beside the special ids', { type: 'words', size: 4 }, sentences, /no room/, /./],
  ['bytes among words', { type: 'words', byteFallback: true }, sentences, /neither bytes/, /--type bpe/],
  ['a least count of pieces', { minimumCount: 2 }, sentences, /not words/, /--type words/],
  ['a symbol with a space', { userSymbols: ['a b'] }, sentences, /cannot be a symbol/, /./],
  ['a symbol given twice', { userSymbols: ['a', 'a'] }, sentences, /cannot be a symbol/, /./],
  ['a special piece as a symbol', { userSymbols: ['<s>'] }, sentences, /cannot be a symbol/, /./],
];
for (const [what, options, texts, problem, remedy] of refusals) {
  test(`${what}: a clear error`, () => {
    assert.throws(
      () => trained(options, texts),
      (error) => error instanceof InputError && problem.test(error.message) && remedy.test(error.remedy ?? 'none'),
    );
  });
}

test('without a size a small corpus gets what it has', () => {
  const pieces = piecesOf({ size: undefined });
  assert.ok(pieces.length > 400 && pieces.length < 4000, `${pieces.length}`);
  assert.throws(() => trained({ size: pieces.length + 1 }), InputError);
});

test('the size that an error names as the largest is the largest', () => {
  for (const type of ['bpe', 'unigram'] as const) {
    let greatest = 0;
    assert.throws(
      () => trained({ type, size: 9000 }),
      (error) => {
        greatest = Number(/\d+/.exec((error as InputError).remedy ?? '')?.[0]);
        return true;
      },
    );
    assert.equal(piecesOf({ type, size: greatest }).length, greatest);
    assert.throws(() => trained({ type, size: greatest + 1 }), InputError);
  }
});

test('tokens are split at spaces, and the last of a sentence also counts as final', () => {
  assert.deepEqual(
    counted(['a b', ' b  a a ', '', ' ']),
    new Map([
      ['a', { count: 3, finalCount: 1 }],
      ['b', { count: 2, finalCount: 1 }],
    ]),
  );
});
