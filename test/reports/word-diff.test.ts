import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffWords } from '../../src/reports/word-diff.ts';

test('what a hypothesis adds and leaves out is marked word by word', () => {
  assert.deepEqual(diffWords('I am very hungry.', 'I am so hungry now.'), [
    { kind: 'same', text: 'I am' },
    { kind: 'missing', text: ' very' },
    { kind: 'extra', text: ' so' },
    { kind: 'same', text: ' hungry' },
    { kind: 'extra', text: ' now' },
    { kind: 'same', text: '.' },
  ]);
});

test('equal sentences are a single part', () => {
  assert.deepEqual(diffWords("I don't know.", "I don't know."), [{ kind: 'same', text: "I don't know." }]);
});

test('punctuation and case count as differences', () => {
  assert.deepEqual(
    diffWords('Yes, Tom!', 'yes Tom!').map(({ kind, text }) => kind + text),
    ['missingYes,', 'extrayes', 'same Tom!'],
  );
});

test('empty sentences differ in everything or nothing', () => {
  assert.deepEqual(diffWords('', ''), []);
  assert.deepEqual(diffWords('a b', ''), [{ kind: 'missing', text: 'a b' }]);
  assert.deepEqual(diffWords('', 'a b'), [{ kind: 'extra', text: 'a b' }]);
});

test('the joined parts give both sentences back', () => {
  const sentence = fc
    .array(fc.constantFrom('a', 'b', 'c', '.', ', d', "l'e", 'è'), { maxLength: 8 })
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(sentence, sentence, (reference, hypothesis) => {
      const parts = diffWords(reference, hypothesis);
      const without = (kind: string) =>
        parts
          .filter((part) => part.kind !== kind)
          .map(({ text }) => text)
          .join('');
      assert.equal(without('missing'), hypothesis);
      // if both have a word, the hypothesis's spacing is shown
      assert.equal(without('extra').replaceAll(' ', ''), reference.replaceAll(' ', ''));
    }),
  );
});
