// Translating a test split with beam 5, and the time to a first translation, beside PyTorch with the same parameters.
// The model is the run in checkpoints/ (or the folder in ATTN_RUN) with GRU cells and dot attention; the sentences are the
// test split of the data that it was trained on, or Tatoeba's. PyTorch's search is bench/peers/beam.py.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bestRun } from '../src/checkpoints/find-runs.ts';
import { loadTranslator } from '../src/decoding/translator.ts';
import { corpusBleu } from '../src/evaluation/bleu.ts';
import { InputError } from '../src/support/errors.ts';
import { runPython } from './peer.ts';
import type { Benchmark, BenchRow } from './row.ts';
import { tatoeba } from './tatoeba.ts';

const BEAM = 5;
const BATCH = 64;
const ROUNDS = 3;
const peerScript = fileURLToPath(new URL('peers/beam.py', import.meta.url));
const attn = fileURLToPath(new URL('../scripts/attn.mjs', import.meta.url));

export const run: Benchmark = async ({ python }) => {
  const path = process.env.ATTN_RUN ?? bestRun('checkpoints').path;
  const { test } = await tatoeba();
  const sentences = test.it;
  const ways = [
    { name: 'float32, no pruning', precision: 'float32', pruning: 0 },
    { name: 'float32', precision: 'float32', pruning: undefined },
    { name: 'bfloat16', precision: 'bfloat16', pruning: undefined },
  ] as const;
  const rows: BenchRow[] = [];
  const ids = await sourcesOf(path, sentences);
  const peer = async (): Promise<{ seconds: number; translations: number[][] } | undefined> =>
    python === undefined
      ? undefined
      : runPython(python, [peerScript], {
          model: join(path, 'model.safetensors'),
          beam: BEAM,
          batch: BATCH,
          sources: ids,
        });
  const seconds: number[][] = ways.map(() => []);
  const peerSeconds: number[] = [];
  const bleu: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [w, { precision, pruning }] of ways.entries()) {
      const translator = await loadTranslator(path, { backend: 'tensorflow', precision });
      const options = { beam: BEAM, ...(pruning !== undefined && { pruning }) };
      // as for PyTorch: what is loaded and compiled once is not counted
      await translator.translate(sentences, options);
      const start = performance.now();
      const translated = await translator.translate(sentences, options);
      seconds[w]?.push((performance.now() - start) / 1000);
      bleu[w] = corpusBleu(
        translated.map(({ hypotheses }) => hypotheses[0]?.text ?? ''),
        [test.en],
      ).score;
      translator.close();
    }
    const found = await peer();
    if (found !== undefined) peerSeconds.push(found.seconds);
  }
  for (const [w, { name }] of ways.entries()) {
    const own = sentences.length / median(seconds[w] ?? []);
    const other = sentences.length / median(peerSeconds);
    rows.push({
      ...{ what: `beam ${BEAM}, ${name} (BLEU ${bleu[w]?.toFixed(2)})`, value: own, unit: 'sentences/s' },
      ...(peerSeconds.length > 0 && { peer: 'PyTorch, float32', peerValue: other, ratio: own / other }),
    });
  }
  rows.push(await coldStart(path, python, ids));
  return rows;
};

/** The ids that the model reads of each sentence. */
async function sourcesOf(path: string, sentences: readonly string[]): Promise<number[][]> {
  const translator = await loadTranslator(path);
  const [{ checkpoint, vocabularies }] = translator.runs;
  const { arch, score, cell, bidirectional, layers, inputFeeding } = checkpoint.run;
  if (arch !== 'gru' || score !== 'dot' || cell !== 'gru' || bidirectional || layers > 1 || inputFeeding) {
    throw new InputError('the peer knows one-layer GRU models with dot attention only', { where: path });
  }
  translator.close();
  return sentences.map((sentence) => vocabularies.source.encode(sentence));
}

/** From a shell's command to the translation of "Ho fame.", whole processes. */
async function coldStart(path: string, python: string | undefined, ids: readonly number[][]): Promise<BenchRow> {
  const sources = [ids[0] ?? []];
  const own: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < 5; round++) {
    own.push(timed(process.execPath, [attn, 'translate', '--checkpoint', path, '--quiet', 'Ho fame.']));
    const input = JSON.stringify({ model: join(path, 'model.safetensors'), beam: BEAM, batch: 1, sources });
    if (python !== undefined) other.push(timed(python, [peerScript], input));
  }
  const value = median(own);
  return {
    ...{ what: 'cold start, one sentence', value, unit: 's' },
    ...(other.length > 0 && { peer: 'Python with torch', peerValue: median(other), ratio: median(other) / value }),
  };
}

function timed(program: string, words: readonly string[], input = ''): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, words, { input });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
