import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CleaningSettings, edits, makeChecks } from '../../src/corpus/filters.ts';

const edit = (name: string, text: string) => edits.find((e) => e.name === name)!.apply(text);
const allOn: CleaningSettings = {
  ...{ quotes: true, nfkc: true, controls: true, spaces: true, length: true, maxTokens: 5, ratio: true, maxRatio: 3 },
  ...{ identical: true, script: true, duplicates: true, words: true },
};
const italianToEnglish = { source: 'it', target: 'en' };

/** The check that drops a pair; undefined if none does. */
const dropper = (source: string, target: string, languages = italianToEnglish) =>
  makeChecks(allOn, languages).find(({ drops }) => drops(source, target))?.name;

test('each edit fixes what its name says and leaves the rest unchanged', () => {
  assert.equal(edit('quotes', '«L’altro» “sì” ‘no’ perche´ `x`'), `"L'altro" "sì" 'no' perche' 'x'`);
  assert.equal(edit('nfkc', 'ﬁne\u00a0… e\u0300 ①'), 'fine ... è 1');
  assert.equal(edit('controls', 'a\u0000b\u200ec\u00add\u2060e\u0007f\u202ag'), 'abcdefg');
  assert.equal(edit('controls', 'a\u200bb\ufeffc'), 'a\u200bb\ufeffc');
  assert.equal(edit('spaces', 'a\u200bb\ufeff\u0085c\u00a0\ufffd'), 'a b c');
  assert.equal(edit('controls', 'a\tb\u200dc\u0085d'), 'a\tb\u200dc\u0085d');
  assert.equal(edit('words', "L'Amico, sì! È ben-venuto: 3 €"), 'lamico sì è ben venuto 3 ');
  assert.equal(edit('spaces', ' a \t b\u00a0\u2003c\r'), 'a b c');
});

test('all edits together change nothing in their own result', () => {
  const editAll = (text: string) => edits.reduce((s, { apply }) => apply(s), text);
  for (let code = 0; code < 0x30000; code++) {
    const once = editAll(`a${String.fromCodePoint(code)}b`);
    assert.equal(editAll(once), once, `U+${code.toString(16)}`);
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const once = editAll(text);
      assert.equal(editAll(once), once);
    }),
    { numRuns: 1000 },
  );
});

test('a pair is dropped by the first check that it fails', () => {
  assert.equal(dropper('Ho fame.', 'I am hungry.'), undefined);
  assert.equal(dropper('', 'I am hungry.'), 'empty');
  assert.equal(dropper('uno due tre quattro cinque sei', 'one two three four five'), 'length');
  assert.equal(dropper('uno due tre quattro cinque', 'one two three four five'), undefined);
  assert.equal(dropper('Sì', 'Yes, of course'), 'ratio');
  assert.equal(dropper('Roma!', 'roma'), 'identical');
  assert.equal(dropper('Это дом', 'A house'), 'script');
  assert.equal(dropper('Il дом è', 'The дом is'), undefined);
  assert.equal(dropper('12 €', '12 euros'), undefined);
});

test('the script is that of each side’s language, and any script for an unknown language', () => {
  assert.equal(dropper('Это дом', 'A house', { source: 'ru', target: 'en' }), undefined);
  assert.equal(dropper('A house', 'Это дом', { source: 'ru', target: 'en' }), 'script');
  assert.equal(dropper('Это дом', 'A house', { source: 'left side', target: 'en' }), undefined);
});

test('a pair is a duplicate the second time, and only if both sides match', () => {
  const duplicates = makeChecks(allOn, italianToEnglish).find(({ name }) => name === 'duplicates')!;
  assert.deepEqual(
    [
      ['Sì.', 'Yes.'],
      ['Sì.', 'Yeah.'],
      ['Sì.', 'Yes.'],
      ['Sì!', 'Yes.'],
      ['Sì.', 'Yeah.'],
    ].map(([source, target]) => duplicates.drops(source!, target!)),
    [false, false, true, false, true],
  );
});
