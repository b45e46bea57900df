import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { edits } from '../../src/corpus/filters.ts';
import { compileCharsmap, readCharsmap } from '../../src/vocabulary/charsmap.ts';
import { type NormalizationName, normalizationRules } from '../../src/vocabulary/normalization.ts';
import { createNormalizer } from '../../src/vocabulary/normalizer.ts';

const vocabulary = (name: NormalizationName) => {
  const words = createNormalizer(readCharsmap(compileCharsmap(normalizationRules(name))));
  return (text: string) =>
    words(text)
      .map((word) => word.slice(1))
      .join(' ');
};

/** The result of `attn data clean` for a text; vocabularies leave quotes to it. */
function cleaned(text: string, words: boolean): string {
  const own = edits.filter(({ name }) => name !== 'quotes' && (words || name !== 'words'));
  return own.reduce((result, { apply }) => apply(result), text);
}

/** Every assigned character that is white space, invisible or a control, in all of Unicode. */
const characters = Array.from({ length: 0x110000 }, (_, codePoint) => codePoint)
  .filter((codePoint) => codePoint > 0 && (codePoint < 0xd800 || codePoint > 0xdfff))
  .map((codePoint) => String.fromCodePoint(codePoint))
  .filter((character) =>
    /[\p{White_Space}\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2581\ufffd]/u.test(character),
  )
  .filter((character) => !/\p{Cn}/u.test(character));

test('a white space, control or format character is treated the same in a vocabulary and in data clean', () => {
  assert.ok(characters.length > 500, String(characters.length));
  const nfkc = vocabulary('nfkc');
  const words = vocabulary('words');
  for (const character of characters) {
    const text = `gatto${character}nero`;
    const name = `U+${character.codePointAt(0)?.toString(16)}`;
    assert.equal(nfkc(text), cleaned(text, false), name);
    assert.equal(words(text), cleaned(text, true), `${name}, words`);
  }
});

test('white space and break opportunities separate words, invisible characters do not', () => {
  const nfkc = vocabulary('nfkc');
  for (const space of ['\u0085', '\v', '\t', '\u00a0', '\u200b', '\ufeff', '\u2028', '\u3000', '\ufffd', '▁']) {
    assert.equal(nfkc(`gatto${space}nero`), 'gatto nero', JSON.stringify(space));
  }
  for (const nothing of ['\u0001', '\u007f', '\u00ad', '\u200e', '\u061c', '\u202e', '\u2060', '\u{e0041}']) {
    assert.equal(nfkc(`gatto${nothing}nero`), 'gattonero', JSON.stringify(nothing));
  }
  for (const sign of ['\u200c', '\u200d', '\u06dd']) assert.equal(nfkc(`a${sign}b`), `a${sign}b`);
});

test('nfkc_cf folds the letters that SentencePiece folds, to the same ones, and no other letter', () => {
  const { folded } = JSON.parse(readFileSync(new URL('../fixtures/sentencepiece.json', import.meta.url), 'utf8'));
  const theirs = new Map<number, string>();
  for (let at = 0; at < folded.length; at += 2 + folded[at + 1]) {
    theirs.set(folded[at], String.fromCodePoint(...folded.slice(at + 2, at + 2 + folded[at + 1])));
  }
  assert.ok(theirs.size > 1000, String(theirs.size));
  const [plain, fold] = [vocabulary('nfkc'), vocabulary('nfkc_cf')];
  for (const [code, text] of theirs) {
    const character = String.fromCodePoint(code);
    // letters that this Node does not know yet
    if (!/\p{Cn}/u.test(character)) assert.equal(fold(character), text, `U+${code.toString(16)}`);
  }
  // further on, Unicode has had new letters since
  for (let code = 0x21; code < 0x2000; code++) {
    const character = String.fromCodePoint(code);
    if (!theirs.has(code)) assert.equal(fold(character), plain(character), `U+${code.toString(16)}`);
  }
  assert.equal(fold('PERCHE\u0301 \uff21 Straße'), 'perché a straße');
});

test('identity changes nothing but runs of spaces', () => {
  assert.equal(vocabulary('identity')(' ﬁne\u00a0½  PERCHE\u0301 '), 'ﬁne\u00a0½ PERCHE\u0301');
});
