import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import {
  keepAmongBest,
  loadModel,
  loadScores,
  loadTraining,
  type ModelCheckpoint,
  saveModel,
  saveTraining,
  type TrainingCheckpoint,
} from '../../src/checkpoints/checkpoint.ts';
import { checkParameters, checkResume, checkVocabularies } from '../../src/checkpoints/compatibility.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { loadTensors, saveTensors } from '../../src/checkpoints/safetensors.ts';
import { resolveOptions } from '../../src/config/options.ts';
import { completeRun, type Run, runSchema } from '../../src/config/run.ts';
import { InputError, RunError } from '../../src/support/errors.ts';
import { editCheckpoint } from '../helpers/edit-checkpoint.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-checkpoint-'));
after(() => rmSync(scratch, { recursive: true }));
const newFolder = () => mkdtempSync(join(scratch, 'run-'));

function runWith(values: Record<string, unknown>): Run {
  return completeRun(resolveOptions(runSchema, [{ values, name: String }]));
}

const vocabularies = { source: 'a'.repeat(64), target: 'b'.repeat(64) };
const weights = { 'encoder.gru.weight_hh_l0': { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } };

const model: ModelCheckpoint = {
  run: runWith({ score: 'concat', maxSteps: 9 }),
  vocabularies,
  step: 500,
  parameters: weights,
  scores: { loss: 1.5, perplexity: Math.exp(1.5), bleu: 30.25, chrf: 50 },
};

const training: TrainingCheckpoint<{ sampler: number[]; best: number | null }> = {
  run: model.run,
  vocabularies,
  data: 'c'.repeat(64),
  kernels: 'avx2',
  step: 600,
  tensors: {
    parameters: weights,
    'adam/first': { 'encoder.gru.weight_hh_l0': { shape: [4], data: new Float32Array(4).fill(0.5) } },
    none: {},
  },
  state: { sampler: [1, 2, 3], best: null },
};

test('a model and a training checkpoint of the previous version are read under the current option names', () => {
  const folder = newFolder();
  const { maxPositions: _, ...rest } = model.run;
  const old = { ...rest, maxLength: 77 } as unknown as Run;
  saveModel(join(folder, 'old.safetensors'), { ...model, run: old });
  assert.deepEqual(loadModel(join(folder, 'old.safetensors')).run, { ...model.run, maxPositions: 77 });
  saveTraining(join(folder, 'training.safetensors'), { ...training, run: old });
  const { run } = loadTraining(join(folder, 'training.safetensors'));
  checkResume(run, { ...model.run, maxPositions: 77 }, folder);
});

test('a model is read back completely, from its file or from its run folder', () => {
  const folder = runFolder(newFolder());
  saveModel(folder.model, model);
  assert.deepEqual(loadModel(folder.model), model);
  assert.deepEqual(loadModel(folder.path), loadModel(folder.model));
});

test('the training state is read back completely: groups of tensors, state, counters', () => {
  const folder = runFolder(newFolder());
  saveTraining(folder.last, training);
  const read = loadTraining(folder.last);
  assert.deepEqual(read.tensors, training.tensors);
  assert.deepEqual(read.state, training.state);
  assert.equal(read.step, 600);
  assert.deepEqual(read.vocabularies, vocabularies);
  assert.equal(read.data, training.data);
});

test('a file of another kind, or one whose checksum entry was renamed, is not a checkpoint', () => {
  const folder = runFolder(newFolder());
  saveTraining(folder.last, training);
  assert.throws(() => loadModel(folder.last), /not a checkpoint of this kind/);
  saveTensors(folder.model, weights, {});
  assert.throws(() => loadModel(folder.path), /not a checkpoint of this kind/);
  saveModel(folder.model, model);
  writeFileSync(folder.model, readFileSync(folder.model, 'latin1').replace('"sha256"', '"sha255"'), 'latin1');
  assert.throws(() => loadModel(folder.path), /its checksum is named 'sha255', not 'sha256'/);
  assert.throws(() => loadModel(newFolder()), /no such file/);
});

test('a checkpoint changed on purpose is read without its checksum, as docs/formats.md says', () => {
  const folder = runFolder(newFolder());
  saveModel(folder.model, model);
  editCheckpoint(folder.model, {}, 7);
  assert.equal(loadTensors(folder.model).metadata.sha256, undefined);
  assert.equal(Object.values(loadModel(folder.path).parameters)[0]?.data[1], 7);
  saveTraining(folder.last, training);
  editCheckpoint(folder.last, { step: '601' });
  assert.equal(loadTraining(folder.last).step, 601);
});

test('metadata edited into nonsense are rejected by name', () => {
  const folder = runFolder(newFolder());
  const run = (changes: object) => JSON.stringify({ ...model.run, ...changes });
  for (const [changes, message] of [
    [{ run: '{not json' }, /'run' in its metadata is not JSON/],
    [{ run: undefined }, /its metadata has no 'run'/],
    [{ run: run({ layers: 1e7 }) }, /'run\.layers' in its metadata: must be at most 100/],
    [{ run: run({ score: 'dots' }) }, /'run\.score' in its metadata/],
    [{ run: '[]' }, /'run' in its metadata/],
    [{ vocabularies: '{"source": 1}' }, /'vocabularies\.source' in its metadata: must be a text/],
    [{ scores: '{}' }, /'scores\.loss' in its metadata: is missing/],
    [{ step: 'many' }, /'step' in its metadata is not JSON/],
    [{ averaged: '7' }, /'averaged' in its metadata/],
    [{ vectors: '{}' }, /'vectors' in its metadata/],
  ] as const) {
    saveModel(folder.model, model);
    editCheckpoint(folder.model, changes);
    assert.throws(() => loadModel(folder.path), message);
    if ('scores' in changes) assert.throws(() => loadScores(folder.path), message);
  }
  for (const [changes, message] of [
    [{ groups: '{}' }, /'groups' in its metadata/],
    [{ state: 'null' }, /'state' in its metadata/],
  ] as const) {
    saveTraining(folder.last, training);
    editCheckpoint(folder.last, changes);
    assert.throws(() => loadTraining(folder.last), message);
  }
});

test('NaN weights are neither read nor written, and are named', () => {
  const folder = runFolder(newFolder());
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    saveModel(folder.model, model);
    editCheckpoint(folder.model, {}, value);
    const message = new RegExp(`encoder\\.gru\\.weight_hh_l0 contains ${value} \\(first at index 1\\)`);
    assert.throws(() => loadModel(folder.path), message);
    saveTraining(folder.last, training);
    editCheckpoint(folder.last, {}, value);
    assert.throws(() => loadTraining(folder.last), message);

    saveModel(folder.model, model);
    const before = readFileSync(folder.model);
    const data = Float32Array.of(1, value, 3, 4);
    const broken = { 'encoder.gru.weight_hh_l0': { shape: [2, 2], data } };
    assert.throws(
      () => saveModel(folder.model, { ...model, parameters: broken }),
      (error) => error instanceof RunError && message.test(error.message) && /has diverged/.test(error.remedy ?? ''),
    );
    assert.deepEqual(readFileSync(folder.model), before);
  }
});

test('a changed weight is noticed', () => {
  const folder = runFolder(newFolder());
  saveModel(folder.model, model);
  const bytes = readFileSync(folder.model);
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
  writeFileSync(folder.model, bytes);
  assert.throws(() => loadModel(folder.path), /SHA-256 differs/);
});

test("the best models are kept by the run's metric, worse ones removed", () => {
  const folder = runFolder(newFolder());
  const kept: string[] = [];
  for (const [index, bleu] of [10, 12, 11, 9, 20].entries()) {
    keepAmongBest(folder.best, 2, { ...model, step: index + 1, scores: { ...model.scores, bleu } });
    kept.push(
      readdirSync(folder.best)
        .map((name) => Number(name.match(/\d+/)?.[0]))
        .join(),
    );
  }
  assert.deepEqual(kept, ['1', '1,2', '2,3', '2,3', '2,5']);
  assert.equal(loadModel(join(folder.best, 'step-0000005.safetensors')).scores.bleu, 20);
});

/** Makes writes fail with ENOSPC after `bytes` bytes. */
function fillDisk(t: TestContext, bytes: number): void {
  const write = fs.writeSync;
  let left = bytes;
  const limited = (descriptor: number, data: Uint8Array, offset = 0, length = data.length - offset): number => {
    const count = Math.min(length, left);
    if (count === 0 && length > 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    left -= count;
    return write(descriptor, data, offset, count);
  };
  t.mock.method(fs, 'writeSync', limited);
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

test('a disk that fills during a save is a failed run; the previous checkpoint is intact, nothing incomplete stays', (t) => {
  const folder = runFolder(newFolder());
  saveTraining(folder.last, training);
  const before = readFileSync(folder.last);
  fillDisk(t, before.length - 3);
  assert.throws(
    () => saveTraining(folder.last, { ...training, step: 700 }),
    (error) => error instanceof RunError && /disk is full/.test(error.message) && /--resume/.test(error.remedy ?? ''),
  );
  assert.deepEqual(readFileSync(folder.last), before);
  assert.deepEqual(readdirSync(join(folder.path, 'last')), ['training.safetensors']);
});

test('a save killed at any moment leaves a complete checkpoint, old or new', async () => {
  const folder = runFolder(newFolder());
  const program = `
    import { saveTraining } from ${JSON.stringify(new URL('../../src/checkpoints/checkpoint.ts', import.meta.url))};
    for (let step = 1; ; step++) {
      const data = new Float32Array(200_000).fill(step);
      const tensors = { parameters: { a: { shape: [200_000], data } } };
      saveTraining(${JSON.stringify(folder.last)}, { run: { out: 'x' }, vocabularies: { source: '', target: '' }, data: '', kernels: 'graph', step, tensors, state: { step } });
      process.stdout.write('.');
    }`;
  const found: number[] = [];
  for (let round = 0; round < 6; round++) {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
    await new Promise<void>((resolve, reject) => {
      let saves = 0;
      child.stdout.on('data', (dots: Buffer) => {
        saves += dots.length;
        if (saves > round) resolve();
      });
      child.once('exit', () => reject(new Error('the child ended by itself')));
    });
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await gone;
    const { step, state, tensors } = loadTraining<{ step: number }>(folder.last);
    assert.equal(state.step, step);
    assert.ok(tensors.parameters?.a?.data.every((value) => value === step));
    found.push(step);
  }
  assert.ok(Math.max(...found) > 1, 'some child was killed after its first save');
  saveTraining(folder.last, training);
  assert.deepEqual(readdirSync(join(folder.path, 'last')), ['training.safetensors'], 'half-written files are gone');
});

function problemOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    assert(error instanceof InputError);
    return error.describe();
  }
  return '';
}

test('the error for a checkpoint of another shape names the parameters that differ, and how', () => {
  const problem = (shapes: Record<string, number[]>) => {
    const table = Object.entries(shapes).map(([name, shape]) => [name, { shape, layer: 'linear', fan: 1 }]);
    return problemOf(() => checkParameters(weights, Object.fromEntries(table), 'here'));
  };
  const name = 'encoder.gru.weight_hh_l0';
  assert.equal(problem({ [name]: [2, 2] }), '');
  assert.match(
    problem({ [name]: [4, 1], w: [1] }),
    /^here: the checkpoint has another shape: encoder\.gru\.weight_hh_l0 is \[2, 2\], not \[4, 1\]; w is missing\n/,
  );
  assert.match(problem({}), /weight_hh_l0 is not in this model/);
  assert.match(problem(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`p${i}`, [1]]))), /; and 7 more/);
});

test('the error for a checkpoint of another vocabulary names the side', () => {
  assert.equal(
    problemOf(() => checkVocabularies(vocabularies, { ...vocabularies }, 'm')),
    '',
  );
  assert.match(
    problemOf(() => checkVocabularies(vocabularies, { ...vocabularies, target: 'c' }, 'm')),
    /\(target\)/,
  );
});

test('training resumes with other limits, but not with another model', () => {
  const saved = JSON.parse(JSON.stringify(runWith({ maxSteps: 100 })));
  assert.equal(
    problemOf(() => checkResume(saved, runWith({ maxSteps: 200, epochs: 3, threads: 1 }), 'm')),
    '',
  );
  assert.match(
    problemOf(() => checkResume(saved, runWith({ hidden: 512 }), 'm')),
    /hidden was 256, now 512/,
  );
  assert.match(
    problemOf(() => checkResume(saved, runWith({ targetVectors: 'f' }), 'm')),
    /targetVectors was not set, now f/,
  );
});
