import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadTraining } from '../../src/checkpoints/checkpoint.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { findMpi } from '../../src/cluster/library.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { readMetrics } from '../../src/training/metrics.ts';
import type { TrainingState } from '../../src/training/train.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { inWorkers, mpis } from '../helpers/mpi.ts';
import { smallDisk } from '../helpers/small-disk.ts';
import { preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const STEPS = 120;

for (const { name, words, skip } of mpis)
  describe(`workers connected by ${name} of which one fails`, {
    skip: skip || (hasTensorFlow() ? false : needsTensorFlow),
  }, () => {
    let folder: string;
    let data: string;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'attn-faults-'));
      data = await preparedWords(join(folder, 'corpus'));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    const flags = (out: string, steps = STEPS) => [
      ...tinyTrainingFlags(data, out, steps).filter((flag) => flag !== '--quiet'),
      ...['--max-shapes', '1', '--save-minutes', '0.01'],
    ];

    for (const [rank, signal] of [
      [0, 'SIGKILL'],
      [1, 'SIGKILL'],
      [0, 'SIGSTOP'],
      [1, 'SIGSTOP'],
    ] as const)
      test(`worker ${rank} gets ${signal}: all end, and what was saved can be resumed`, async () => {
        const out = join(folder, `${signal}-${rank}`);
        const child = attn([...words(2)], ['train', ...flags(out, 1_000_000)], { ATTN_WORKER_TIMEOUT: '3' });
        await saved(out, child.process);
        process.kill(workerOf(out, rank), signal);
        const { code, stderr } = await child.ended;
        assert.notEqual(code, 0);
        if (signal === 'SIGSTOP') {
          assert.match(stderr, new RegExp(`worker ${rank} \\(process \\d+ on .*\\) has been silent for 3 s`));
        }
        await untilAllHaveEnded(out);
        const { step } = loadTraining<TrainingState>(runFolder(out).last);
        const again = attn([...words(2)], ['train', ...flags(out, step + 2), '--resume']);
        const { code: second, stderr: said } = await again.ended;
        assert.equal(second, 0, said);
        assert.equal(loadTraining<TrainingState>(runFolder(out).last).step, step + 2);
      });
  });

for (const mpi of mpis)
  test(`a worker that all others wait for too long ends all of them, connected by ${mpi.name}`, {
    skip: mpi.skip,
  }, () => {
    const { status, stderr } = inWorkers(mpi, 3, 'mpi-stalls.ts', '3');
    assert.notEqual(status, 0);
    assert.match(
      stderr,
      /attn: worker 1 \(process \d+ on .*\) has held up the others for 3 s; it had made 7 updates\. All workers are ended/,
    );
  });

for (const { name, words, skip } of mpis)
  test(`workers connected by ${name} wait for a late one`, {
    skip: skip || (hasTensorFlow() ? false : needsTensorFlow),
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'attn-late-'));
    try {
      const data = await preparedWords(join(folder, 'corpus'));
      const out = join(folder, 'run');
      const late = 'if [ "$PMI_RANK$OMPI_COMM_WORLD_RANK" = 1 ]; then sleep 4; fi; exec "$0" "$@"';
      const line = ['train', ...tinyTrainingFlags(data, out, 3), '--max-shapes', '1'];
      const { code, stderr } = await attn([...words(2), 'bash', '-c', late], line, { ATTN_WORKER_TIMEOUT: '2' }).ended;
      assert.equal(code, 0, stderr);
      assert.equal(loadTraining<TrainingState>(runFolder(out).last).step, 3);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

describe('attn train --workers 2', { skip: mpis.every(({ skip }) => skip) || !hasTensorFlow() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-restarts-'));
  let data: string;
  before(async () => {
    data = await preparedWords(join(folder, 'corpus'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const flags = (out: string) => [
    ...tinyTrainingFlags(data, out, STEPS).filter((flag) => flag !== '--quiet'),
    ...['--max-shapes', '1', '--save-minutes', '0.01', '--workers', '2'],
  ];

  test('with --restarts, killed once, ends with the same bits as without', async () => {
    const whole = join(folder, 'whole');
    assert.equal((await attn([], ['train', ...flags(whole)]).ended).code, 0);
    const out = join(folder, 'restarted');
    const child = attn([], ['train', ...flags(out), '--restarts', '2']);
    await saved(out, child.process);
    process.kill(workerOf(out, 1), 'SIGKILL');
    const { code, stderr } = await child.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /a worker has failed[\s\S]*restart 1 of 2/);
    for (const [name, { data }] of Object.entries(parameters(whole)))
      assert.deepEqual(parameters(out)[name]?.data, data);
    assert.equal(readMetrics(runFolder(out).metrics).at(-1)?.step, STEPS);
  });

  test('with --overwrite and --restarts, killed before its first update, overwrites all the same', async () => {
    const out = join(folder, 'overwritten');
    assert.equal((await attn([], ['train', ...flags(out), '--max-steps', '3']).ended).code, 0);
    const again = ['--max-steps', '3', '--seed', '4', '--overwrite', '--restarts', '1'];
    const child = attn([], ['train', ...flags(out), ...again]);
    for (let i = 0; i < 1200 && workersOf(out).length < 2; i++) await pause(20);
    process.kill(workerOf(out, 1), 'SIGKILL');
    const { code, stderr } = await child.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /restart 1 of 1/);
    assert.equal(loadTraining<TrainingState>(runFolder(out).last).run.seed, 4);
  });

  for (const { name, family, skip } of mpis)
    test(`by ${name}, trains; interrupted, saves and says how to resume`, { skip }, async () => {
      const out = join(folder, `interrupted-${family}`);
      const ATTN_MPI = skip ? '' : findMpi({ rank: 0, size: 2, by: 'a test', family }).path;
      const child = attn([], ['train', ...flags(out), '--max-steps', '1000000'], { ATTN_MPI });
      await saved(out, child.process);
      child.process.kill('SIGINT');
      const { code, stderr } = await child.ended;
      assert.equal(code, 130, stderr);
      assert.match(stderr, new RegExp(`2 workers by ${name}`));
      assert.match(stderr, /interrupted: step \d+[\s\S]*--resume/);
      await untilAllHaveEnded(out);
    });

  test('a second training in the same folder, and a wrong option, are rejected once, with exit code 2', async () => {
    const out = join(folder, 'twice');
    const child = attn([], ['train', ...flags(out), '--max-steps', '1000000']);
    await saved(out, child.process);
    const { code, stderr } = await attn([], ['train', ...flags(out), '--resume']).ended;
    assert.equal(code, 2);
    assert.equal(stderr.match(/a training is under way in this folder/g)?.length, 1, stderr);
    child.process.kill('SIGINT');
    await child.ended;
    const wrong = await attn([], ['train', ...flags(out), '--data', '/nowhere', '--overwrite']).ended;
    assert.equal(wrong.code, 2);
    assert.equal(wrong.stderr.match(/attn: /g)?.length, 1, wrong.stderr);
  });

  test('a full disk under the first worker ends all with its words', async (t) => {
    const disk = smallDisk(t, '80k');
    if (disk === undefined) return t.skip('only root can mount a small disk');
    const out = join(disk, 'run');
    const { code, stderr } = await attn([], ['train', ...flags(out)]).ended;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /the disk is full/);
    await untilAllHaveEnded(out);
  });
});

function parameters(out: string) {
  return loadTraining<TrainingState>(runFolder(out).last).tensors.all ?? {};
}

function attn(prefix: readonly string[], line: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const [program = '', ...rest] = [...prefix, process.execPath, '--import', 'tsx', 'test/helpers/attn.ts', ...line];
  const { ATTN_MPI: _, ...inherited } = process.env;
  const child = spawn(program, rest, { env: { ...inherited, ...environment }, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, stderr }));
  });
  return { process: child, ended };
}

/** Waits until a training has saved a few updates. */
async function saved(out: string, child: ChildProcess): Promise<void> {
  const { last, metrics } = runFolder(out);
  const enough = () => existsSync(last) && existsSync(metrics) && readMetrics(metrics).some(({ step }) => step >= 10);
  for (let i = 0; i < 1200 && !enough() && child.exitCode === null; i++) await pause(50);
  assert.ok(enough(), 'it has saved');
}

/** `mpiexec` may be gone a little before what it has killed. */
async function untilAllHaveEnded(out: string): Promise<void> {
  for (let i = 0; i < 200 && workersOf(out).length > 0; i++) await pause(50);
  assert.deepEqual(workersOf(out), [], 'nothing is left running');
}

/** The processes of a training's workers by rank, as their environment tells. */
function workersOf(out: string): { pid: number; rank: number }[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const words = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      const rank = /(?:^|\0)(?:PMI_RANK|OMPI_COMM_WORLD_RANK)=(\d+)/.exec(
        readFileSync(`/proc/${entry}/environ`, 'utf8'),
      );
      return words.includes(out) && rank !== null ? [{ pid: Number(entry), rank: Number(rank[1]) }] : [];
    } catch {
      return [];
    }
  });
}

function workerOf(out: string, rank: number): number {
  const found = workersOf(out).find((worker) => worker.rank === rank);
  assert.ok(found !== undefined, `worker ${rank} runs`);
  return found.pid;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
