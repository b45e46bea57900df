import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normaliseSentence, tokenise } from '../../src/corpus/text.ts';

test('sentences that differ in case, punctuation or compatibility characters are the same', () => {
  assert.equal(normaliseSentence('Dov\u2019è  Tom?!'), 'dov è tom');
  assert.equal(normaliseSentence("¿Dov'è\u00a0Tom"), 'dov è tom');
  assert.equal(normaliseSentence('ﬁne ½'), 'fine 1 2');
  assert.equal(normaliseSentence('A_1-B'), 'a_1 b');
  assert.equal(normaliseSentence('…'), '');
});

test('the fast path for ASCII gives the same as the full one', () => {
  const whole = (s: string) =>
    s
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_]+/gu, ' ')
      .trim();
  const tokens = (s: string) => s.match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu) ?? [];
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (s) => {
      assert.equal(normaliseSentence(s), whole(s));
      assert.deepEqual([...tokenise(s)], [...tokens(s)]);
    }),
  );
});

test('every sign is a separate token, letters and digits stay together', () => {
  assert.deepEqual(
    [...tokenise("Dov'è?! 3,50 € perché…")],
    ['Dov', "'", 'è', '?', '!', '3', ',', '50', '€', 'perché', '…'],
  );
});
