import assert from 'node:assert/strict';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadModel } from '../../src/checkpoints/checkpoint.ts';
import { findRuns, meantRuns, shippedModel } from '../../src/checkpoints/find-runs.ts';
import { openTrainedRun } from '../../src/checkpoints/trained-run.ts';
import { meantModel } from '../../src/cli/meant-run.ts';
import { recordLatestDataset } from '../../src/dataset/latest.ts';
import type { InputError } from '../../src/support/errors.ts';
import { FolderLock } from '../../src/support/folder-lock.ts';
import { namedRuns } from '../../src/workflows/named-runs.ts';
import { scratchFolder, writeToyRun } from '../decoding/toy-run.ts';

const scratch = scratchFolder();
const home = process.cwd();
const embedded = join('.attn', 'embedded');
const own = join('datasets', 'own', 'prepared');

/** A run on some data whose model is this many seconds old. */
async function write(name: string, data: string, age: number, bleu: number): Promise<void> {
  const path = await writeToyRun(join('checkpoints', name), { options: { data }, bleu });
  const time = Date.now() / 1000 - age;
  utimesSync(join(path, 'model.safetensors'), time, time);
}

before(async () => {
  process.chdir(scratch);
  for (const folder of [embedded, own]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'manifest.json'), '{}');
  }
  await write('tour', embedded, 40, 78);
  await write('first', own, 30, 20);
  await write('second', own, 20, 10);
  await write('late', embedded, 10, 77);
});
after(() => process.chdir(home));

test('the default run is the newest on the most recently prepared data, whatever its score', () => {
  recordLatestDataset(own);
  const { paths, because, others } = meantRuns('checkpoints');
  assert.deepEqual(paths, ['checkpoints/second', 'checkpoints/first']);
  assert.equal(because, `${own}, the data last prepared`);
  assert.equal(others, 2);
});

test('if no run is on the most recently prepared data, the newest is the default, with the others on its data', () => {
  const expected = ['checkpoints/late', 'checkpoints/tour'];
  mkdirSync('unused');
  writeFileSync(join('unused', 'manifest.json'), '{}');
  recordLatestDataset('unused');
  assert.deepEqual(meantRuns('checkpoints').paths, expected);
  rmSync(join('.attn', 'prepared'));
  const { paths, because } = meantRuns('checkpoints');
  assert.deepEqual(paths, expected);
  assert.equal(because, `${embedded}, the data of the newest model`);
});

test('the model that ships with attn translates until the user has a run, and is not mistaken for one', async () => {
  const shipped = await writeToyRun(join(scratch, 'package', 'it-en'));
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  assert.match(meantModel({ say }, shipped), /^checkpoints\/late$/);
  mkdirSync('elsewhere');
  process.chdir('elsewhere');
  assert.equal(meantModel({ say }, shipped), shipped);
  assert.match(said.at(-1) ?? '', /comes with attn/);
  assert.throws(() => meantModel({ say }, join(scratch, 'no-such-model')), /no trained model|no such/);
  process.chdir(scratch);
  // a checkout's own checkpoints/ contains it
  assert.deepEqual(
    findRuns(dirname(shippedModel)).filter((path) => path === shippedModel),
    [],
  );
});

test('for a folder whose training has not kept a model yet, the error tells how to get one', async () => {
  mkdirSync(join('begun', 'last'), { recursive: true });
  writeFileSync(join('begun', 'last', 'training.safetensors'), '');
  mkdirSync('bare');
  const says = async (folder: string): Promise<string> => {
    const errors: unknown[] = [];
    await openTrainedRun({ name: folder, path: folder }).catch((error) => errors.push(error));
    for (const find of [meantRuns, (path: string) => namedRuns([path])]) {
      assert.throws(
        () => find(folder),
        (error) => errors.push(error) > 0,
      );
    }
    const [first, ...others] = errors.map((error) => (error as InputError).describe());
    assert.deepEqual(others, [first, first], 'the same words, whoever looks for the model');
    return first as string;
  };
  assert.match(await says('bare'), /^bare: holds no trained model\n {2}train one/);
  assert.match(await says('begun'), /^begun: .* not kept a model yet.*\n.*attn train --resume --out begun/);
  const lock = new FolderLock('begun', 'a training');
  try {
    assert.match(await says('begun'), /^begun: .* not kept a model yet.*\n.*the training is under way/);
  } finally {
    lock.release();
  }
});

test("a run's data are found from any working directory, and an absolute path stays", async () => {
  const absolute = join(scratch, own);
  await writeToyRun('absolute', { options: { data: absolute } });
  assert.equal(loadModel('checkpoints/first').run.data, own);
  assert.equal(loadModel('absolute').run.data, own, 'below the working directory it is shown from there');
  process.chdir(home);
  assert.equal(loadModel(join(scratch, 'checkpoints', 'first')).run.data, absolute);
  assert.equal(loadModel(join(scratch, 'absolute')).run.data, absolute);
  process.chdir(scratch);
});

test('for a run without its vocabulary, the advice is not to build one: another would not fit the model', async () => {
  const path = await writeToyRun(join(scratch, 'bare-model'));
  rmSync(join(path, 'target.model'));
  await assert.rejects(openTrainedRun({ name: 'bare-model', path }), (error: InputError) => {
    assert.match(error.describe(), /bare-model\/target\.model: no such file\n {2}it belongs to the model/);
    return true;
  });
});
