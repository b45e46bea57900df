import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpusBleu, sentenceBleu } from '../../src/evaluation/bleu.ts';
import { corpusChrf } from '../../src/evaluation/chrf.ts';
import { lengthBuckets } from '../../src/evaluation/length-buckets.ts';
import { nltkMeans } from '../../src/evaluation/nltk.ts';
import { scoreSystem, scoresByLength, scoresBySentence } from '../../src/evaluation/system.ts';
import { sentenceTer } from '../../src/evaluation/ter.ts';

const hypotheses = [
  'Good morning .',
  'The train leaves at ten .',
  'She has lost the key of the old house by the sea .',
  'Yes',
];
const references = [
  'Good morning .',
  'The train left at ten .',
  'She lost the key to the old house by the sea .',
  'Yes',
];
const system = scoreSystem(hypotheses, [references]);

test("a system's scores equal those of each metric alone", () => {
  assert.equal(system.scores.sentences, 4);
  assert.deepEqual(system.scores.bleu, corpusBleu(hypotheses, [references]));
  assert.deepEqual(system.scores.chrfPlusPlus, corpusChrf(hypotheses, [references], { wordOrder: 2 }));
  assert.match(
    system.scores.chrfPlusPlus.signature,
    /^nrefs:1\|case:mixed\|eff:yes\|nc:6\|nw:2\|space:no\|version:attn-/,
  );
});

test('sentence scores equal those of the sentences scored alone', () => {
  const bySentence = scoresBySentence(system);
  assert.equal(bySentence.length, 4);
  bySentence.forEach((scores, i) => {
    assert.equal(scores.bleu, sentenceBleu(hypotheses[i]!, [references[i]!]).score);
    assert.equal(scores.ter, sentenceTer(hypotheses[i]!, [references[i]!]).score);
  });
});

test('scores by length are corpus scores of the sentences in each bucket, and every sentence is in one', () => {
  const rows = scoresByLength(system, [3, 6, 12, 1], [5, 10]);
  assert.deepEqual(
    rows.map(({ from, to, sentences }) => ({ from, to, sentences })),
    [
      { from: 0, to: 5, sentences: 2 },
      { from: 6, to: 10, sentences: 1 },
      { from: 11, to: null, sentences: 1 },
    ],
  );
  assert.equal(rows[0]?.chrf, corpusChrf(['Good morning .', 'Yes'], [['Good morning .', 'Yes']]).score);
  assert.equal(rows[2]?.bleu, corpusBleu([hypotheses[2]!], [[references[2]!]]).score);
});

test('a length at the limit of a bucket belongs to it, and empty buckets are left out', () => {
  assert.deepEqual(lengthBuckets([5, 6, 5], [5, 7, 9]), [
    { from: 0, to: 5, sentences: [0, 2] },
    { from: 6, to: 7, sentences: [1] },
  ]);
});

test('NLTK gives one right word 1 at order 4, and a sentence without a common word 0', () => {
  assert.deepEqual(nltkMeans(['Yes'], [['Yes']]), { bleu1: 1, bleu4: 1 });
  assert.deepEqual(nltkMeans(['No', ''], [['Yes', 'Yes']]), { bleu1: 0, bleu4: 0 });
});
