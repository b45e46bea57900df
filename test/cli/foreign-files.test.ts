import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { attn } from '../helpers/command.ts';
import { preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

describe('no command deletes or overwrites files it did not write', { skip }, () => {
  const root = mkdtempSync(join(tmpdir(), 'attn-foreign-'));
  const run = join(root, 'run');
  const train = join(root, 'corpus', 'train.tsv');
  let data: string;
  before(async () => {
    data = await preparedWords(join(root, 'corpus'));
    const { code, err } = await attn('train', ...tinyTrainingFlags(data, run, 5));
    assert.equal(code, 0, err);
  });
  after(() => rmSync(root, { recursive: true }));

  function write(path: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'mine');
  }

  /** Each command with somebody else's files in its folder: one with a name that it would write, or any. */
  const cases: readonly (readonly [command: string, words: () => string[], files: readonly string[]])[] = [
    ['train', () => ['--data', data, '--max-steps', '5'], ['notes.txt']],
    ['train', () => ['--data', data, '--max-steps', '5', '--overwrite'], ['README.md']],
    ['train', () => ['--data', data, '--max-steps', '5', '--resume'], ['config.yaml', 'half.tmp']],
    ['export', () => [run], ['README.md']],
    ['average', () => [run, run], ['README.md']],
    ['eval', () => ['--checkpoints', run], ['report.md']],
    ['eval', () => ['--checkpoints', run], ['hypotheses/run.txt']],
    ['vocab', () => ['--train', train, '--type', 'words'], ['source.model']],
    ['prepare', () => ['--train', train], ['target.model']],
    ['prepare', () => ['--train', train], ['manifest.json']],
    ['prepare', () => ['--train', train], ['dev.index']],
    ['data split', () => ['--corpus', train, '--columns', 'it,en'], ['dev.tsv']],
    ['data generate', () => ['--pairs', '100'], ['test.tsv']],
  ];
  for (const [i, [command, words, files]] of cases.entries()) {
    test(`attn ${command} rejects a folder with somebody else's ${files[0]}`, async () => {
      const out = join(root, `out-${i}`);
      for (const name of files) write(join(out, name));
      const { code, err } = await attn(...command.split(' '), ...words(), '--out', out);
      assert.equal(code, 2, err);
      assert.match(err, new RegExp(`out-${i}: holds ${files[0]?.split('/')[0]}, which attn did not write there`));
      for (const name of files) assert.equal(readFileSync(join(out, name), 'utf8'), 'mine');
      assert.deepEqual(readdirSync(out).sort(), files.map((name) => name.split('/')[0]).sort());
    });
  }

  test("a sweep rejects a folder with somebody else's train.sh, and vocabularies stay those of their model", async () => {
    const file = join(root, 'sweep.yaml');
    writeFileSync(file, `data: ${data}\ncommon: {maxSteps: 5}\n`);
    const out = join(root, 'sweep');
    write(join(out, 'train.sh'));
    const { code, err } = await attn('sweep', file, '--out', out, '--overwrite');
    assert.equal(code, 2, err);
    assert.match(err, /holds train.sh, which attn did not write/);
    const inRun = await attn('vocab', '--train', train, '--type', 'words', '--out', run);
    assert.equal(inRun.code, 2);
    assert.match(inRun.err, /holds a model, whose vocabularies would be replaced/);
  });

  test('own earlier results are overwritten: vocabularies, prepared data, an evaluation, a split', async () => {
    const calls = [
      ['vocab', '--train', train, '--type', 'words', '--out', join(root, 'again', 'vocabulary')],
      ['prepare', '--train', train, '--vocabulary', join(root, 'again', 'vocabulary'), '--out', join(root, 'again')],
      ['eval', '--checkpoints', run, '--out', join(root, 'again', 'reports')],
      ['data', 'split', '--corpus', train, '--columns', 'it,en', '--out', join(root, 'again', 'split')],
    ];
    for (const call of [...calls, ...calls]) {
      const { code, err } = await attn(...call);
      assert.equal(code, 0, err);
    }
  });

  test('started again, a training run removes its own files, but neither notes nor an edited card', async () => {
    const out = join(root, 'anew');
    const flags = [...tinyTrainingFlags(data, out, 10), '--keep', '2'];
    assert.equal((await attn('train', ...flags)).code, 0);
    const { card, best, model } = runFolder(out);
    assert.match(readFileSync(card, 'utf8'), /written by attn/);
    for (const name of ['notes.txt', 'draft.tmp', 'best/notes.txt', 'tensorboard/notes.txt', 'last/notes.txt']) {
      write(join(out, name));
    }
    writeFileSync(card, `${readFileSync(card, 'utf8')}And it knows my cat.\n`);
    const edited = readFileSync(card, 'utf8');
    const again = await attn('train', ...flags, '--max-steps', '5', '--overwrite');
    assert.equal(again.code, 0, again.err);
    assert.deepEqual(readdirSync(best), ['notes.txt', 'step-0000005.safetensors']);
    for (const name of ['notes.txt', 'draft.tmp', 'tensorboard/notes.txt', 'last/notes.txt']) {
      assert.equal(readFileSync(join(out, name), 'utf8'), 'mine', name);
    }
    assert.equal(readFileSync(card, 'utf8'), edited);
    const evaluated = await attn('eval', '--checkpoints', out, '--out', join(root, 'edited'));
    assert.match(evaluated.err, /README\.md was edited, so it is left unchanged/);
    assert.equal(readFileSync(card, 'utf8'), edited);
    assert.ok(existsSync(model));
  });

  test('--overwrite of a comparison removes its runs, and leaves other folders in runs/ alone', async () => {
    const out = join(root, 'compared');
    write(join(out, 'runs', 'events.out.tfevents.1'));
    const words = ['--data', data, '--max-steps', '5', '--embedding', '8', '--hidden', '8', '--out', out];
    const first = await attn('compare', '--scores', 'dot,none', ...words, '--overwrite');
    assert.equal(first.code, 0, first.err);
    write(join(out, 'runs', 'mine', 'model.txt'));
    const second = await attn('compare', '--scores', 'dot', ...words, '--overwrite');
    assert.equal(second.code, 0, second.err);
    assert.deepEqual(readdirSync(join(out, 'runs')).sort(), ['dot', 'events.out.tfevents.1', 'mine']);
  });
});
