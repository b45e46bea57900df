import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadVocabulary } from '../../src/vocabulary/load.ts';
import { referenceForm } from '../../src/vocabulary/reference-form.ts';
import { modelPath, trained } from './helpers.ts';

test('references of a words model are lowercase without punctuation, and keep words it does not have', async () => {
  const path = modelPath(trained({ type: 'words', size: 60 }));
  const vocabulary = await loadVocabulary(path);
  const form = referenceForm(vocabulary, path);
  assert.equal(form('L’amico, sì: THE Xylophone!'), 'lamico sì the xylophone');
  assert.match(vocabulary.decode(vocabulary.encode('The Xylophone')), /⁇/, 'what the model itself could not write');
});

test('references of a subword model are unchanged', async () => {
  const path = modelPath(trained({ type: 'bpe' }));
  const form = referenceForm(await loadVocabulary(path), path);
  assert.equal(form('L’amico,  sì: THE ﬁsh!'), 'L’amico,  sì: THE ﬁsh!');
});
