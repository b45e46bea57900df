import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runFolder } from '../../../src/checkpoints/run-folder.ts';
import { hasTensorFlow } from '../../../src/tensor/backend.ts';
import { readJob, sweepFolder } from '../../../src/workflows/sweep/folder.ts';
import type { SweepResults } from '../../../src/workflows/sweep/results.ts';
import { slurmQueue } from '../../../src/workflows/sweep/slurm-queue.ts';
import { attn } from '../../helpers/command.ts';
import { mpis } from '../../helpers/mpi.ts';
import { type Cluster, startSlurm, withoutSlurm } from '../../helpers/slurm.ts';
import { preparedWords } from '../../helpers/word-corpus.ts';

const skip = withoutSlurm() || (hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup');
const STEPS = 600;
const mpich = mpis.find(({ family }) => family === 'mpich');

describe('a sweep on a real Slurm cluster', { skip }, () => {
  const root = mkdtempSync(join(tmpdir(), 'attn-slurm-'));
  const out = join(root, 'out');
  const file = join(root, 'sweep.yaml');
  const folder = sweepFolder(out);
  let cluster: Cluster;
  before(async () => {
    const data = await preparedWords(join(root, 'corpus'), 100);
    writeFileSync(
      file,
      `data: ${data}
common: {embedding: 8, hidden: 8, batchTokens: 200, maxShapes: 1, validateEvery: 10, logEvery: 10}
runs:
  - {name: short, maxSteps: 10}
  - {name: long, maxSteps: ${STEPS}}
  - {name: wild, maxSteps: 10, learningRate: 3e38, optimizer: sgd, clipNorm: 0, schedule: constant}
executor: slurm
slurm: {partition: main, time: 10, memory: 1G, cpus: 1}
`,
    );
    cluster = await startSlurm(join(root, 'cluster'));
  });
  after(async () => {
    await cluster?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  test('an array of training runs runs, one is killed, and the same command resubmits what has not finished', async () => {
    const first = await attn('sweep', file, '--out', out);
    assert.equal(first.code, 0, first.err);
    assert.match(first.err, /submitted job array 1: short, long, wild/);
    assert.match(first.out, /^short +(waiting|running)/m);
    assert.deepEqual(readJob(folder.job('long')), {
      ...{ executor: 'slurm', job: '1', index: 1 },
      log: join(folder.logs, '1_1.log'),
    });

    const long = runFolder(join(folder.runs, 'long'));
    await until(() => existsSync(long.last));
    const again = await attn('sweep', file, '--out', out, '--quiet');
    assert.equal(again.code, 0, again.err);
    assert.equal(
      readJob(folder.job('long'))?.log,
      join(folder.logs, '1_1.log'),
      'what is alive is not submitted again',
    );
    process.kill(processTraining('long'), 'SIGKILL');
    await untilQueueIsEmpty();
    const status = await attn('sweep', 'status', out, '--quiet');
    assert.match(status.out, /^short +finished +10 /m);
    assert.match(status.out, /^long +FAILED +\d+ .*without an error message/m);
    assert.match(status.out, /^wild +FAILED +training has diverged at step \d+.* — .*logs\/1_2\.log$/m);
    assert.deepEqual(scored(), ['short'], 'the evaluation came after them, however they ended');

    const second = await attn('sweep', file, '--out', out);
    assert.equal(second.code, 0, second.err);
    assert.match(second.err, /submitted job array \d+: long, wild/);
    await untilQueueIsEmpty();
    const { step } = JSON.parse(readFileSync(long.finished, 'utf8'));
    assert.equal(step, STEPS);
    const log = readJob(folder.job('long'))?.log ?? '';
    assert.match(readFileSync(log, 'utf8'), /resumed after step \d+/);
    assert.deepEqual(scored().sort(), ['long', 'short']);
    const table = readFileSync(folder.table, 'utf8');
    assert.match(table, /^\| wild \| – .*MISSING: failed: training has diverged/m);
    const evaluation = readdirSync(folder.logs).filter((name) => name.startsWith('evaluation-'));
    assert.match(readFileSync(join(folder.logs, evaluation.sort().at(-1) ?? ''), 'utf8'), /1 of 3 runs are missing/);
  });

  test('a run with two workers gets two tasks, started by srun', { skip: mpich?.skip }, async () => {
    const pair = join(root, 'pair.yaml');
    const runs = '  - {name: pair, maxSteps: 10, workers: 2}\nexecutor: slurm\n';
    const text = readFileSync(file, 'utf8').replace(/ {2}- \{name: short[\s\S]*executor: slurm\n/, runs);
    writeFileSync(pair, text.replace('cpus: 1', 'cpus: 1, mpi: pmi2'));
    const to = join(root, 'pair');
    const { code, err } = await attn('sweep', pair, '--out', to, '--quiet');
    assert.equal(code, 0, err);
    await untilQueueIsEmpty();
    const log = readFileSync(readJob(sweepFolder(to).job('pair'))?.log ?? '', 'utf8');
    assert.match(log, /2 workers by MPICH/);
    assert.ok(existsSync(runFolder(join(sweepFolder(to).runs, 'pair')).finished), log);
  });

  test('options that the cluster rejects are reported in its words', async () => {
    const wrong = join(root, 'wrong.yaml');
    writeFileSync(wrong, readFileSync(file, 'utf8').replace('partition: main', 'partition: moon'));
    const { code, err } = await attn('sweep', wrong, '--out', join(root, 'refused'), '--quiet');
    assert.equal(code, 1);
    assert.match(err, /sbatch: .*invalid partition/i);
  });

  function scored(): string[] {
    const { runs }: SweepResults = JSON.parse(readFileSync(folder.results, 'utf8'));
    return runs.filter(({ scores }) => scores !== undefined).map(({ name }) => name);
  }

  async function untilQueueIsEmpty(): Promise<void> {
    const all = Array.from({ length: 20 }, (_, i) => String(i));
    await until(() => slurmQueue(all).size === 0);
  }
});

/** The process that trains a run, found by its command line. */
function processTraining(name: string): number {
  const found = readdirSync('/proc').find((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const words = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      return words.includes('train') && words.some((word) => word.endsWith(`configs/${name}.yaml`));
    } catch {
      return false; // it has ended in the meantime
    }
  });
  assert.ok(found !== undefined, `nothing trains ${name}`);
  return Number(found);
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(condition(), 'waited five minutes');
}
