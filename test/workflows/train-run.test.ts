import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadModel, loadTraining } from '../../src/checkpoints/checkpoint.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { completeRun, runSchema } from '../../src/config/run.ts';
import { openDataset } from '../../src/dataset/dataset.ts';
import { prepareDataset } from '../../src/dataset/prepare.ts';
import { Sampler } from '../../src/dataset/sampler.ts';
import { RunError } from '../../src/support/errors.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { trainRun } from '../../src/workflows/train-run.ts';
import { attn } from '../helpers/command.ts';
import { smallDisk } from '../helpers/small-disk.ts';
import { preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

describe('attn train', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-train-run-'));
  let data: string;
  before(async () => {
    data = await preparedWords(join(folder, 'corpus'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const refuse = async (words: readonly string[], message: RegExp): Promise<void> => {
    const { code, err } = await attn('train', ...words);
    assert.equal(code, 2, err);
    assert.match(err, message);
  };

  test('has as many tensors at its end as after its first validation, and leaves none behind', async () => {
    const tensors: number[] = [];
    const run = completeRun(
      runSchema.parse({
        ...{
          data,
          out: join(folder, 'memory'),
          maxSteps: 24,
          validateEvery: 8,
          ema: 0.9,
          accumulate: 2,
          dropout: 0.1,
        },
        ...{ embedding: 12, hidden: 16, batchTokens: 200, maxShapes: 2 },
      }),
    );
    const train = () =>
      trainRun(
        { ...run, data },
        {
          ...{ start: 'overwrite', signal: new AbortController().signal },
          listeners: [{ stepped: () => void tensors.push(tf.memory().numTensors) }],
        },
      );
    await train();
    const before = tf.memory().numTensors;
    tensors.length = 0;
    await train();
    assert.equal(tensors.length, 24);
    assert.deepEqual([...new Set(tensors.slice(8))], [tensors[8]]);
    assert.equal(tf.memory().numTensors, before);
  });

  test('an error while a step is in flight is the one reported, whatever happens on closing', async (t) => {
    const { next } = Sampler.prototype;
    let calls = 0;
    t.mock.method(Sampler.prototype, 'next', function (this: Sampler) {
      if (++calls === 4) throw new RunError('the data cannot be read');
      return next.call(this);
    });
    const { code, err } = await attn('train', ...tinyTrainingFlags(data, join(folder, 'torn'), 20));
    assert.match(err, /attn: the data cannot be read\n/);
    assert.equal(code, 1);
    // and the process is ready for the next training run
    t.mock.restoreAll();
    assert.equal((await attn('train', ...tinyTrainingFlags(data, join(folder, 'after-torn'), 5))).code, 0);
  });

  test('is saved beside its updates, without a validation', async () => {
    const out = join(folder, 'by-the-clock');
    const { last } = runFolder(out);
    const run = completeRun(
      runSchema.parse({
        ...{ data, out, maxSteps: 20_000, validateEvery: 100_000, saveMinutes: 0 },
        ...{ embedding: 8, hidden: 8, batchTokens: 200, maxShapes: 1 },
      }),
    );
    const stop = new AbortController();
    let [saved, step] = [0, 0];
    const stepped = (info: { readonly step: number }) => {
      step = info.step;
      saved = step > 1 ? loadTraining(last).step : 0;
      if (saved > 1) stop.abort();
    };
    await trainRun({ ...run, data }, { start: 'new', signal: stop.signal, listeners: [{ stepped }] });
    assert.ok(saved > 1 && saved < step, `saved at ${saved}, stopped at ${step}`);
    assert.equal(loadTraining(last).step, step, 'and when it was stopped');
  });

  test('an error of the terminal or the event file does not hide why a training ended', async () => {
    const run = completeRun(
      runSchema.parse({ data, out: join(folder, 'closing'), maxSteps: 3, embedding: 8, hidden: 8 }),
    );
    const closed: string[] = [];
    const failing = (name: string) => ({
      closed() {
        closed.push(name);
        throw new Error(`closing ${name}`);
      },
    });
    const broken = {
      stepped() {
        throw new RunError('the true error');
      },
    };
    await assert.rejects(
      trainRun(
        { ...run, data },
        { start: 'new', signal: new AbortController().signal, listeners: [failing('a'), broken, failing('b')] },
      ),
      /the true error/,
    );
    assert.deepEqual(closed, ['a', 'b']);
  });

  test('resumes on the data it was started on, wherever they are, and on no other', async () => {
    const out = join(folder, 'run');
    const first = await attn('train', ...tinyTrainingFlags(data, out, 5));
    assert.equal(first.code, 0, first.err);
    const before = readFileSync(runFolder(out).last);

    // the same sentences without the last ten, and the same vocabularies
    const [corpus, other] = [join(folder, 'corpus'), join(folder, 'other')];
    cpSync(corpus, other, { recursive: true });
    const lines = readFileSync(join(corpus, 'train.tsv'), 'utf8').trimEnd().split('\n');
    writeFileSync(join(other, 'train.tsv'), `${lines.slice(0, -10).join('\n')}\n`);
    const part = (name: string) => join(other, `${name}.tsv`);
    await prepareDataset({
      corpus: { train: part('train'), dev: part('dev'), test: part('test') },
      vocabulary: join(other, 'vocabulary'),
      out: join(other, 'prepared'),
      maxLength: 20,
    });
    const resume = (from: string) => [...tinyTrainingFlags(from, out, 10), '--resume'];
    await refuse(resume(join(other, 'prepared')), /started on other data than .*other.prepared holds\n {2}.*--data/);
    assert.deepEqual(readFileSync(runFolder(out).last), before);

    cpSync(data, join(folder, 'moved'), { recursive: true });
    const moved = await attn('train', ...resume(join(folder, 'moved')));
    assert.equal(moved.code, 0, moved.err);
    assert.equal(loadTraining(runFolder(out).last).step, 10);
  });

  test("rejects, before it starts, sentences longer than the model's positions", async () => {
    const dataset = openDataset(data);
    dataset.close();
    const longest = dataset.manifest.splits.train.longest.source;
    const out = join(folder, 'long');
    const flags = (places: number) => [...tinyTrainingFlags(data, out, 2), '--max-positions', String(places)];
    const location = ['--score', 'location'];
    const learned = ['--arch', 'transformer', '--positions', 'learned', '--hidden', '12', '--feed-forward', '8'];
    for (const [model, what] of [
      [location, 'location scores'],
      [learned, 'learned positions'],
    ] as const) {
      await refuse(
        [...flags(longest - 1), ...model],
        new RegExp(
          `a sentence of ${longest} positions, but ${what} are made for ${longest - 1}\\n  --max-positions ${longest}, or .*attn prepare --max-length ${longest - 2}`,
        ),
      );
      assert.ok(!existsSync(out), 'nothing was written');
      const { code, err } = await attn('train', ...flags(longest), ...model);
      assert.equal(code, 0, err);
      rmSync(out, { recursive: true });
    }
    const unlimited = await attn('train', ...flags(2));
    assert.equal(unlimited.code, 0, 'a dot product has a place for every position');
    const compared = await attn(
      ...[
        'compare',
        '--data',
        data,
        '--scores',
        'dot,location',
        '--max-positions',
        '3',
        '--out',
        join(folder, 'compared'),
      ],
    );
    assert.equal(compared.code, 2);
    assert.match(compared.err, /location scores are made for 3/);
    assert.ok(!existsSync(join(folder, 'compared')), 'not even the first model was trained');
  });

  test("rejects a model larger than the machine's memory before it allocates any", async () => {
    const out = join(folder, 'huge');
    const flags = [...tinyTrainingFlags(data, out, 2), '--hidden', '65536', '--layers', '100'];
    await refuse(
      flags,
      /training \d\S* parameters takes \S+ GB or more, but this machine has \S+\n {2}make it smaller: --hidden/,
    );
    assert.ok(!existsSync(out));
  });

  test('rejects a folder that is not writable and an empty model file', async () => {
    writeFileSync(join(folder, 'file'), '');
    for (const out of [join(folder, 'file'), join(folder, 'file', 'below'), '/proc/attn/run']) {
      await refuse(tinyTrainingFlags(data, out, 2), /cannot be written/);
    }
    const flags = tinyTrainingFlags(data, join(folder, 'new'), 2);
    await refuse([...flags, '--resume', '--overwrite'], /--resume continues .*, --overwrite starts over/);
  });

  test('started again in a run folder, it leaves nothing of that run, even if it is killed at once', async () => {
    const out = join(folder, 'anew');
    const { best, card, last, model, report } = runFolder(out);
    const flags = (steps: number) => [...tinyTrainingFlags(data, out, steps), '--keep', '3', '--metric', 'loss'];
    const begun = await attn('train', ...flags(20));
    assert.equal(begun.code, 0, begun.err);
    assert.equal(readdirSync(best).length, 3);
    mkdirSync(report);
    writeFileSync(join(report, 'report.json'), '{}');
    writeFileSync(join(out, 'notes.txt'), 'mine');

    const again = await attn('train', ...flags(5), '--overwrite', '--hidden', '8');
    assert.equal(again.code, 0, again.err);
    assert.deepEqual(readdirSync(best), ['step-0000005.safetensors']);
    assert.ok(!existsSync(report), 'an evaluation of the run before');
    assert.equal(readFileSync(join(out, 'notes.txt'), 'utf8'), 'mine');

    const run = completeRun(runSchema.parse({ data, out, maxSteps: 5, embedding: 12, hidden: 16 }));
    const killed = trainRun(
      { ...run, data },
      {
        ...{ start: 'overwrite', signal: new AbortController().signal },
        listeners: [
          {
            started: () => {
              throw new Error('killed');
            },
          },
        ],
      },
    );
    await assert.rejects(killed, /killed/);
    for (const path of [last, model, best, card]) assert.ok(!existsSync(path), path);
  });

  test('resumed, it keeps a report as long as the model it is about', async () => {
    for (const [rate, improves] of [
      ['1e-30', false],
      ['0.05', true],
    ] as const) {
      const out = join(folder, `rate-${rate}`);
      const { report } = runFolder(out);
      const flags = (steps: number) => [
        ...tinyTrainingFlags(data, out, steps),
        ...['--metric', 'loss', '--learning-rate', rate, '--schedule', 'constant'],
      ];
      // what cannot improve does not start to learn
      const expected = improves ? 0 : 1;
      assert.equal((await attn('train', ...flags(5))).code, expected);
      mkdirSync(report);
      const { code, err } = await attn('train', ...flags(10), '--resume');
      assert.equal(code, expected, err);
      assert.equal(loadModel(out).step, improves ? 10 : 5);
      assert.equal(existsSync(report), !improves);
    }
  });

  test('a rejected run changes nothing in the folder: word vectors that do not fit, a model without its training state', async () => {
    const out = join(folder, 'kept');
    assert.equal((await attn('train', ...tinyTrainingFlags(data, out, 5))).code, 0);
    const vectors = join(folder, 'vectors.txt');
    writeFileSync(vectors, 'bami 1 2 3\n');
    const files = () => readdirSync(out).map((name) => [name, statSync(join(out, name)).mtimeMs]);
    const before = files();
    const words = ['--overwrite', '--source-vectors', vectors];
    await refuse([...tinyTrainingFlags(data, out, 5), ...words], /vectors of 3 numbers for an embedding of 12/);
    assert.deepEqual(files(), before);

    const exported = join(folder, 'exported');
    assert.equal((await attn('export', out, '--out', exported)).code, 0);
    const model = readFileSync(runFolder(exported).model);
    await refuse(
      tinyTrainingFlags(data, exported, 5),
      /holds a model, but no training state to resume from\n {2}--overwrite starts over, --out names another folder/,
    );
    assert.deepEqual(readFileSync(runFolder(exported).model), model);
  });

  test('if it ends before its first update, or has not started to learn, it says so and exits with code 1', async () => {
    const train = (name: string, ...words: string[]) =>
      attn(
        ...['train', '--data', data, '--out', join(folder, name), '--hidden', '16', '--embedding', '12'],
        ...['--seed', '3', ...words],
      );
    const short = await train('short', '--max-minutes', '1e-9');
    assert.equal(short.code, 1, short.err);
    assert.match(short.err, /short: the time was up before the first update: there is no model\n {2}.*--max-minutes/);
    assert.ok(!existsSync(runFolder(join(folder, 'short')).finished));

    const slow = await train('slow', '--max-steps', '2', '--learning-rate', '1e-9');
    assert.equal(slow.code, 1, slow.err);
    assert.match(
      slow.err,
      /slow: the model has not begun to learn: its best loss is 2\.\d\d, .* 2\.77\n {2}train longer/,
    );

    const wild = await train('wild', '--max-steps', '4', '--learning-rate', '10', '--schedule', 'constant');
    assert.equal(wild.code, 1, wild.err);
    assert.match(wild.err, /diverged: guessing has a loss of 2\.77\n/);
    assert.match(wild.err, /has not begun to learn: .*\n {2}training has diverged: try --learning-rate 0\.002$/m);
    for (const { err } of [short, slow, wild]) assert.doesNotMatch(err, /Next:|\d{8}/);
  });

  test('updates of several batches of one sentence, which has no shards to add up', async () => {
    const flags = tinyTrainingFlags(data, join(folder, 'one-sentence'), 8);
    const { code, err } = await attn('train', ...flags, '--accumulate', '2', '--batch-tokens', '8');
    assert.equal(code, 0, err);
  });

  test('a run that was stopped before its first validation is validated when it is resumed', async () => {
    const out = join(folder, 'stopped');
    const run = completeRun(
      runSchema.parse({ data, out, maxSteps: 9, learningRate: 0.05, schedule: 'constant', embedding: 12, hidden: 16 }),
    );
    const stop = new AbortController();
    const stopped = await trainRun(
      { ...run, data },
      { start: 'new', signal: stop.signal, listeners: [{ stepped: ({ step }) => step === 3 && stop.abort() }] },
    );
    assert.equal(stopped.best.value, null);
    const signal = new AbortController().signal;
    const info = await trainRun({ ...run, data, maxSteps: 3 }, { start: 'resume', signal, listeners: [] });
    assert.equal(info.best.step, 3);
    assert.equal(loadModel(out).step, 3);
  });

  test('it resumes without the file of word vectors it started with, which stay frozen', async () => {
    const out = join(folder, 'vectors');
    const file = join(folder, 'own.vec');
    writeFileSync(file, `bami ${Array.from({ length: 12 }, (_, i) => i / 10).join(' ')}\n`);
    const card = () => readFileSync(runFolder(out).card, 'utf8');
    const flags = (steps: number) => [
      ...tinyTrainingFlags(data, out, steps),
      ...['--source-vectors', file, '--freeze-vectors'],
    ];
    const first = await attn('train', ...flags(5).filter((flag) => flag !== '--quiet'));
    assert.equal(first.code, 0, first.err);
    assert.match(
      first.err,
      /source vectors .*own\.vec: 1 of \d+ words found \(\d+\.\d %\)\nwarning: few words .*--freeze/,
    );
    assert.match(card(), /\| began with \| source vectors .*own\.vec: 1 of \d+ words found \(.*%\), frozen \|/);
    const table = () => loadTraining(runFolder(out).last).tensors.all!['encoder.embedding.weight']!.data;
    const before = table();
    rmSync(file);
    const { code, err } = await attn('train', ...flags(10), '--resume');
    assert.equal(code, 0, err);
    assert.deepEqual(table(), before);
    assert.match(card(), /own\.vec: 1 of \d+ words found/);

    writeFileSync(file, `altro ${Array.from({ length: 12 }, () => 1).join(' ')}\n`);
    await refuse([...flags(5), '--overwrite'], /own\.vec: none of the \d+ words of the vocabulary has a vector here/);
  });

  test('a full disk ends it with code 1; the previous checkpoint is intact, and it resumes from there', async (t) => {
    const disk = smallDisk(t, '4m');
    if (disk === undefined) return t.skip('needs Linux and the right to mount a small disk');
    const out = join(disk, 'run');
    const flags = (steps: number, path = out) => [
      ...tinyTrainingFlags(data, path, steps),
      ...['--hidden', '64', '--schedule', 'constant'],
    ];
    const begun = await attn('train', ...flags(5));
    assert.equal(begun.code, 0, begun.err);
    const before = readFileSync(runFolder(out).last);

    // room for everything before the checkpoint, and for two thirds of it
    const { bavail, bsize } = statfsSync(disk);
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(bavail * bsize - Math.floor((before.length * 2) / 3)));
    const { code, err } = await attn('train', ...flags(10), '--resume');
    assert.equal(code, 1, err);
    assert.match(
      err,
      /the training was not saved: the disk is full.*\n {2}.*free some space, then run the same command with --resume/,
    );
    assert.deepEqual(readFileSync(runFolder(out).last), before);
    assert.ok([5, 10].includes(loadModel(out).step), 'the best model is whole too');

    rmSync(filler);
    const again = await attn('train', ...flags(10), '--resume');
    assert.equal(again.code, 0, again.err);
    const whole = join(folder, 'whole');
    const uninterrupted = await attn('train', ...flags(10, whole));
    assert.equal(uninterrupted.code, 0, uninterrupted.err);
    assert.deepEqual(loadTraining(runFolder(out).last).tensors, loadTraining(runFolder(whole).last).tensors);
  });
});
