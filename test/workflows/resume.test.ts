import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadTraining, saveTraining, type TrainingCheckpoint } from '../../src/checkpoints/checkpoint.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { Random } from '../../src/support/random.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { kernelVariants } from '../../src/tensor/kernel-variant.ts';
import { readMetrics } from '../../src/training/metrics.ts';
import type { TrainingState } from '../../src/training/train.ts';
import { smallDisk } from '../helpers/small-disk.ts';
import { preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';
const STEPS = 60;
/** How often a training run is killed; `ATTN_KILLS=20` for the long version. */
const KILLS = Number(process.env.ATTN_KILLS ?? 4);

describe('a training run that was stopped', { skip }, () => {
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

  test(`killed ${KILLS} times at random moments, the same command ends with the same result, bit for bit`, async () => {
    const out = join(folder, 'killed');
    const random = new Random('kill', process.env.ATTN_KILLS_SEED ?? '');
    let kills = 0;
    const kept: number[] = [];
    // a save beside each update too, so that kills hit those
    const line = ['train', ...tinyTrainingFlags(data, out, STEPS), '--save-minutes', '0', '--resume'];
    while (kills < KILLS) {
      const child = attn(...line);
      // half of them at a moment during the start, half after a number of updates
      if (random.integer(2) === 0) await Promise.race([exited(child), pause(random.integer(3000))]);
      else {
        const { last } = runFolder(out);
        const before = existsSync(last) ? statSync(last).ino : 0;
        const waits = 1 + random.integer(10);
        for (let seen = before, changes = 0; changes < waits && child.exitCode === null; await pause(2)) {
          const now = existsSync(last) ? (statSync(last, { throwIfNoEntry: false })?.ino ?? seen) : seen;
          if (now !== seen) changes++;
          seen = now;
        }
      }
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await exited(child);
        kills++;
        if (existsSync(runFolder(out).last)) kept.push(loadTraining(runFolder(out).last).step);
      } else {
        assert.equal(child.exitCode, 0);
        rmSync(out, { recursive: true });
      }
    }
    const { code, stderr } = await finished(attn(...line));
    assert.equal(code, 0, stderr);
    assertSameTraining(out, uninterrupted);
    assert.ok(KILLS === 0 || kept.some((step) => step > 0), 'some kill left something to go on from');
    assert.deepEqual(
      readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tmp$|\.attn\.lock/.test(name)),
      [],
      'nothing of the killed ones is left',
    );
  });

  test('a guided run also resumes exactly', async () => {
    const aligned = await preparedWords(join(folder, 'aligned'), 200, { aligned: true });
    const [out, whole] = [join(folder, 'guided'), join(folder, 'guided-whole')];
    const flags = (run: string) => [...tinyTrainingFlags(aligned, run, STEPS), '--guided-weight', '0.5'];
    assert.equal((await finished(attn('train', ...flags(whole)))).code, 0);
    const child = attn('train', ...flags(out));
    await until(() => existsSync(runFolder(out).metrics) && readMetrics(runFolder(out).metrics).length >= 2);
    child.kill('SIGINT');
    assert.equal((await finished(child)).code, 130);
    const otherWeight = await finished(attn('train', ...flags(out), '--guided-weight', '0.6', '--resume'));
    assert.match(otherWeight.stderr, /guidedWeight was 0\.5, now 0\.6/);
    const again = await finished(attn('train', ...flags(out), '--resume'));
    assert.equal(again.code, 0, again.stderr);
    assertSameTraining(out, whole);
  });

  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    test(`interrupted by ${signal}, it saves, tells how to resume, and continues exactly`, async () => {
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

  test('a second run into the same folder is rejected unless requested', async () => {
    const { code, stderr } = await finished(attn('train', ...tinyTrainingFlags(data, uninterrupted, STEPS)));
    assert.equal(code, 2);
    assert.match(stderr, /already holds a run[\s\S]*--resume continues it, --overwrite starts over/);
  });

  test('a checkpoint that is truncated, tampered with, of another shape or vocabulary is rejected, and stays', async () => {
    const out = join(folder, 'tampered');
    cpSync(uninterrupted, out, { recursive: true });
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

  test('an unknown score is rejected with a list of the known ones', async () => {
    const { code, stderr } = await finished(
      attn('train', ...tinyTrainingFlags(data, join(folder, 'x'), 5), '--score', 'euclid'),
    );
    assert.equal(code, 2);
    assert.match(stderr, /"euclid" is not one of none, dot, .*bahdanau/);
    assert.ok(!existsSync(join(folder, 'x')), 'nothing was written');
  });

  test('a learning rate that makes it diverge stops it with advice, and what was saved stays', async () => {
    const out = join(folder, 'diverged');
    const flags = [
      ...tinyTrainingFlags(data, out, 40),
      ...['--optimizer', 'sgd', '--clip-norm', '0', '--schedule', 'constant', '--learning-rate', '3e38'],
    ];
    const { code, stderr } = await finished(attn('train', ...flags));
    assert.equal(code, 1, stderr);
    assert.match(stderr, /diverged at step \d+[\s\S]*--learning-rate/);
    const { last } = runFolder(out);
    const { step, tensors } = loadTraining(last);
    assert.equal(step, 1, 'saved after the first update, whose gradient was still finite');
    assert.ok(Object.keys(tensors.all ?? {}).length > 0);
    const saved = readFileSync(last);
    // the same again, in a folder with a save: it resumes from there, diverges there, and changes nothing
    const again = await finished(attn('train', '--resume', '--out', out));
    assert.equal(again.code, 1, again.stderr);
    assert.match(again.stderr, /diverged at step \d+[\s\S]*earlier saves are intact/);
    assert.deepEqual(readFileSync(last), saved);
  });

  test('--resume starts if there is nothing, and with --out alone continues with the original options', async () => {
    const out = join(folder, 'alone');
    const begun = attn('train', ...tinyTrainingFlags(data, out, STEPS), '--resume');
    await until(() => existsSync(runFolder(out).metrics) && readMetrics(runFolder(out).metrics).length >= 2);
    begun.kill('SIGINT');
    assert.equal((await finished(begun)).code, 130);
    const alone = await finished(attn('train', '--resume', '--out', out));
    assert.equal(alone.code, 0, alone.stderr);
    assertSameTraining(out, uninterrupted);
    const done = await finished(attn('train', '--resume', '--out', out));
    assert.equal(done.code, 0, 'what is done is done: a loop ends');
    const changed = await finished(attn('train', '--resume', '--out', out, '--hidden', '20'));
    assert.equal(changed.code, 2);
    assert.match(changed.stderr, /hidden was 16, now 20/);
    // a limit of another kind replaces the previous one
    const epochs = await finished(attn('train', '--resume', '--out', out, '--epochs', '9'));
    assert.equal(epochs.code, 0, epochs.stderr);
    assert.ok(loadTraining(runFolder(out).last).step > STEPS);
  });

  test('resumed with other kernels than it was saved with, it says so once', async () => {
    const out = join(folder, 'kernels');
    const { kernels } = loadTraining(runFolder(uninterrupted).last);
    assert.ok(['graph', ...kernelVariants].includes(kernels), kernels);
    const begun = await finished(attn('train', ...tinyTrainingFlags(data, out, 5)));
    assert.equal(begun.code, 0, begun.stderr);
    const state = loadTraining(runFolder(out).last);
    // as if on a machine with others
    saveTraining(runFolder(out).last, { ...state, kernels: 'others' });
    const goOn = (steps: number) => finished(attn('train', '--resume', '--out', out, '--max-steps', String(steps)));
    const notice = /saved with the kernels 'others', resumed with '(\w+)': the last digits will differ/;
    const changed = await goOn(7);
    assert.equal(changed.code, 0, changed.stderr);
    assert.equal(notice.exec(changed.stderr)?.[1], kernels, changed.stderr);
    const again = await goOn(9);
    assert.equal(again.code, 0, again.stderr);
    assert.doesNotMatch(again.stderr, /saved with the kernels/);
  });

  test('a model without its training state is neither resumed nor lost', async () => {
    const out = join(folder, 'model-alone');
    assert.equal((await finished(attn('train', ...tinyTrainingFlags(data, out, 5)))).code, 0);
    rmSync(join(out, 'last'), { recursive: true });
    for (const flags of [[], ['--resume']]) {
      const { code, stderr } = await finished(attn('train', ...tinyTrainingFlags(data, out, 5), ...flags));
      assert.equal(code, 2);
      assert.match(stderr, /holds a model, but no training state to resume from\n {2}--overwrite starts over/);
    }
    assert.equal((await finished(attn('train', ...tinyTrainingFlags(data, out, 5), '--overwrite'))).code, 0);
  });

  test('a disk that is full at the first save is no dead end: the same command, with or without --resume, starts', async (t) => {
    const disk = smallDisk(t, '1m');
    if (disk === undefined) return t.skip('no file system can be mounted: Linux and root only');
    const out = join(disk, 'run');
    const flags = [...tinyTrainingFlags(data, out, 10), '--embedding', '64', '--hidden', '64'];
    const full = await finished(attn('train', ...flags));
    assert.equal(full.code, 1, full.stderr);
    assert.match(full.stderr, /the training was not saved: the disk is full/);
    assert.match(full.stderr, /nothing had been saved before: free some space, then run the same command again/);
    const resize = (size: string) => assert.equal(spawnSync('mount', ['-o', `remount,size=${size}`, disk]).status, 0);
    resize('20m');
    const begun = await finished(attn('train', ...flags));
    assert.equal(begun.code, 0, begun.stderr);
    rmSync(out, { recursive: true });
    resize('1m');
    assert.equal((await finished(attn('train', ...flags))).code, 1);
    resize('20m');
    const resumed = await finished(attn('train', ...flags, '--resume'));
    assert.equal(resumed.code, 0, resumed.stderr);

    // full later on: what is there is intact, and --resume continues from there, as it says
    const saved = readFileSync(runFolder(out).last);
    const { blocks, bfree, bsize } = statfsSync(disk);
    resize(String((blocks - bfree) * bsize + 100_000));
    const later = await finished(attn('train', '--resume', '--out', out, '--max-steps', '20'));
    assert.equal(later.code, 1, later.stderr);
    assert.match(later.stderr, /the previous save is intact: .* run the same command with --resume/);
    assert.deepEqual(readFileSync(runFolder(out).last), saved);
    resize('20m');
    const goneOn = await finished(attn('train', '--resume', '--out', out, '--max-steps', '20'));
    assert.equal(goneOn.code, 0, goneOn.stderr);
  });
});

function assertSameTraining(out: string, expected: string): void {
  const [found, wanted] = [out, expected].map((run) => loadTraining<TrainingState>(runFolder(run).last)) as [
    TrainingCheckpoint<TrainingState>,
    TrainingCheckpoint<TrainingState>,
  ];
  assert.equal(found.step, wanted.step);
  const place = ({ state }: { state: { seconds: number } }) => ({ ...state, seconds: undefined });
  assert.deepEqual(place(found), place(wanted), 'the place in the data, the best so far, the schedule');
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
  for (let i = 0; i < 6000 && !condition(); i++) await pause(50);
  assert.ok(condition(), 'waited five minutes');
}
