import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { benchmark } from '../../src/workflows/benchmark.ts';
import { preparedWords } from '../helpers/word-corpus.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-benchmark-'));
after(() => rmSync(folder, { recursive: true }));

test('every rate is measured, also in bfloat16 if the engine has it', async () => {
  const said: string[] = [];
  const result = await benchmark(await preparedWords(folder), (text) => said.push(text), 0.5);
  const { gflops, targetTokensPerSecond, sentencesPerSecond, ...machine } = result;
  for (const { float32, bfloat16 } of [gflops, targetTokensPerSecond, sentencesPerSecond]) {
    assert.ok(float32 > 0 && Number.isFinite(float32));
    if (hasTensorFlow()) assert.ok(bfloat16 !== null && bfloat16 > 0 && Number.isFinite(bfloat16));
    else assert.equal(bfloat16, null);
  }
  assert.equal(machine.backend, hasTensorFlow() ? 'tensorflow' : 'wasm');
  assert.ok(machine.threads >= 1 && machine.processor !== '');
  assert.equal(said.length, hasTensorFlow() ? 6 : 3);
});
