import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergeWeights } from '../../src/reports/weights.ts';
import { groupPieces } from '../../src/vocabulary/word-groups.ts';

test('a ▁ starts a word and pieces without one continue it', () => {
  const { words, wordOf } = groupPieces(['▁Ho', '▁mol', 'ta', '▁fame', '.', '</s>']);
  assert.deepEqual(words, ['Ho', 'molta', 'fame.', '</s>']);
  assert.deepEqual(wordOf, [0, 1, 1, 2, 2, 3]);
});

test('a control piece is a word by itself, and what follows does not join it', () => {
  assert.deepEqual(groupPieces(['<s>', '▁a', 'b', '</s>', 'c', '<pad>']).words, ['<s>', 'ab', '</s>', 'c', '<pad>']);
});

test('an unknown piece belongs to the word that contains it', () => {
  assert.deepEqual(groupPieces(['▁caff', '<unk>', '▁', '<unk>', '▁']).words, ['caff<unk>', '<unk>', '▁']);
});

test('byte pieces become the character they spell', () => {
  assert.deepEqual(groupPieces(['▁citt', '<0xC3>', '<0xA0>', '▁<0xE2>', '<0x98>', '<0x95>']).words, ['città', '☕']);
});

test('in a sentence without spaces each piece is a word, unless words by spaces are requested', () => {
  assert.deepEqual(groupPieces(['▁', '她', '现在', '想要', '茶', '。', '</s>']).words, [
    '她',
    '现在',
    '想要',
    '茶',
    '。',
    '</s>',
  ]);
  assert.deepEqual(groupPieces(['▁我', '用', 'Py', 'thon', '写', '。']).words, ['我', '用', 'Python', '写', '。']);
  assert.deepEqual(groupPieces(['▁ฉัน', 'ดื่ม', 'น้ำ']).words, ['ฉัน', 'ดื่ม', 'น้ำ']);
  assert.deepEqual(groupPieces(['▁私は東京に', '行きます', '▁明日', 'また']).words, [
    '私は東京に',
    '行きます',
    '明日',
    'また',
  ]);
  const spaced = ['▁她', '▁现', '在', '▁想', '要', '▁茶'];
  assert.deepEqual(groupPieces(spaced).words, ['她', '现在', '想要', '茶'], 'cut into words before');
  assert.deepEqual(groupPieces(['▁东', '京', '</s>'], true).words, ['东京', '</s>']);
  assert.deepEqual(groupPieces(['▁물', '을', '▁마', '신다', '.']).words, ['물을', '마신다.'], 'Korean has spaces');
});

test('pieces of a words vocabulary are words already', () => {
  const pieces = ["l'ora", 'è', '.', '<unk>', '</s>'];
  assert.deepEqual(groupPieces(pieces), { words: pieces, wordOf: [0, 1, 2, 3, 4] });
});

test('weights are summed over a source word and averaged over a target word', () => {
  const source = groupPieces(['▁mol', 'ta', '▁fame']);
  const target = groupPieces(['▁hung', 'ry', '▁now']);
  const weights = [
    [0.25, 0.25, 0.5],
    [0.125, 0.125, 0.75],
    [0.5, 0, 0.5],
  ];
  assert.deepEqual(mergeWeights(weights, target, source), [
    [0.375, 0.625],
    [0.5, 0.5],
  ]);
});

test('merging to words keeps the sum of every row at 1, whatever the pieces', () => {
  const piece = fc.constantFrom('▁a', 'b', '.', '▁', '<unk>', '</s>', '<0xC3>');
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1 }), fc.array(piece, { minLength: 1 }), (source, target) => {
      const weights = target.map(() => source.map(() => 1 / source.length));
      const merged = mergeWeights(weights, groupPieces(target), groupPieces(source));
      for (const row of merged) assert.ok(Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-12);
    }),
  );
});
