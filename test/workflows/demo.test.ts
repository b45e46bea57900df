import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { presets } from '../../src/config/presets.ts';
import { runSchema } from '../../src/config/run.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { demo } from '../../src/workflows/demo.ts';
import { preparedWords } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

test('the demonstration has a budget of steps, so that it ends the same everywhere', () => {
  const { maxSteps, maxMinutes, epochs } = presets.demo;
  assert.ok(maxSteps !== undefined && maxMinutes === undefined && epochs === undefined);
});

describe('a demonstration made small', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-demo-'));
  after(() => rmSync(folder, { recursive: true }));

  test('compares four models and lets the best with attention translate three sentences of increasing length', async () => {
    const data = await preparedWords(join(folder, 'corpus'), 200);
    const common = runSchema.parse({ ...presets.demo, embedding: 8, hidden: 8, maxSteps: 6, validateEvery: 6 });
    const said: string[] = [];
    const result = await demo(
      {
        ...{ out: join(folder, 'out'), overwrite: false, signal: new AbortController().signal, listeners: [] },
        say: (text) => said.push(text),
      },
      { common, beam: 1, notes: ['smaller than usual'] },
      data,
    );
    assert.ok(result);
    const { report, model, translations, failures } = result;
    assert.deepEqual(failures, []);
    assert.deepEqual(
      report.models.map(({ name }) => name),
      ['none', 'dot', 'general', 'concat'],
    );
    assert.equal(report.test.sentences, 20);
    assert.equal(report.comparisons.filter(({ metric, test }) => metric === 'bleu' && test === 'bootstrap').length, 6);
    assert.ok(report.notes?.includes('smaller than usual') && said.includes('smaller than usual'));
    assert.ok(['dot', 'general', 'concat'].includes(model));
    const lengths = translations.map(({ source }) => source.split(' ').length);
    assert.deepEqual(
      lengths,
      lengths.toSorted((a, b) => a - b),
    );
    assert.equal(translations.length, 3);
    for (const { attention, text } of translations) assert.equal(attention.text.hypothesis, text);
    assert.ok(existsSync(join(folder, 'out', 'report.html')));
  });
});
