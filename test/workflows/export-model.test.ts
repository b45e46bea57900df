import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { loadModel } from '../../src/checkpoints/checkpoint.ts';
import { loadTranslator } from '../../src/decoding/translator.ts';
import { toyPair } from '../dataset/toy-corpus.ts';
import { scratchFolder, writeToyRun } from '../decoding/toy-run.ts';
import { attn } from '../helpers/command.ts';
import { smallDisk } from '../helpers/small-disk.ts';

const scratch = scratchFolder();
const run = join(scratch, 'run');
const sentences = Array.from({ length: 4 }, (_, i) => toyPair(i).source);
before(async () => {
  await writeToyRun(run, { options: { embedding: 64, hidden: 64 } });
  mkdirSync(join(run, 'last'));
  writeFileSync(join(run, 'last', 'training.safetensors'), 'large');
});

/** The largest relative step between neighbouring numbers. */
const spacing = { float32: 0, float16: 2 ** -11, bfloat16: 2 ** -8 };

for (const precision of ['float32', 'float16', 'bfloat16'] as const) {
  test(`exported in ${precision}, a model is what translating needs and no more, and translates the same`, async () => {
    const out = join(scratch, precision);
    const { code, out: printed, err } = await attn('export', run, '--precision', precision, '--out', out, '--json');
    assert.equal(code, 0, err);
    assert.deepEqual(readdirSync(out).sort(), ['README.md', 'model.safetensors', 'source.model', 'target.model']);
    const bytes = statSync(join(out, 'model.safetensors')).size;
    assert.deepEqual(JSON.parse(printed), { out, precision, bytes });
    const whole = statSync(join(run, 'model.safetensors')).size;
    const numbers = Object.values(loadModel(run).parameters).reduce((sum, { data }) => sum + data.length, 0);
    assert.equal(whole - bytes >= (precision === 'float32' ? 0 : 2 * numbers), true, `${bytes} of ${whole} bytes`);

    const [before, after] = [loadModel(run), loadModel(out)];
    assert.deepEqual([after.run, after.scores, after.step], [before.run, before.scores, before.step]);
    for (const [name, { data }] of Object.entries(before.parameters)) {
      const read = after.parameters[name]!.data;
      const far = data.findIndex(
        (value, i) => Math.abs(value - read[i]!) > spacing[precision] * Math.abs(value) + 2 ** -25,
      );
      assert.equal(far, -1, `${name}[${far}] is ${read[far]}, was ${data[far]}`);
    }
    assert.match(readFileSync(join(out, 'README.md'), 'utf8'), new RegExp(`attn translate --checkpoint ${out}`));

    const probabilities = async (path: string) => {
      const translator = await loadTranslator(path, { backend: 'wasm', threads: 1 });
      const translated = await translator.translate(sentences, { beam: 1, minOutputLength: 5, maxOutputLength: 5 });
      translator.close();
      return translated.map(({ hypotheses }) => hypotheses[0]!.logProbability);
    };
    const [expected, found] = [await probabilities(run), await probabilities(out)];
    for (const [i, value] of expected.entries())
      assert.ok(Math.abs(value - found[i]!) < 0.2, `${value} and ${found[i]}`);
    if (precision === 'float32') assert.deepEqual(found, expected);
  });
}

test('an export to a full disk says so, without mentioning training', async (t) => {
  const disk = smallDisk(t, '64k');
  if (disk === undefined) return t.skip('no file system can be mounted: Linux and root only');
  const { code, err } = await attn('export', run, '--out', join(disk, 'out'));
  assert.equal(code, 1);
  assert.match(err, /the disk is full; nothing was written\n {2}free some space, then run the same command again/);
  assert.doesNotMatch(err, /resume|checkpoint/);
});

test('invalid exports exit with code 2', async () => {
  const large = await writeToyRun(join(scratch, 'large'), { likes: { 7: 70_100 } });
  const none = join(scratch, 'none');
  for (const [words, message] of [
    [
      [large, '--precision', 'float16'],
      /output\.bias has 7\d{4}.*, but the largest float16 is 65504\n {2}--precision bfloat16/,
    ],
    [[join(scratch, 'absent')], /absent: no such model/],
    [[run, '--precision', 'float8'], /float8.*float32, float16, bfloat16/],
    [[run, '--out', run], /run: already holds a model/],
    [[run, '--out', '/proc/attn/model'], /cannot be written/],
  ] as const) {
    const { code, err } = await attn('export', '--out', none, ...words);
    assert.equal(code, 2, err);
    assert.match(err, message);
    assert.ok(!existsSync(none));
  }
  const { code } = await attn('export', large, '--precision', 'bfloat16', '--out', none);
  assert.equal(code, 0);
});
