import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createSearch } from '../../src/decoding/search.ts';
import { greedy } from '../../src/decoding/search-options.ts';
import type { ModelOptions } from '../../src/models/seq2seq.ts';
import { Random } from '../../src/support/random.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import { EOS } from '../../src/vocabulary/vocabulary.ts';
import { tinyTraining } from '../helpers/copy-task.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';
const VOCABULARY = 16;
const LONGEST = 12;

const open: Runtime[] = [];
after(() => {
  for (const runtime of open) runtime.close();
});

/**
 * Trains on random sequences, then translates new ones. @returns the share that is correct to the last word, also for
 * long ones
 */
async function exactShare(
  options: Partial<ModelOptions>,
  reverse: boolean,
  steps: number,
): Promise<{ all: number; long: number }> {
  const runtime = await openRuntime({ threads: 2 });
  open.push(runtime);
  const size = {
    embedding: 32,
    hidden: 64,
    sourceVocabulary: VOCABULARY,
    targetVocabulary: VOCABULARY,
    maxPositions: LONGEST + 1,
  };
  const training = await tinyTraining(
    runtime,
    { ...size, ...options },
    { reverse, length: LONGEST, batch: 64, learningRate: (k: number) => 8e-3 * (1 - k / steps) },
  );
  for (let k = 0; k < steps; k++) await training.update(k);
  const random = new Random('unseen');
  const sources = Array.from({ length: 200 }, (_, i) =>
    Array.from({ length: 1 + (i % LONGEST) }, () => EOS + 1 + random.integer(VOCABULARY - EOS - 1)),
  );
  const found = await createSearch(
    runtime,
    [{ model: training.model, prefix: '' }],
    training.variables,
  )(sources, greedy);
  const right = sources.map(
    (source, i) => (reverse ? [...source].reverse() : source).join() === found[i]?.[0]?.ids.join(),
  );
  const share = (which: (i: number) => boolean) => {
    const chosen = right.filter((_, i) => which(i));
    return chosen.filter(Boolean).length / chosen.length;
  };
  return { all: share(() => true), long: share((i) => (sources[i] as number[]).length > LONGEST - 4) };
}

test('attention learns to copy unseen sequences, 99 of 100 to the last word', { skip }, async () => {
  const { all } = await exactShare({ score: 'general', bidirectional: true }, false, 800);
  assert.ok(all >= 0.99, `${all} are right`);
});

test('attention learns to reverse long sequences, where the plain encoder-decoder is worse', { skip }, async () => {
  const attention = await exactShare({ score: 'general', bidirectional: true }, true, 800);
  const plain = await exactShare({ score: 'none', bidirectional: true }, true, 800);
  assert.ok(attention.all >= 0.99, `${attention.all} are right with attention`);
  assert.ok(plain.long < attention.long - 0.2, `${plain.long} of the long ones without, ${attention.long} with`);
});

test('a transformer learns to copy and to reverse with the same training and search', { skip }, async () => {
  const transformer = { arch: 'transformer', hidden: 32, heads: 4, feedForward: 64 } as const;
  const copied = await exactShare(transformer, false, 300);
  assert.ok(copied.all >= 0.99, `${copied.all} are right`);
  const reversed = await exactShare({ ...transformer, layers: 2 }, true, 400);
  assert.ok(reversed.all >= 0.97, `${reversed.all} are right, reversed`);
});
