import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileCharsmap, readCharsmap } from '../../src/vocabulary/charsmap.ts';
import { normalizationRules } from '../../src/vocabulary/normalization.ts';

/** The same by trying every length at every position. */
function replaceSlowly(rules: ReadonlyMap<string, string>, text: string): string {
  const characters = [...text];
  let result = '';
  for (let at = 0; at < characters.length; ) {
    let end = characters.length;
    while (end > at && !rules.has(characters.slice(at, end).join(''))) end--;
    result += end > at ? rules.get(characters.slice(at, end).join('')) : characters[at];
    at = Math.max(end, at + 1);
  }
  return result;
}

const letters = fc.constantFrom('a', 'b', 'é', '\u0301', '日', '😀', ' ', '\0');
const text = fc.array(letters, { maxLength: 12 }).map((list) => list.join(''));
const key = fc.array(letters, { minLength: 1, maxLength: 4 }).map((list) => list.join('').replaceAll('\0', 'a'));

test('a compiled charsmap replaces the longest key at each position, for any rules and text', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          key,
          text.map((t) => t.replaceAll('\0', '')),
        ),
      ),
      text,
      (entries, input) => {
        const rules = new Map(entries);
        assert.equal(readCharsmap(compileCharsmap(rules)).replace(input), replaceSlowly(rules, input));
      },
    ),
  );
});

const nfkc = readCharsmap(compileCharsmap(normalizationRules('nfkc')));

test('every single character becomes its NFKC form, controls nothing and spaces a space', () => {
  const different: string[] = [];
  for (let codePoint = 1; codePoint < 0x20000; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    const expected = /[\p{Cc}\p{Cs}\p{Cf}]/u.test(character) ? undefined : character.normalize('NFKC');
    const got = nfkc.replace(character);
    if (expected !== undefined && got !== expected && got !== ' ') different.push(character);
  }
  assert.deepEqual(different, []);
  assert.equal(nfkc.replace('a\u0001b\u007f\u009fc'), 'abc');
  assert.equal(nfkc.replace('a\tb\u00a0c\u200bd\u3000e\ufefff▁g\ufffdh'), 'a b c d e f g h');
});

test('accented letters written in parts are composed as NFKC composes them', () => {
  const composed = Array.from({ length: 0x2000 }, (_, i) => String.fromCodePoint(0xc0 + i)).filter(
    (character) =>
      /\p{Script=Latin}|\p{Script=Greek}|\p{Script=Cyrillic}/u.test(character) &&
      character.normalize('NFD') === character.normalize('NFKD'),
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...composed)), (list) => {
      const written = list.join('');
      assert.equal(nfkc.replace(written.normalize('NFD')), written.normalize('NFKC'));
    }),
  );
  assert.equal(nfkc.replace('\u00ea\u0309'), 'ể');
});

test('the words normalisation lowercases, drops punctuation and splits at dashes', () => {
  const words = readCharsmap(compileCharsmap(normalizationRules('words')));
  assert.equal(
    words.replace('L’amico disse: «SÌ, È così!» — e poi... un semi-dio, E\u0300 £5'),
    'lamico disse sì è così   e poi un semi dio è 5',
  );
});

test('a lone surrogate becomes a space, like any invalid Unicode', () => {
  assert.equal(nfkc.replace('a\ud800b'), 'a b');
});

test('a damaged charsmap is rejected', () => {
  const bytes = compileCharsmap(new Map([['a', 'b']]));
  assert.throws(() => readCharsmap(bytes.subarray(0, 3)), RangeError);
  assert.throws(() => readCharsmap(bytes.subarray(0, 2000)), RangeError);
  assert.equal(readCharsmap(new Uint8Array()).replace('ﬁ'), 'ﬁ');
});
