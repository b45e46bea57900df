import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { presets } from '../../../src/config/presets.ts';
import { InputError } from '../../../src/support/errors.ts';
import { readSweep } from '../../../src/workflows/sweep/file.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-sweep-file-'));
after(() => rmSync(folder, { recursive: true }));

function read(text: string, name = 'rates.yaml') {
  const path = join(folder, name);
  writeFileSync(path, text);
  return readSweep(path);
}

/** Checks the error's whole text. */
function refuse(text: string, message: RegExp): void {
  assert.throws(
    () => read(text),
    (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.describe(), message);
      return true;
    },
  );
}

test('options under the names of the previous version are read, alone and in a grid', () => {
  const { runs } = read('common: {maxLength: 77}\ngrid: {score: [location, dot]}\n');
  assert.deepEqual(
    runs.map(({ run }) => run.maxPositions),
    [77, 77],
  );
  const varied = read('common: {score: location}\ngrid: {maxLength: [50, 60]}\n');
  assert.deepEqual(
    varied.runs.map(({ run }) => run.maxPositions),
    [50, 60],
  );
});

test('a grid is every combination of its values, the last option changing fastest, each named by what it varies', () => {
  const { runs } = read(`
grid:
  score: [dot, general]
  learningRate: [1e-3, 2e-3]
  inputFeeding: [true, false]
`);
  assert.deepEqual(
    runs.slice(0, 5).map(({ name }) => name),
    [
      'dot-learning-rate-0.001-input-feeding',
      'dot-learning-rate-0.001-no-input-feeding',
      'dot-learning-rate-0.002-input-feeding',
      'dot-learning-rate-0.002-no-input-feeding',
      'general-learning-rate-0.001-input-feeding',
    ],
  );
  assert.equal(runs.length, 8);
  assert.equal(new Set(runs.map(({ name }) => name)).size, 8);
  assert.deepEqual(runs[7]?.varied, { score: 'general', learningRate: 2e-3, inputFeeding: false });
});

test('runs of a list are added to the grid; each is trained with every seed, in its own folder', () => {
  const sweep = read(`
name: mine
data: somewhere
common: {maxSteps: 10, hidden: 32}
grid: {score: [none]}
runs:
  - {name: wide, hidden: 64}
  - {data: else/where}
seeds: [1, 5]
`);
  assert.deepEqual(
    sweep.runs.map(({ name, group }) => [name, group]),
    [
      ['none-1', 'none'],
      ['none-5', 'none'],
      ['wide-1', 'wide'],
      ['wide-5', 'wide'],
      ['else-where-1', 'else-where'],
      ['else-where-5', 'else-where'],
    ],
  );
  const [none, , , wide, other] = sweep.runs.map(({ run }) => run);
  assert.deepEqual(
    [none?.score, none?.hidden, none?.maxSteps, none?.data, none?.seed],
    ['none', 32, 10, 'somewhere', 1],
  );
  assert.deepEqual([wide?.hidden, wide?.seed, wide?.out], [64, 5, 'checkpoints/mine/runs/wide-5']);
  assert.equal(other?.data, 'else/where');
});

test("common options override a preset, and a run's own override both", () => {
  const { runs } = read(
    'common: {preset: seed, hidden: 99, epochs: 2}\nruns: [{name: a, epochs: 3}, {name: b, preset: base}]',
  );
  const [a, b] = runs.map(({ run }) => run);
  assert.deepEqual([a?.cell, a?.hidden, a?.epochs], ['lstm', 99, 3]);
  assert.deepEqual([b?.cell, b?.hidden, b?.embedding], ['gru', 99, presets.base.embedding]);
});

test("a sweep may vary only seeds, and has its file's name by default", () => {
  const sweep = read('seeds: [1, 2]', 'two seeds.yaml'.replace(' ', '-'));
  assert.deepEqual([sweep.name, sweep.out, sweep.executor], ['two-seeds', 'checkpoints/two-seeds', 'local']);
  assert.deepEqual(
    sweep.runs.map(({ name }) => name),
    ['dot-1', 'dot-2'],
  );
});

test('an unknown key is rejected with its line and the valid ones, wherever it is', () => {
  refuse(
    'data: x\nsedes: [1]\n',
    /rates\.yaml:2: sedes: unknown option 'sedes'\n {2}did you mean 'seeds'\? valid options: name, out, data, common/,
  );
  refuse(
    'grid:\n  score: [dot]\n  learnigRate: [1]\n',
    /rates\.yaml:3: grid: unknown option 'learnigRate'\n {2}did you mean 'learningRate'\? valid options: preset, data, arch/,
  );
  refuse('common:\n  hiden: 3\n', /rates\.yaml:2: common: unknown option 'hiden'/);
  refuse(
    'runs:\n  - name: a\n    hiden: 3\n',
    /rates\.yaml:3: runs: unknown option 'hiden'\n {2}did you mean 'hidden'\? valid options: name, preset/,
  );
  refuse(
    'slurm:\n  time: 10\n  queue: main\n',
    /rates\.yaml:3: slurm: queue: unknown option 'queue'\n {2}valid options: partition/,
  );
  refuse(
    'grid:\n  seed: [1, 2]\n',
    /rates\.yaml:2: grid: unknown option 'seed'\n {2}a sweep has its seeds in a list.*seeds: \[1, 2, 3\]/,
  );
});

test('an invalid value is rejected with its line and its run', () => {
  refuse(
    'grid:\n  hidden: [16]\n  score:\n    - dot\n    - euclid\n',
    /rates\.yaml:5: hidden-16-euclid: score: "euclid" is not one of none, dot/,
  );
  refuse('common:\n  hidden: wide\nruns: [{name: a}]', /rates\.yaml:2: a: hidden: "wide": must be a number/);
  refuse(
    'grid:\n  score: [none, dot]\n  window: [global, local-m]\n',
    /rates\.yaml:3: none-local-m: window: local windows work only with Luong/,
  );
  refuse('grid:\n  hidden: 16\n', /rates\.yaml:2: grid: hidden: needs a list of values\n {2}hidden: \[16\]/);
  refuse('grid:\n  hidden: []\n', /rates\.yaml:2: grid: hidden: needs a list/);
  refuse('seeds: [1, two]', /rates\.yaml:1: seeds/);
  refuse('executor: pbs', /rates\.yaml:1: executor: "pbs" is not one of local, slurm/);
  refuse('slurm: {cpus: many}', /rates\.yaml:1: slurm: cpus/);
});

test('duplicate and invalid names are rejected', () => {
  refuse('runs: [{name: a, hidden: 8}, {name: a, hidden: 16}]', /rates\.yaml:1: two runs are called a\n/);
  refuse('seeds: [1, 1]', /two runs are called dot-1/);
  refuse('grid: {score: [dot, dot]}', /two runs are called dot\n/);
  refuse('runs:\n  - name: ../a\n', /rates\.yaml:2: "\.\.\/a" is not a valid name/);
  refuse('name: [a]', /name/);
  refuse('grid: {data: [prepared, ..]}', /rates\.yaml:1: "" is not a valid name: .*\n {2}give the run its own name/);
  refuse('grid: {score: [dot\n', /rates\.yaml:\d/);
});

test('the example of the documentation is a sweep of fourteen training runs', () => {
  const page = readFileSync(new URL('../../../docs/sweeps.md', import.meta.url), 'utf8');
  const { runs, slurm, jobs } = read(/```yaml\n(.*?)```/s.exec(page)?.[1] ?? '');
  assert.equal(runs.length, 14);
  assert.deepEqual([runs[13]?.name, runs[13]?.run.hidden, slurm.cpus, jobs], ['wide-2', 512, 4, 2]);
});
