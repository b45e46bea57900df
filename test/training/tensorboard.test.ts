import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { TrainRecord, ValidationInfo } from '../../src/training/events.ts';
import { openEventFile, tensorboardListener } from '../../src/training/tensorboard.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-tensorboard-'));
after(() => rmSync(scratch, { recursive: true }));
const newFolder = () => mkdtempSync(join(scratch, 'events-'));
const python = process.env.ATTN_PYTHON;

test("the bytes equal those of TensorBoard's own writer", () => {
  const fixture = JSON.parse(readFileSync(new URL('../fixtures/tensorboard.json', import.meta.url), 'utf8'));
  const folder = newFolder();
  const file = openEventFile(folder, 300, () => 1_700_000_000_250);
  file.scalar('train/loss', 2.5, 350);
  file.text('validation/sample', 'perché\n\n**why**', 400);
  assert.deepEqual(readdirSync(folder), ['events.out.tfevents.1700000000.attn.250']);
  const written = readFileSync(join(folder, 'events.out.tfevents.1700000000.attn.250'));
  assert.equal(written.toString('base64'), fixture.file);
});

test('new training removes earlier event files, resumed training keeps them', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'notes.txt'), '');
  const open = (resumedStep: number, now: number) => openEventFile(folder, resumedStep, () => now);
  open(0, 1000);
  open(5, 2000);
  assert.deepEqual(readdirSync(folder).length, 3);
  open(0, 3000);
  assert.deepEqual(readdirSync(folder), ['events.out.tfevents.3.attn.000', 'notes.txt']);
});

const record = (step: number): TrainRecord => ({
  ...{ kind: 'train', step, epoch: step / 100, seconds: step, loss: 1 / step, targetTokens: 10 },
  ...{ targetTokensPerSecond: 1000 + step, learningRate: 0.5, gradientNorm: 2 },
});

const validation = (step: number): ValidationInfo => ({
  record: { kind: 'validation', step, seconds: step, loss: 2, perplexity: Math.exp(2), bleu: step / 10, chrf: 50 },
  epoch: 1,
  improved: true,
  guessLoss: 8,
  sample: { source: 'Ho fame.', hypothesis: 'I am hungry.', reference: "I'm hungry." },
});

const inPython = { skip: python === undefined && 'ATTN_PYTHON names no Python with tensorboard' };

test('the real TensorBoard reads every curve and sample, and discards what resumed training repeated', inPython, () => {
  const folder = newFolder();
  const first = tensorboardListener(folder, 0);
  for (const step of [100, 200, 300]) first.recorded?.(record(step));
  first.validated?.(validation(200));
  first.closed?.();
  const resumed = tensorboardListener(folder, 200);
  resumed.recorded?.({ ...record(300), loss: 7 });
  resumed.validated?.(validation(300));
  resumed.closed?.();
  const program = `
import sys, json
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1]).Reload()
scalars = {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()['scalars']}
texts = [[e.step, e.tensor_proto.string_val[0].decode()] for e in events.Tensors('validation/sample')]
print(json.dumps({'scalars': scalars, 'texts': texts, 'plugin': events.SummaryMetadata('validation/sample').plugin_data.plugin_name}))`;
  const { scalars, texts, plugin } = JSON.parse(
    execFileSync(python as string, ['-c', program, folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  assert.deepEqual(scalars['train/loss'], [
    [100, Math.fround(0.01)],
    [200, Math.fround(0.005)],
    [300, 7],
  ]);
  assert.deepEqual(scalars['validation/bleu'], [
    [200, 20],
    [300, 30],
  ]);
  assert.deepEqual(Object.keys(scalars).sort(), [
    'train/gradient_norm',
    'train/learning_rate',
    'train/loss',
    'train/target_tokens_per_second',
    'validation/bleu',
    'validation/chrf',
    'validation/loss',
    'validation/perplexity',
  ]);
  const sample = "Ho fame.\n\n**I am hungry.**\n\nI'm hungry.";
  assert.deepEqual(texts, [
    [200, sample],
    [300, sample],
  ]);
  assert.equal(plugin, 'text');
});
