import assert from 'node:assert/strict';
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadTranslator } from '../../src/library/index.ts';
import { scratchFolder, writeToyRun } from '../decoding/toy-run.ts';
import { attn } from '../helpers/command.ts';
import { editCheckpoint } from '../helpers/edit-checkpoint.ts';

const scratch = scratchFolder();
const home = process.cwd();
before(async () => {
  process.chdir(scratch);
  await writeToyRun('good');
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    cpSync('good', String(value), { recursive: true });
    editCheckpoint(join(String(value), 'model.safetensors'), {}, value);
  }
  writeFileSync('test.tsv', 'casa\thouse\n');
});
after(() => process.chdir(home));

test('every command that loads a model rejects NaN weights, naming the tensor', async () => {
  for (const run of ['NaN', 'Infinity']) {
    const refused = new RegExp(`^attn: ${run}/model\\.safetensors: unusable checkpoint: \\S+ contains ${run} `);
    for (const words of [
      ['translate', '--checkpoint', run, 'casa'],
      ['translate', '--checkpoint', `good,${run}`, 'casa'],
      ['eval', '--checkpoints', run, '--test', 'test.tsv', '--out', 'out'],
      ['export', run, '--out', 'out'],
      ['average', 'good/model.safetensors', `${run}/model.safetensors`, '--out', 'out'],
      ['average', `${run}/model.safetensors`, 'good/model.safetensors', '--out', 'out'],
      ['self-attention', '--checkpoint', run, '--sentence', 'casa'],
    ]) {
      const { code, out, err } = await attn(...words);
      assert.equal(code, 2, `${words.join(' ')}: ${err}`);
      assert.match(err, refused);
      assert.equal(out, '');
      assert.ok(!existsSync('out'), words.join(' '));
    }
    await assert.rejects(loadTranslator(run), /unusable checkpoint/);
  }
});
