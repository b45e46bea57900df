import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadTranslator } from '../../src/decoding/translator.ts';
import { exportOnnx } from '../../src/workflows/export-onnx.ts';
import { toyPair } from '../dataset/toy-corpus.ts';
import { scratchFolder, type ToyRun, writeToyRun } from '../decoding/toy-run.ts';
import { pythonWith } from '../helpers/python.ts';

const scratch = scratchFolder();
const script = (name: string) => fileURLToPath(new URL(`../../docs/python/${name}`, import.meta.url));
const sentences = [
  ...Array.from({ length: 12 }, (_, i) => toyPair(i).source),
  '',
  'casa',
  'parole che nessuno conosce',
];

/** Greedy translations by attn, and by a script in Python. */
async function both(path: string, python: string, words: readonly string[]): Promise<[string[], string[]]> {
  const translator = await loadTranslator(path, { backend: 'wasm' });
  const translations = await translator.translate(sentences, { beam: 1, lengthPenalty: 0, attention: 'none' });
  await translator.close();
  const { stdout, stderr, status } = spawnSync(python, words, { input: sentences.join('\n'), encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return [translations.map(({ hypotheses }) => hypotheses[0]!.text), stdout.replace(/\n$/, '').split('\n')];
}

/** Models that end their sentences, and whose sentences differ. */
const kinds: Readonly<Record<string, ToyRun>> = {
  dot: { likes: { 3: 0.2 } },
  'general, two layers, tied': {
    likes: { 3: 0.2 },
    seed: 2,
    options: { score: 'general', layers: 2, tieEmbeddings: true },
  },
  none: { likes: { 3: 0.2 }, options: { score: 'none' } },
};

const torch = pythonWith('torch', 'safetensors', 'sentencepiece');
const onnx = pythonWith('onnxruntime', 'sentencepiece');
for (const [name, toy] of Object.entries(kinds)) {
  test(`docs/python/translate_torch.py translates like attn: ${name}`, {
    skip: 'skip' in torch && torch.skip,
  }, async () => {
    const path = await writeToyRun(join(scratch, `torch ${name}`), toy);
    const [ours, theirs] = await both(path, (torch as { python: string }).python, [script('translate_torch.py'), path]);
    // an empty line has no words for attn; a model generates something anyway
    theirs[sentences.indexOf('')] = '';
    assert.deepEqual(theirs, ours);
    assert.ok(new Set(ours).size > 2, `only ${new Set(ours).size} different sentences`);
  });
}

test('docs/python/translate_onnx.py translates like attn', { skip: 'skip' in onnx && onnx.skip }, async () => {
  const path = await writeToyRun(join(scratch, 'onnx'), kinds.dot);
  const folder = join(scratch, 'exported');
  await exportOnnx(path, folder);
  const [ours, theirs] = await both(path, (onnx as { python: string }).python, [script('translate_onnx.py'), folder]);
  theirs[sentences.indexOf('')] = '';
  assert.deepEqual(theirs, ours);
});
