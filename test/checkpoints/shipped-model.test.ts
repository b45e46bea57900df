import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadModel } from '../../src/checkpoints/checkpoint.ts';
import { shippedModel } from '../../src/checkpoints/find-runs.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { loadTranslator } from '../../src/decoding/translator.ts';

// The model in checkpoints/it-en, which scripts/ship/ship.sh makes.
const { model, card } = runFolder(shippedModel);
const skip = existsSync(model) ? false : 'this checkout has no checkpoints/it-en';

test('the shipped model is small, in bfloat16, and comes with what translating needs and nothing else', {
  skip,
}, () => {
  assert.deepEqual(readdirSync(shippedModel).sort(), [
    ...['README.md', 'config.yaml', 'model.safetensors', 'source.model', 'target.model'],
  ]);
  assert.ok(statSync(model).size < 10e6, `${statSync(model).size} bytes`);
  assert.match(readFileSync(model).subarray(0, 5000).toString('latin1'), /"dtype":"BF16"/);
  const { languages } = loadModel(model);
  assert.deepEqual(languages, { source: 'it', target: 'en' });
});

test("the shipped model names nothing of the machine it was trained on, and its card the corpus's licence and authors", {
  skip,
}, () => {
  for (const file of ['README.md', 'config.yaml']) {
    assert.doesNotMatch(readFileSync(join(shippedModel, file), 'utf8'), /(^|[\s"'`:=(])\/\w+\/\w/m, file);
  }
  const { __metadata__ } = JSON.parse(header(readFileSync(model)));
  assert.doesNotMatch(__metadata__.run, /"(data|out)":"(\/|(\.\.\/){3})/);
  const text = readFileSync(card, 'utf8');
  for (const needed of [/CC BY 2\.0 FR/, /credits? tatoeba\.org/, /95 % interval/, /## What it cannot do/])
    assert.match(text, needed);
});

test('the shipped model translates everyday sentences', { skip }, async () => {
  const translator = await loadTranslator(shippedModel);
  const translations = await translator.translate([
    ...['Ho fame.', 'Il gatto dorme sul letto.', 'Non ho capito cosa hai detto.'],
  ]);
  translator.close();
  const [hungry, cat, understood] = translations.map(({ hypotheses }) => hypotheses[0]?.text ?? '');
  assert.match(hungry!, /^I('m| am) hungry\.$/);
  assert.match(cat!, /^(The|A|My) cat (is sleeping|sleeps|slept) (on|in) the bed\.$/);
  assert.match(
    understood!,
    /^I (didn't|did not|don't|do not|haven't) (understand|understood|get|catch) what you('ve| have)? ?(said|say)\.$/,
  );
});

function header(bytes: Buffer): string {
  return bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString('utf8');
}
