import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sentenceSplitter, wholeText } from '../../src/server/sentences.ts';

const split = sentenceSplitter('it');
const sources = (text: string) => split(text).map(({ source }) => source);

test('a text is split into sentences, and the white space between them is kept', () => {
  assert.deepEqual(split('Ho fame.  Vieni?\n\n\t«Sì!» disse.\n'), [
    { before: '', source: 'Ho fame.', after: '' },
    { before: '  ', source: 'Vieni?', after: '' },
    { before: '\n\n\t', source: '«Sì!» disse.', after: '\n' },
  ]);
});

test('a line is a sentence with or without a full stop', () => {
  assert.deepEqual(sources('Titolo\nUna riga\r\nUn’altra.'), ['Titolo', 'Una riga', 'Un’altra.']);
});

test('an abbreviation or an initial does not end a sentence', () => {
  assert.deepEqual(sources('Il Sig. Rossi e la Sig.ra Bianchi. Il Dott. G. Verdi.'), [
    'Il Sig. Rossi e la Sig.ra Bianchi.',
    'Il Dott. G. Verdi.',
  ]);
});

test('a text without words is one empty sentence', () => {
  for (const text of ['', ' ', '\n\t\n']) assert.deepEqual(split(text), [{ before: text, source: '', after: '' }]);
});

test('a sentence without an end is cut at a space, a word without one between two characters', () => {
  const long = sources('casa '.repeat(1000));
  assert.ok(long.length > 1);
  for (const one of long) assert.match(one, /^casa( casa)*$/);
  const faces = sources('😀'.repeat(2000));
  assert.equal(faces.join(''), '😀'.repeat(2000));
  for (const one of faces) assert.doesNotThrow(() => encodeURIComponent(one), 'no character is cut in two');
});

test('no part of any text is lost, and no sentence has white space around it', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'B', '.', '?', ' ', '\n', '\r', '\u00a0', '\u2028', 'Sig.', '😀', '，', '。'),
  });
  fc.assert(
    fc.property(text, (given) => {
      for (const sentences of [split(given), wholeText(given)]) {
        assert.equal(sentences.map(({ before, source, after }) => before + source + after).join(''), given);
        for (const { before, source, after } of sentences) {
          assert.deepEqual([before.trim(), source.trim(), after.trim()], ['', source, '']);
        }
        assert.ok(sentences.slice(0, -1).every(({ source, after }) => source !== '' && after === ''));
      }
    }),
  );
});

test('an unknown language is split all the same', () => {
  assert.equal(sentenceSplitter('source')('One. Two.').length, 2);
  assert.equal(sentenceSplitter('not a language!')('One. Two.').length, 2);
});
