import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ModelCard, modelCard } from '../../src/reports/model-card.ts';
import { exampleReport } from './example.ts';

const card: ModelCard = {
  name: 'concat',
  checkpoint: 'checkpoints/concat',
  command: 'attn train --score concat --seed 3',
  architecture: 'GRU encoder-decoder, concat attention, 256 units',
  parameters: 3_607_000,
  source: { language: 'it', vocabulary: 'BPE, 4000 pieces' },
  target: { language: 'en', vocabulary: 'BPE, 4000 pieces' },
  data: { name: 'the embedded corpus', pairs: 24000, licence: 'CC0' },
  training: {
    steps: 6000,
    seconds: 1210,
    seed: 3,
    precision: 'float32',
    validation: { loss: 1.71, bleu: 48.2, chrf: 62.4 },
  },
};

test('a model card tells what the model is, what it was trained on, under which licence, and how to train it again', () => {
  const text = modelCard(card);
  for (const part of [
    '# concat',
    'it to en',
    '3.61 M',
    '24000 sentence pairs',
    'CC0',
    '6000 steps, 20 min',
    'seed 3',
    '48.2',
  ]) {
    assert.ok(text.includes(part), part);
  }
  assert.ok(text.includes('```sh\nattn train --score concat --seed 3\n```'));
  assert.ok(text.includes('attn translate --checkpoint checkpoints/concat "..."'));
});

test('after an evaluation the card has the test score with its interval and signature', () => {
  const report = exampleReport();
  const text = modelCard({ ...card, evaluation: { test: report.test, model: report.models[3]! } });
  assert.ok(text.includes('| everyday sentences | 2339 | 49.1 | 47.8–50.3 | 63.2 |'));
  assert.match(text, /BLEU: `nrefs:1\|/);
});

test('a model that was not trained itself has no duration', () => {
  const { seconds: _, ...training } = card.training;
  assert.ok(modelCard({ ...card, training }).includes('| training | 6000 steps, float32, seed 3 |'));
});

test('a corpus without a stated licence is reported as such', () => {
  const { licence: _, ...data } = card.data;
  assert.match(modelCard({ ...card, data }), /not stated/);
});

test('a folder with a space is quoted in the command', () => {
  assert.ok(modelCard({ ...card, checkpoint: "my runs/it's" }).includes(`--checkpoint 'my runs/it'\\''s' "..."`));
});
