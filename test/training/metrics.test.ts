import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { InputError } from '../../src/support/errors.ts';
import {
  broadcast,
  type StepInfo,
  summarise,
  type TrainRecord,
  type ValidationInfo,
} from '../../src/training/events.ts';
import { metricsListener, readMetrics } from '../../src/training/metrics.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-metrics-'));
after(() => rmSync(scratch, { recursive: true }));
let files = 0;
const newPath = () => join(scratch, `run-${files++}`, 'metrics.jsonl');

const step = (number: number, changes: Partial<StepInfo> = {}): StepInfo => ({
  ...{ step: number, epoch: number / 10, seconds: number, stepSeconds: 0.5, share: 0, loss: 2, targetTokens: 100 },
  ...{ learningRate: 1e-3, gradientNorm: 1 },
  ...changes,
});

const validation = (number: number): ValidationInfo => ({
  record: { kind: 'validation', step: number, seconds: number, loss: 1, perplexity: Math.E, bleu: 5, chrf: 20 },
  epoch: 1,
  improved: false,
  guessLoss: 8,
  sample: { source: 'a', hypothesis: 'b', reference: 'c' },
});

test('a record weighs losses by tokens and counts tokens over the time of updates only', () => {
  const record = summarise([
    step(1, { loss: 4, targetTokens: 100, gradientNorm: 1 }),
    step(2, { loss: 1, targetTokens: 300, gradientNorm: 2, seconds: 60, learningRate: 7 }),
  ]);
  assert.deepEqual(record, {
    ...{ kind: 'train', step: 2, epoch: 0.2, seconds: 60, loss: 1.75, targetTokens: 400 },
    ...{ targetTokensPerSecond: 400, learningRate: 7, gradientNorm: 1.5 },
  });
});

test('every update reaches every listener, a record every so many', () => {
  const seen: string[] = [];
  const listener = (name: string) => ({
    stepped: (info: StepInfo) => seen.push(`${name} step ${info.step}`),
    recorded: (record: TrainRecord) => seen.push(`${name} record ${record.step} of ${record.targetTokens}`),
  });
  const everyone = broadcast([listener('a'), listener('b'), {}], 2);
  for (const number of [1, 2, 3]) everyone.stepped(step(number));
  everyone.validated(validation(3));
  assert.deepEqual(seen, [
    ...['a step 1', 'b step 1', 'a step 2', 'b step 2', 'a record 2 of 200', 'b record 2 of 200'],
    ...['a step 3', 'b step 3'],
  ]);
});

/** Writes records at these steps and a validation after the last. */
function train(path: string, resumedStep: number, steps: readonly number[]): void {
  const listener = metricsListener(path, resumedStep);
  for (const number of steps) listener.recorded?.(summarise([step(number)]));
  listener.validated?.(validation(steps.at(-1) as number));
  listener.closed?.();
}

const stepsOf = (path: string) => readMetrics(path).map((record) => `${record.kind} ${record.step}`);

test('the lines match the documented format', () => {
  const path = newPath();
  train(path, 0, [50]);
  assert.equal(
    readFileSync(path, 'utf8'),
    '{"kind":"train","step":50,"epoch":5,"seconds":50,"loss":2,"targetTokens":100,"targetTokensPerSecond":200,"learningRate":0.001,"gradientNorm":1}\n' +
      `{"kind":"validation","step":50,"seconds":50,"loss":1,"perplexity":${Math.E},"bleu":5,"chrf":20}\n`,
  );
});

test('resumed training drops the records after its checkpoint, new training drops all', () => {
  const path = newPath();
  train(path, 0, [50, 100, 150]);
  train(path, 100, [150, 200]);
  assert.deepEqual(stepsOf(path), ['train 50', 'train 100', 'train 150', 'train 200', 'validation 200']);
  train(path, 0, [1]);
  assert.deepEqual(stepsOf(path), ['train 1', 'validation 1']);
  train(path, 1, [2]);
  assert.deepEqual(stepsOf(path), ['train 1', 'validation 1', 'train 2', 'validation 2']);
});

test('an incomplete last line is left out, and resumed training writes on after it', () => {
  const path = newPath();
  train(path, 0, [50]);
  appendFileSync(path, '{"kind":"train","step":10');
  assert.deepEqual(stepsOf(path), ['train 50', 'validation 50']);
  train(path, 50, [100]);
  assert.deepEqual(stepsOf(path), ['train 50', 'validation 50', 'train 100', 'validation 100']);
});

test('an invalid line is named', () => {
  const path = newPath();
  train(path, 0, [50]);
  appendFileSync(path, 'hello\n');
  assert.throws(
    () => readMetrics(path),
    (error) => error instanceof InputError && error.where === `${path}:3`,
  );
  writeFileSync(path, 'null\n');
  assert.throws(() => readMetrics(path), InputError);
  assert.deepEqual(readMetrics(newPath()), [], 'no file, no records');
  assert.throws(() => readMetrics(scratch), { name: 'InputError', problem: 'is a folder, not a file' });
});
