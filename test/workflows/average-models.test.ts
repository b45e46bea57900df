import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadModel } from '../../src/checkpoints/checkpoint.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { meanOf } from '../../src/workflows/average-models.ts';
import { attn } from '../helpers/command.ts';
import { preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

test('a mean is computed number by number', () => {
  const model = (...values: number[]) => ({ w: { shape: [2], data: Float32Array.from(values) } });
  const mean = meanOf([model(1, 2), model(2, -6), model(6, 1)]);
  assert.deepEqual(mean, model(3, -1));
});

describe('attn average', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-average-'));
  const run = join(folder, 'run');
  const best = join(run, 'best');
  let data: string;
  before(async () => {
    data = await preparedWords(join(folder, 'corpus'));
    const { code, err } = await attn('train', ...tinyTrainingFlags(data, run, 20), '--keep', '3', '--metric', 'loss');
    assert.equal(code, 0, err);
  });
  after(() => rmSync(folder, { recursive: true }));

  test('makes one model from those a run has kept, validated, and accepted by eval and translate', async () => {
    const { code, out, err } = await attn('average', run, '--json');
    assert.equal(code, 0, err);
    const files = readdirSync(best)
      .sort()
      .map((name) => join(best, name));
    const result = JSON.parse(out);
    assert.equal(result.out, `${run}-average`);
    assert.deepEqual(
      result.models.map(({ path }: { path: string }) => path),
      files,
    );
    assert.equal(files.length, 3);
    const average = loadModel(result.out);
    assert.deepEqual(average.parameters, meanOf(files.map((file) => loadModel(file).parameters)));
    assert.deepEqual(average.scores, result.scores);
    const losses = result.models.map(({ scores }: { scores: { loss: number } }) => scores.loss);
    assert.ok(
      average.scores.loss > 0 && average.scores.loss < 1.5 * Math.max(...losses),
      `loss ${average.scores.loss}`,
    );
    assert.match(err, /the average of 3 models has validation BLEU/);

    const card = readFileSync(join(result.out, 'README.md'), 'utf8');
    assert.match(card, /training \| 20 steps, float32, seed/, 'no seconds: an average is not trained');
    assert.match(card, /attn train .*--keep 3.*\nattn average .*step-\d+\.safetensors.* --out/);
    const translated = await attn('translate', '--checkpoint', result.out, 'bami celo', '--quiet');
    assert.equal(translated.code, 0, translated.err);
    assert.equal(translated.out.split('\n').length, 2);
    const report = join(folder, 'report');
    const evaluated = await attn('eval', '--checkpoints', result.out, '--out', report, '--attention', '0', '--json');
    assert.equal(evaluated.code, 0, evaluated.err);
    assert.equal(JSON.parse(evaluated.out).models[0].name, 'run-average');
  });

  test('model files are averaged in the same way, and a model averaged with itself is unchanged', async () => {
    const file = join(best, readdirSync(best)[0]!);
    const out = join(folder, 'twice');
    const { code, err } = await attn('average', file, file, '--out', out);
    assert.equal(code, 0, err);
    const [once, twice] = [loadModel(file), loadModel(out)];
    assert.deepEqual(twice.parameters, once.parameters);
    for (const score of ['loss', 'bleu', 'chrf'] as const) {
      assert.ok(Math.abs(twice.scores[score] - once.scores[score]) < 1e-3, `validated as training did: ${score}`);
    }
  });

  test('invalid averages exit with code 2, and nothing is written', async () => {
    const other = join(folder, 'other');
    const trained = await attn('train', ...tinyTrainingFlags(data, other, 1), '--hidden', '8');
    assert.equal(trained.code, 0, trained.err);
    const out = join(folder, 'none');
    for (const [words, message] of [
      [[other], /there is only one model, so there is nothing to average\n {2}.*--keep 5/],
      [[run, other], /other.model\.safetensors: the checkpoint has another shape/],
      [[run, join(folder, 'absent')], /absent: no such model/],
      [[run, '--out', other], /already holds a model\n {2}remove it, or name another folder/],
    ] as const) {
      const { code, err } = await attn('average', '--out', out, ...words);
      assert.equal(code, 2, err);
      assert.match(err, message);
      assert.ok(!existsSync(out));
    }
  });
});
