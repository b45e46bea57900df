import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Report } from '../../src/reports/types.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { attn } from '../helpers/command.ts';
import { mpis } from '../helpers/mpi.ts';
import { preparedWords } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

describe('attn compare', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-compare-command-'));
  const out = join(folder, 'out');
  let data: string;
  before(async () => {
    data = await preparedWords(join(folder, 'corpus'), 100);
  });
  after(() => rmSync(folder, { recursive: true }));

  test('one model with several seeds gives a report too; options come from a file, flags override it', async () => {
    const config = join(folder, 'compare.yaml');
    writeFileSync(
      config,
      'scores: [dot/local-m]\nseeds: [1, 2]\nembedding: 8\nhidden: 16\nmaxSteps: 3\nmaxShapes: 1\nattention: 1\n',
    );
    const call = await attn('compare', config, '--data', data, '--out', out, '--hidden', '8', '--json', '--quiet');
    assert.equal(call.code, 0, call.err);
    assert.equal(call.err, '');
    const report = JSON.parse(call.out);
    assert.deepEqual(
      report.models.map(({ name }: { name: string }) => name),
      ['dot-local-m-1', 'dot-local-m-2'],
    );
    assert.deepEqual(report.seeds[0].seeds, [1, 2]);
    assert.equal(report.seeds[0].bleu.mean, (report.models[0].bleu.score + report.models[1].bleu.score) / 2);
    assert.deepEqual(report.comparisons, []);
    assert.equal(report.models[0].training.steps, 3);
    assert.ok(existsSync(join(out, 'runs', 'dot-local-m-2', 'model.safetensors')));
  });

  test('with workers, each training starts them; one that fails is named in their words', {
    skip: mpis.every(({ skip }) => skip) && 'there is no MPI here',
  }, async () => {
    const pair = join(folder, 'pair');
    const flags = ['--max-steps', '3', '--max-shapes', '1', '--embedding', '8', '--hidden', '8', '--attention', '1'];
    const words = ['--data', data, '--out', pair, '--workers', '2', ...flags];
    const call = await attn('compare', ...words, '--scores', 'none,dot', '--json');
    assert.equal(call.code, 0, call.err);
    assert.equal(call.err.match(/2 workers by /g)?.length, 2, call.err);
    const { models } = JSON.parse(call.out);
    assert.deepEqual(
      models.map(({ name, training }: Report['models'][number]) => [name, training?.steps]),
      [
        ['none', 3],
        ['dot', 3],
      ],
    );
    // only the memory of a GPU, or a diverging training, fails here: the latter is quick
    const wild = ['--learning-rate', '1e30', '--clip-norm', '0', '--overwrite', '--quiet', '--scores', 'dot'];
    const failed = await attn('compare', ...words, ...wild);
    assert.equal(failed.code, 1);
    assert.match(failed.err, /every training failed: training has diverged at step \d/);
  });

  test('invalid comparisons exit with code 2, and nothing is written', async () => {
    const refuse = async (words: readonly string[], message: RegExp): Promise<void> => {
      const { code, err } = await attn('compare', '--data', data, '--out', join(folder, 'none'), ...words);
      assert.equal(code, 2, err);
      assert.match(err, message);
      assert.ok(!existsSync(join(folder, 'none')), 'nothing was made');
    };
    await refuse(
      ['--scores', 'dot,euclid'],
      /--scores: 'euclid' is not a score function\n {2}scores: none, dot, general/,
    );
    await refuse(['--seeds', '1,two'], /--seeds/);
    await refuse(['--scores', 'dot,transformer', '--hidden', '16'], /transformer: hidden: .*one size/);
    await refuse(['--data', join(folder, 'absent')], /absent: no prepared data/);
    await refuse(['--speed', 'high'], /unknown option/);
  });
});
