import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readKeys } from '../../src/server/keys.ts';
import { scratchFolder } from '../decoding/toy-run.ts';

const path = join(scratchFolder(), 'keys.txt');

function keysOf(text: string) {
  writeFileSync(path, text);
  return readKeys(path);
}

test('a key is recognised by its name, any other is not', () => {
  const whose = keysOf('# who may\nanna 0123456789abcdef0123\n\r\nbruno  abcdefabcdefabcdef # his\n');
  assert.equal(whose('0123456789abcdef0123'), 'anna');
  assert.equal(whose('abcdefabcdefabcdef'), 'bruno');
  for (const wrong of ['', '0123456789abcdef012', '0123456789abcdef01234', 'anna', '# who may']) {
    assert.equal(whose(wrong), undefined, wrong);
  }
});

test('an invalid file is rejected, with the line', () => {
  for (const [text, message] of [
    ['', /holds no key/],
    ['anna\n', /:1: 1 words, not a name and a key/],
    ['\nanna 0123456789abcdef extra', /:2: 3 words/],
    ['anna short', /:1: the key has fewer than 16 characters/],
    ['anna 0123456789abcdef\nanna 0123456789abcdeg', /:2: 'anna' has a key already/],
  ] as const) {
    assert.throws(() => keysOf(text), message);
  }
  assert.throws(() => readKeys(`${path}.gone`), /no such file/);
});
