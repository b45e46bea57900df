import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadTraining } from '../../src/checkpoints/checkpoint.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { Random } from '../../src/support/random.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { readMetrics } from '../../src/training/metrics.ts';
import { preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';
const STEPS = 60;
/** How often a training is killed; `ATTN_KILLS=20` for the long version. */
const KILLS = Number(process.env.ATTN_KILLS ?? 4);

describe('a training that was stopped', { skip }, () => {
  let folder: string;
  let data: string;
  let uninterrupted: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'attn-resume-'));
    data = await preparedWords(join(folder, 'corpus'));
    uninterrupted = join(folder, 'uninterrupted');
    const { code, stderr } = await finished(attn('train', ...tinyTrainingFlags(data, uninterrupted, STEPS)));
    assert.equal(code, 0, stderr);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test(`killed ${KILLS} times at random moments, it ends with the parameters it would have had, bit for bit`, async () => {
    const out = join(folder, 'killed');
    const random = new Random('kill');
    let kills = 0;
    while (kills < KILLS) {
      const resume = existsSync(runFolder(out).last) ? ['--resume'] : ['--overwrite'];
      const child = attn('train', ...tinyTrainingFlags(data, out, STEPS), ...resume);
      // at a random share of a whole run's time, start included
      await Promise.race([exited(child), pause(500 + random.integer(2500))]);
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await exited(child);
        kills++;
      } else {
        assert.equal(child.exitCode, 0);
        rmSync(out, { recursive: true });
      }
    }
    const resume = existsSync(runFolder(out).last) ? ['--resume'] : ['--overwrite'];
    const { code, stderr } = await finished(attn('train', ...tinyTrainingFlags(data, out, STEPS), ...resume));
    assert.equal(code, 0, stderr);
    assertSameTraining(out, uninterrupted);
  });

  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    test(`interrupted by ${signal}, it saves, says how to go on, and goes on exactly`, async () => {
      const out = join(folder, signal);
      const flags = tinyTrainingFlags(data, out, STEPS).filter((flag) => flag !== '--quiet');
      const child = attn('train', ...flags);
      await until(() => existsSync(runFolder(out).metrics) && readMetrics(runFolder(out).metrics).length >= 2);
      child.kill(signal);
      const { code, stderr } = await finished(child);
      assert.equal(code, expected, stderr);
      assert.match(stderr, /--resume/);
      const { step } = loadTraining(runFolder(out).last);
      assert.ok(step > 0 && step < STEPS, `stopped at ${step}`);
      const again = await finished(attn('train', ...flags, '--resume'));
      assert.equal(again.code, 0, again.stderr);
      assertSameTraining(out, uninterrupted);
    });

  test('a second run into the same folder is refused unless it is asked for', async () => {
    const { code, stderr } = await finished(attn('train', ...tinyTrainingFlags(data, uninterrupted, STEPS)));
    assert.equal(code, 2);
    assert.match(stderr, /holds a run already[\s\S]*--resume goes on with it, --overwrite begins anew/);
  });

  test('a checkpoint that is truncated, tampered with, of another shape or vocabulary is refused, and stays', async () => {
    const out = join(folder, 'uninterrupted');
    const { last } = runFolder(out);
    const bytes = readFileSync(last);
    const refuse = async (flags: string[], message: RegExp) => {
      const { code, stderr } = await finished(attn('train', ...flags, '--resume'));
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    };
    const flags = tinyTrainingFlags(data, out, STEPS + 5);
    await refuse([...flags, '--hidden', '20'], /hidden was 16, now 20/);
    await refuse([...flags, '--score', 'general'], /score was dot, now general/);
    const other = await preparedWords(join(folder, 'other'), 20);
    const config = flags.map((flag) => (flag === data ? other : flag));
    await refuse(config, /another vocabulary/);
    truncateSync(last, bytes.length - 100);
    await refuse(flags, /training\.safetensors/);
    const tampered = Buffer.from(bytes);
    tampered[bytes.length - 7] = (tampered[bytes.length - 7] as number) ^ 1;
    writeFileSync(last, tampered);
    await refuse(flags, /SHA-256 differs/);
    writeFileSync(last, bytes);
    const { code, stderr } = await finished(attn('train', ...flags, '--resume'));
    assert.equal(code, 0, stderr);
    assert.equal(loadTraining(last).step, STEPS + 5);
  });

  test('an unknown score is refused with the ones that there are', async () => {
    const { code, stderr } = await finished(
      attn('train', ...tinyTrainingFlags(data, join(folder, 'x'), 5), '--score', 'cosine'),
    );
    assert.equal(code, 2);
    assert.match(stderr, /"cosine" is not one of none, dot, general, concat, location, bahdanau/);
    assert.ok(!existsSync(join(folder, 'x')), 'nothing was written');
  });

  test('a learning rate that makes it diverge stops it with advice, and what was saved stays', async () => {
    const out = join(folder, 'diverged');
    const flags = [
      ...tinyTrainingFlags(data, out, 40),
      '--optimizer',
      'sgd',
      '--clip-norm',
      '0',
      '--schedule',
      'constant',
    ];
    const first = await finished(
      attn('train', ...flags.map((flag) => (flag === '40' ? '10' : flag)), '--learning-rate', '0.1'),
    );
    assert.equal(first.code, 0, first.stderr);
    const saved = readFileSync(runFolder(out).last);
    copyFileSync(runFolder(out).last, join(folder, 'copy'));
    const diverged = join(folder, 'diverging');
    const { code, stderr } = await finished(
      attn('train', ...flags.map((flag) => (flag === out ? diverged : flag)), '--learning-rate', '3e38'),
    );
    assert.equal(code, 1, stderr);
    assert.match(stderr, /diverged at step \d+[\s\S]*--learning-rate/);
    assert.deepEqual(readFileSync(runFolder(out).last), saved);
  });
});

function assertSameTraining(out: string, expected: string): void {
  const [found, wanted] = [loadTraining(runFolder(out).last), loadTraining(runFolder(expected).last)];
  assert.equal(found.step, wanted.step);
  for (const [group, tensors] of Object.entries(wanted.tensors)) {
    for (const [name, { data }] of Object.entries(tensors)) {
      assert.deepEqual(found.tensors[group]?.[name]?.data, data, `${group}/${name}`);
    }
  }
  const losses = (run: string) =>
    readMetrics(runFolder(run).metrics).map((record) => ({ kind: record.kind, step: record.step, loss: record.loss }));
  assert.deepEqual(
    losses(out).filter(({ kind }) => kind === 'validation'),
    losses(expected).filter(({ kind }) => kind === 'validation'),
  );
}

function attn(...words: string[]): ChildProcess {
  const script = new URL('../helpers/attn.ts', import.meta.url).pathname;
  return spawn(process.execPath, ['--import', 'tsx', script, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
}

async function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
}

async function finished(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await exited(child);
  return { code: child.exitCode, stderr };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !condition(); i++) await pause(50);
  assert.ok(condition(), 'waited half a minute');
}
