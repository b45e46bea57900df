import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runFolder } from '../../../src/checkpoints/run-folder.ts';
import { cardOf } from '../../../src/cli/team.ts';
import { prepareDataset } from '../../../src/dataset/prepare.ts';
import { thisProcess } from '../../../src/support/processes.ts';
import { hasTensorFlow } from '../../../src/tensor/backend.ts';
import { readSweep } from '../../../src/workflows/sweep/file.ts';
import { readPlan, sweepFolder, writeJob } from '../../../src/workflows/sweep/folder.ts';
import type { SweepResults } from '../../../src/workflows/sweep/results.ts';
import { statesOf } from '../../../src/workflows/sweep/state.ts';
import { sweep } from '../../../src/workflows/sweep/sweep.ts';
import { attn } from '../../helpers/command.ts';
import { writeLock } from '../../helpers/lock.ts';
import { mpis } from '../../helpers/mpi.ts';
import { preparedWords } from '../../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

describe('a sweep on this machine', { skip }, () => {
  const root = mkdtempSync(join(tmpdir(), 'attn-sweep-'));
  const out = join(root, 'out');
  const folder = sweepFolder(out);
  let data: string;
  before(async () => {
    data = await preparedWords(join(root, 'corpus'), 100);
  });
  after(() => rmSync(root, { recursive: true }));

  /** Writes a sweep file: tiny models, and the given text. */
  function write(name: string, text: string): string {
    const path = join(root, name);
    const common = 'embedding: 8, hidden: 8, batchTokens: 200, maxShapes: 1, validateEvery: 10, logEvery: 5';
    writeFileSync(path, `data: ${data}\ncommon: {${common}, maxSteps: 10}\n${text}`);
    return path;
  }
  const wild = 'runs: [{name: wild, learningRate: 3e38, optimizer: sgd, clipNorm: 0, schedule: constant}]\n';

  test('two jobs at once: a failure is reported, the rest continues, and the table marks what is missing', async () => {
    const file = write('scores.yaml', `grid: {score: [none, dot]}\n${wild}`);
    const { code, out: table, err } = await attn('sweep', file, '--jobs', '2', '--out', out);
    assert.equal(code, 1, err);
    assert.match(err, /\[3\/3\] wild: started/);
    assert.match(err, /wild: FAILED: training has diverged at step \d+: .*\n {2}log: .*wild\.log/);
    assert.match(err, /attn: wild: 1 of 3 runs are missing/);
    assert.match(table, /^wild +– +– +– .*MISSING: failed: training has diverged/m);
    const { runs, test }: SweepResults = JSON.parse(readFileSync(folder.results, 'utf8'));
    assert.equal(test.sentences, 20);
    assert.equal(runs[2]?.name, 'wild');
    assert.deepEqual([runs[2]?.state, runs[2]?.scores], ['failed', undefined]);
    const [best, second] = runs.map(({ scores }) => scores?.bleu ?? Number.NaN);
    assert.ok((best as number) >= (second as number), 'the best first');
    assert.deepEqual(runs.find(({ name }) => name === 'dot')?.options, { score: 'dot' });
    assert.match(readFileSync(join(out, 'report.md'), 'utf8'), /wild is missing: training has diverged/);
    const status = await attn('sweep', 'status', out);
    assert.match(status.out, /^none +finished +10 .*\d\.\d\d +\d+\.\d\d$/m);
    assert.match(status.out, /^wild +FAILED .*diverged.* — .*wild\.log$/m);
    assert.match(status.err, /2 finished, 0 running, 0 waiting, 1 failed/);
    assert.equal(status.code, 0);
  });

  test('started again, it keeps finished runs and retries the failed one; without that run the table is complete', async () => {
    const before = readFileSync(runFolder(join(folder.runs, 'dot')).finished, 'utf8');
    const again = await attn('sweep', join(root, 'scores.yaml'), '--out', out);
    assert.equal(again.code, 1);
    assert.match(again.err, /dot: already trained, kept/);
    assert.match(again.err, /\[1\/1\] wild: resumed/);
    const whole = await attn('sweep', write('scores.yaml', 'grid: {score: [none, dot]}\n'), '--out', out);
    assert.equal(whole.code, 0, whole.err);
    assert.doesNotMatch(whole.out, /wild|MISSING/);
    assert.equal(readFileSync(runFolder(join(folder.runs, 'dot')).finished, 'utf8'), before);
    const once = await attn('sweep', join(root, 'scores.yaml'), '--out', out);
    assert.doesNotMatch(once.err, /translating/, 'nothing new, so nothing is scored again');
    assert.equal(once.out, whole.out);
    const sorted = write('scores.yaml', 'grid: {score: [none, dot]}\nsortBy: chrf\n');
    assert.equal(JSON.parse((await attn('sweep', sorted, '--out', out, '--json')).out).sortBy, 'chrf');
  });

  test('a run with two workers starts them', {
    skip: mpis.every(({ skip }) => skip) && 'there is no MPI',
  }, async () => {
    const file = write('workers.yaml', 'runs: [{name: pair, workers: 2}, {name: single}]\n');
    const to = join(root, 'workers');
    const { code, out: table, err } = await attn('sweep', file, '--out', to);
    assert.equal(code, 0, err);
    assert.match(table, /^pair +.*\d\.\d\d/m);
    assert.match(readFileSync(sweepFolder(to).log('pair'), 'utf8'), /2 workers by /);
    assert.doesNotMatch(readFileSync(sweepFolder(to).log('single'), 'utf8'), /workers by /);
  });

  test('a run that starts from a model has its options; without the model, or with another size, nothing starts', async () => {
    const tune = (values: string) => {
      const path = join(root, 'tune.yaml');
      writeFileSync(
        path,
        `data: ${data}\ncommon: {maxSteps: 10, validateEvery: 10}\nruns: [{name: tuned, ${values}}]\n`,
      );
      return path;
    };
    const from = join(folder.runs, 'dot');
    const to = join(root, 'tuned');
    const { code, err } = await attn('sweep', tune(`from: ${from}, maxShapes: 1, batchTokens: 200`), '--out', to);
    assert.equal(code, 0, err);
    const [run] = readPlan(to).runs;
    assert.deepEqual([run?.run.hidden, run?.run.learningRate], [8, 0.25 * 0.002]);
    const missing = join(root, 'nothing');
    const without = await attn('sweep', tune(`from: ${missing}`), '--out', join(root, 'untuned'));
    assert.equal(without.code, 2);
    assert.match(without.err, /nothing: no such model/);
    const wider = await attn('sweep', tune(`from: ${from}, hidden: 16`), '--out', join(root, 'untuned'));
    assert.equal(wider.code, 2);
    assert.match(wider.err, /dot: its model differs: hidden was 8, now 16/);
    assert.equal(existsSync(join(root, 'untuned', 'plan.json')), false);
    const dry = await attn('sweep', tune(`from: ${missing}`), '--dry-run');
    assert.match(dry.out, /^attn train --data .* --from .*nothing/m, 'the model may be trained later');
  });

  test('other options or other data for an existing run are rejected, unless it starts over', async () => {
    const other = write('other.yaml', 'grid: {score: [none]}\n');
    writeFileSync(other, readFileSync(other, 'utf8').replace('hidden: 8', 'hidden: 9'));
    const refused = await attn('sweep', other, '--out', out);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /none was started with other options: hidden was 8, now 9\n {2}--overwrite starts over/);
    const elsewhere = await preparedWords(join(root, 'elsewhere'), 50);
    writeFileSync(other, readFileSync(other, 'utf8').replace('hidden: 9', 'hidden: 8').replace(data, elsewhere));
    const onOther = await attn('sweep', other, '--out', out);
    assert.equal(onOther.code, 2);
    assert.match(onOther.err, /none was started on other data/);
    const third = join(root, 'third');
    await preparedWords(third, 60);
    writeFileSync(join(third, 'test.tsv'), 'bami celo\tcelo bami\n');
    const part = (name: string) => join(third, `${name}.tsv`);
    const corpus = { train: part('train'), dev: part('dev'), test: part('test') };
    const prepared = join(third, 'prepared');
    await prepareDataset({ corpus, vocabulary: join(third, 'vocabulary'), out: prepared, maxLength: 20 });
    const mixed = write('mixed.yaml', `runs: [{name: here}, {name: there, data: ${prepared}}]\n`);
    const different = await attn('sweep', mixed, '--out', join(root, 'mixed'));
    assert.equal(different.code, 2);
    assert.match(different.err, /corpus.prepared and .*third.prepared have different test sets/);
    // a run that was left out of the file for a while is still the same one
    const onlyNone = await attn('sweep', write('scores.yaml', 'grid: {score: [none]}\n'), '--out', out);
    assert.equal(onlyNone.code, 0, onlyNone.err);
    const back = write('back.yaml', 'grid: {score: [dot]}\n');
    writeFileSync(back, readFileSync(back, 'utf8').replace('hidden: 8', 'hidden: 9'));
    const changed = await attn('sweep', back, '--out', out);
    assert.equal(changed.code, 2);
    assert.match(changed.err, /dot was started with other options: hidden was 8, now 9/);
    const anew = await attn('sweep', other, '--out', out, '--overwrite');
    assert.equal(anew.code, 0, anew.err);
    assert.match(anew.err, /none: started/);
    assert.ok(!existsSync(join(folder.runs, 'dot')), 'also the runs that the file has no more');
  });

  test('each run gets a GPU of its own, in turn, unless it names its device', async () => {
    const runs = ['a', 'b', 'c', 'd', 'e'].map((name) => `{name: ${name}, device: ${name === 'd' ? 'gpu:7' : 'gpu'}}`);
    const definition = readSweep(write('cards.yaml', `runs: [${runs.join(', ')}]\n`), join(root, 'cards'));
    const own = sweepFolder(definition.out);
    // there is no GPU here, so each run prints which one it was given, and ends
    const said: string[] = [];
    const options = { overwrite: false, signal: new AbortController().signal, say: (text: string) => said.push(text) };
    await assert.rejects(sweep(definition, { ...options, cards: 2 }), /every run failed/);
    const given = definition.runs.map(({ name }) => /--device (\S+):/.exec(readFileSync(own.log(name), 'utf8'))?.[1]);
    assert.equal(given[3], 'gpu:7');
    for (const [i, device] of given.entries()) if (i !== 3) assert.match(device ?? '', /^gpu:[01]$/);
    assert.deepEqual(new Set(given), new Set(['gpu:0', 'gpu:1', 'gpu:7']), 'two at a time, one a card');
    const { code, err } = await attn('sweep', join(root, 'cards.yaml'), '--device', 'gpu');
    assert.equal(code, 2);
    assert.match(err, /^attn: --device gpu: .*\n {2}npx attn .*\n$/, 'said at once, not by every run');
  });

  test('the workers of a run share the GPUs of its place', {
    skip: mpis.find(({ family }) => family === 'mpich')?.skip,
  }, async () => {
    const text = 'jobs: 2\nruns: [{name: a, workers: 2}, {name: b, workers: 2}]\n';
    const definition = readSweep(write('shared-cards.yaml', text), join(root, 'shared-cards'));
    // a launcher that only says which cards the workers would see
    const bin = join(root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'mpiexec.mpich'), '#!/bin/sh\necho "attn: cards $CUDA_VISIBLE_DEVICES" >&2; exit 1\n', {
      mode: 0o755,
    });
    const { PATH } = process.env;
    process.env.PATH = `${bin}:${PATH}`;
    const options = { overwrite: false, signal: new AbortController().signal, say: () => {}, cards: 4 };
    await assert.rejects(sweep(definition, options), /every run failed/);
    process.env.PATH = PATH;
    const log = (name: string) => readFileSync(sweepFolder(definition.out).log(name), 'utf8');
    assert.match(log('a'), /^attn: cards 0,1$/m);
    assert.match(log('b'), /^attn: cards 2,3$/m);
    try {
      process.env.CUDA_VISIBLE_DEVICES = '2,3';
      const cards = [0, 1, 2].map((localRank) => cardOf({ place: { localRank } }));
      assert.deepEqual(cards, [0, 1, 0]);
    } finally {
      delete process.env.CUDA_VISIBLE_DEVICES;
    }
  });

  test('interrupted, its training runs save their state; started again, they continue there; seeds are averaged', async () => {
    const definition = readSweep(
      write('seeds.yaml', 'seeds: [1, 2]\nruns: [{name: long, maxSteps: 300}]\n'),
      join(root, 'seeds'),
    );
    const controller = new AbortController();
    const { last } = runFolder(join(definition.out, 'runs', 'long-1'));
    const timer = setInterval(() => existsSync(last) && controller.abort(), 10);
    const jobs = { ...definition, jobs: 2 };
    const stopped = await sweep(jobs, { overwrite: false, signal: controller.signal, say: () => {} });
    clearInterval(timer);
    assert.equal(stopped.kind, 'interrupted');
    const own = sweepFolder(definition.out);
    for (const state of statesOf(own, readPlan(own.path))) {
      assert.equal(state.state, 'waiting', `${state.name} waits to go on`);
      assert.match(state.reason ?? '', /^interrupted: /);
    }
    const said: string[] = [];
    const again = { overwrite: false, signal: new AbortController().signal, say: (text: string) => said.push(text) };
    const done = await sweep(jobs, again);
    assert.match(said.join('\n'), /long-1: resumed/);
    assert.match(said.join('\n'), /long-2: step 300, .* validation BLEU /);
    assert.ok(done.kind === 'results');
    assert.deepEqual(
      done.results.runs.map(({ state, progress }) => [state, progress?.step]),
      [
        ['finished', 300],
        ['finished', 300],
      ],
    );
    assert.match(readFileSync(own.log('long-1'), 'utf8'), /resumed after step \d+/);
    assert.deepEqual(
      done.results.seeds?.map(({ name, models }) => [name, models.length]),
      [['long', 2]],
    );
    assert.match(readFileSync(own.table, 'utf8'), /## Over seeds/);
  });

  test('a log that cannot be written ends the sweep: the other run saves, and nothing is left running', async () => {
    const path = join(root, 'broken');
    const { log, job, runs } = sweepFolder(path);
    mkdirSync(log('second'), { recursive: true });
    const file = write('broken.yaml', 'runs: [{name: first, maxSteps: 20000}, {name: second}]\n');
    const { code, err } = await attn('sweep', file, '--out', path, '--jobs', '2');
    assert.equal(code, 2, err);
    assert.match(err, /second\.log: cannot be written \(EISDIR\)/);
    assert.ok(!existsSync(runFolder(join(runs, 'first')).finished));
    assert.throws(() => process.kill(JSON.parse(readFileSync(job('first'), 'utf8')).process, 0), /ESRCH/);
  });

  test('a run that another process is training is not trained a second time', async () => {
    const path = join(root, 'taken');
    const file = write('taken.yaml', 'runs: [{name: a}]\n');
    const log = sweepFolder(path).log('a');
    writeJob(sweepFolder(path).job('a'), { executor: 'local', log, ...thisProcess() });
    const { code, err } = await attn('sweep', file, '--out', path);
    assert.equal(code, 2);
    assert.match(err, /a is already being trained/);
    writeJob(sweepFolder(path).job('a'), { executor: 'local', log, ...thisProcess(), started: 'long ago' });
    writeLock(join(path, 'runs', 'a'));
    const elsewhere = await attn('sweep', file, '--out', path);
    assert.equal(elsewhere.code, 2);
    assert.match(elsewhere.err, /a is already being trained/);
  });

  test('seen from another host, a living run is running, and a dead one has failed', async () => {
    const path = join(root, 'shared');
    const folder = sweepFolder(path);
    await attn('sweep', write('shared.yaml', 'runs: [{name: a}, {name: b}]\n'), '--out', path);
    const plan = readPlan(path);
    const there = { host: 'node3', space: 'that of node3', process: 1, started: '1' };
    for (const { name, run } of plan.runs) {
      rmSync(runFolder(run.out).finished);
      writeFileSync(folder.log(name), '');
      writeJob(folder.job(name), { executor: 'local', log: folder.log(name), ...there });
    }
    writeLock(join(folder.runs, 'a'));
    const states = () => statesOf(folder, plan).map(({ state }) => state);
    assert.deepEqual(states(), ['running', 'failed']);
    writeLock(path);
    assert.deepEqual(states(), ['running', 'running'], 'b has just been begun by the sweep there');
    const status = await attn('sweep', 'status', path);
    assert.match(status.err, /0 finished, 2 running, 0 waiting, 0 failed/);
    const second = await attn('sweep', join(root, 'shared.yaml'), '--out', path);
    assert.equal(second.code, 2);
    assert.match(second.err, /under way in this folder: process 4711 on node3/);
    writeFileSync(folder.log('b'), 'attn: killed by SIGKILL\n');
    assert.deepEqual(states(), ['running', 'failed']);
  });

  test('a dry run prints every run with its command, and writes nothing', async () => {
    const path = join(root, 'dry');
    const file = write('dry.yaml', 'grid: {hidden: [16, 32]}\nseeds: [1, 2]\nslurm: {gpus: a100:1}\n');
    const local = await attn('sweep', file, '--out', path, '--dry-run');
    assert.equal(local.code, 0, local.err);
    assert.equal(local.out.match(/^# hidden-(16|32)-[12]\nattn train .*--hidden (16|32)/gm)?.length, 4);
    const json = await attn('sweep', file, '--out', path, '--dry-run', '--json');
    assert.deepEqual(
      JSON.parse(json.out).map(({ name }: { name: string }) => name),
      ['hidden-16-1', 'hidden-16-2', 'hidden-32-1', 'hidden-32-2'],
    );
    const slurm = await attn('sweep', file, '--out', path, '--dry-run', '--executor', 'slurm', '--jobs', '2');
    assert.match(slurm.out, /^sbatch .*--array=0,1,2,3%2/m);
    assert.match(slurm.out, /--cpus-per-task=1 --gpus=a100:1 \S+train\.sh$/m);
    assert.match(slurm.out, /--dependency=afterany:ARRAY,singleton/);
    assert.match(slurm.out, /^runs=\(hidden-16-1 hidden-16-2 hidden-32-1 hidden-32-2\)$/m);
    const onCpu = await attn('sweep', file, '--out', path, '--dry-run', '--device', 'cpu');
    assert.equal(onCpu.out.match(/--device cpu/g)?.length, 4);
    assert.ok(!existsSync(path));
  });

  test('a machine without Slurm, missing data and a folder without a sweep are reported, and nothing is written', async () => {
    const path = join(root, 'nowhere');
    const file = write('slurm.yaml', 'seeds: [1]\n');
    const { PATH } = process.env;
    process.env.PATH = root;
    try {
      const { code, err } = await attn('sweep', file, '--out', path, '--executor', 'slurm');
      assert.equal(code, 2, err);
      assert.match(err, /there is no sbatch on this machine\n {2}.*--executor local/);
    } finally {
      process.env.PATH = PATH;
    }
    writeFileSync(file, 'data: gone\n');
    const missing = await attn('sweep', file, '--out', path);
    assert.equal(missing.code, 2);
    assert.match(missing.err, /gone: no prepared data/);
    const status = await attn('sweep', 'status', root);
    assert.equal(status.code, 2);
    assert.match(status.err, /holds no sweep\n {2}start one: attn sweep FILE\.yaml/);
    const unknown = await attn('sweep', write('typo.yaml', 'grid:\n  scores: [dot]\n'));
    assert.equal(unknown.code, 2);
    assert.match(
      unknown.err,
      /typo\.yaml:4: grid: unknown option 'scores'\n {2}did you mean 'score'\? valid options: preset/,
    );
    assert.ok(!existsSync(path));
  });
});
