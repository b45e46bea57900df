import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadModel, loadTraining } from '../../src/checkpoints/checkpoint.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { LOCK_FILE } from '../../src/support/folder-lock.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { attn } from '../helpers/command.ts';
import { writeLock } from '../helpers/lock.ts';
import { preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

describe('a folder has one owner', { skip }, () => {
  const root = mkdtempSync(join(tmpdir(), 'attn-owners-'));
  after(() => rmSync(root, { recursive: true }));
  let data: string;
  before(async () => {
    data = await preparedWords(join(root, 'corpus'));
  });

  /** Everything below a folder, with its content. */
  function contentOf(folder: string): Record<string, string> {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
    const files = names.filter((path) => statSync(path).isFile());
    return Object.fromEntries(files.map((path) => [relative(folder, path), readFileSync(path, 'latin1')]));
  }

  function start(...words: string[]): { child: ChildProcess; said: Promise<string> } {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/helpers/attn.ts', ...words]);
    const said = new Promise<string>((resolve) => {
      let text = '';
      child.stderr.on('data', (chunk) => {
        text += chunk;
        if (text.includes('step')) resolve(text);
      });
      child.once('close', () => resolve(text));
    });
    return { child, said };
  }

  test('a second training run in a folder in use is rejected, also with --overwrite and --resume', async () => {
    const out = join(root, 'run');
    const flags = tinyTrainingFlags(data, out, 100_000).filter((flag) => flag !== '--quiet');
    const { child, said } = start('train', ...flags);
    try {
      assert.match(await said, /step/);
      for (const words of [[], ['--overwrite'], ['--resume'], ['--seed', '4', '--overwrite']]) {
        const second = await attn('train', ...tinyTrainingFlags(data, out, 5), ...words);
        assert.equal(second.code, 2);
        assert.match(second.err, new RegExp(`a training is under way in this folder: process ${child.pid}, since`));
        assert.match(second.err, /its command: attn train --data/);
      }
    } finally {
      child.kill('SIGINT');
    }
    await new Promise((resolve) => child.once('exit', resolve));
    assert.ok(!readdirSync(out).includes(LOCK_FILE), 'whoever was interrupted gives the folder back');
    const { last, model } = runFolder(out);
    assert.deepEqual([loadTraining(last).run.seed, loadModel(model).run.seed], [3, 3]);
    const next = await attn('train', ...tinyTrainingFlags(data, out, 5), '--overwrite');
    assert.equal(next.code, 0, next.err);
  });

  test('every command that writes a folder is rejected while another process holds it, and changes nothing', async () => {
    const run = join(root, 'model');
    assert.equal((await attn('train', ...tinyTrainingFlags(data, run, 5))).code, 0);
    const train = join(root, 'corpus', 'train.tsv');
    const commands = {
      vocab: ['--train', train, '--type', 'words', '--out'],
      prepare: ['--train', train, '--out'],
      train: ['--data', data, '--max-steps', '5', '--out'],
      compare: ['--data', data, '--scores', 'dot', '--max-steps', '5', '--out'],
      eval: ['--checkpoints', run, '--out'],
      export: [run, '--out'],
      average: [run, run, '--out'],
      'data split': ['--corpus', train, '--columns', 'it,en', '--out'],
      'data generate': ['--pairs', '100', '--out'],
    };
    for (const [name, words] of Object.entries(commands)) {
      const out = join(root, 'taken', name.replace(' ', '-'));
      writeLock(out);
      const before = contentOf(out);
      const { code, err } = await attn(...name.split(' '), ...words, out);
      assert.equal(code, 2, `${name}: ${err}`);
      assert.match(err, /under way in this folder: process 4711 on node3/, name);
      assert.deepEqual(contentOf(out), before, name);
    }
  });

  test('train names its data, and --data embedded is the embedded corpus whatever was prepared last', async (t) => {
    const [before, work] = [process.cwd(), mkdtempSync(join(root, 'work-'))];
    process.chdir(work);
    t.after(() => process.chdir(before));
    mkdirSync('.attn');
    writeFileSync('.attn/prepared', `${data}\n`);
    const tiny = ['--max-steps', '1', '--embedding', '8', '--hidden', '8', '--max-shapes', '1'];
    const last = await attn('train', ...tiny, '--out', 'own');
    assert.match(last.err, new RegExp(`sentence pairs of ${data}, `));
    const embedded = await attn('train', ...tiny, '--data', 'embedded', '--out', 'embedded');
    assert.match(embedded.err, /28,000 sentence pairs of \.attn\/embedded, /);
  });

  test('an evaluation of a model that is still being trained leaves the run folder alone, and says so', async () => {
    const run = join(root, 'model');
    writeLock(run);
    const before = contentOf(run);
    const { code, err } = await attn('eval', '--checkpoints', run, '--out', join(root, 'reports'));
    assert.equal(code, 0, err);
    assert.match(err, /keeps its old model card: a training is under way in this folder: process 4711 on node3/);
    assert.deepEqual(contentOf(run), before);
  });
});
