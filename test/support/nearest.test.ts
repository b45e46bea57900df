import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean } from '../../src/support/nearest.ts';

const commands = ['train', 'translate', 'eval', 'sweep', 'sweep status'];

test('a word close to one of the choices is matched to it', () => {
  assert.equal(didYouMean('trian', commands), "did you mean 'train'? ", 'two letters swapped');
  assert.equal(didYouMean('transalte', commands), "did you mean 'translate'? ");
  assert.equal(didYouMean('EVALL', commands), "did you mean 'eval'? ", 'whatever its case');
  assert.equal(didYouMean('scor', ['source', 'score', 'scores']), "did you mean 'score'? ", 'the nearest of several');
});

test('no suggestion if the word is nothing like them', () => {
  assert.equal(didYouMean('deploy', commands), '');
  assert.equal(didYouMean('ev', commands), '', 'two letters are too few to guess from');
  assert.equal(didYouMean('train', []), '');
});
