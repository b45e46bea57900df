// Translates a test split with beam 5, and measures the time to a first translation, compared with PyTorch and JoeyNMT
// with the same parameters. The model is the run in checkpoints/ (or the folder in ATTN_RUN) with GRU cells and dot
// attention; the sentences are Tatoeba's test split. PyTorch's search is bench/peers/beam.py; JoeyNMT's is its own,
// over its own layers, which bench/peers/joeynmt_beam.py fills with our parameters. The BLEU of each shows that all
// translate with the same model.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { meantRuns } from '../src/checkpoints/find-runs.ts';
import { loadTranslator } from '../src/decoding/translator.ts';
import { corpusBleu } from '../src/evaluation/bleu.ts';
import { InputError } from '../src/support/errors.ts';
import { hasJoeynmt, runPython } from './peer.ts';
import type { Benchmark, BenchRow } from './row.ts';
import { tatoeba } from './tatoeba.ts';

const BEAM = 5;
const BATCH = 64;
const ROUNDS = 3;
const peerScript = fileURLToPath(new URL('peers/beam.py', import.meta.url));
const joeynmtScript = fileURLToPath(new URL('peers/joeynmt_beam.py', import.meta.url));
const attn = fileURLToPath(new URL('../scripts/attn.mjs', import.meta.url));

/** A way to translate the test split. */
interface Way {
  readonly name: string;
  /** @returns the seconds it takes after warming up, and the translations */
  readonly translate: () => Promise<{ readonly seconds: number; readonly texts: readonly string[] }>;
}

/** The output of a peer. */
interface Found {
  readonly seconds: number;
  readonly translations: readonly (readonly number[])[];
}

export const run: Benchmark = async ({ python }) => {
  const path = process.env.ATTN_RUN ?? meantRuns('checkpoints').paths[0];
  const { test } = await tatoeba();
  const sentences = test.it;
  const { ids, decode } = await idsOf(path, sentences);
  const own = [
    ownWay('float32, no pruning', path, sentences, { precision: 'float32', pruning: 0 }),
    ownWay('float32', path, sentences, { precision: 'float32' }),
    ownWay('bfloat16', path, sentences, { precision: 'bfloat16' }),
  ];
  const scripts = python === undefined ? [] : [{ name: 'PyTorch float32', script: peerScript }];
  if (python !== undefined && hasJoeynmt(python)) scripts.push({ name: 'JoeyNMT float32', script: joeynmtScript });
  const peers = scripts.map(({ name, script }): Way => {
    const input = { model: join(path, 'model.safetensors'), beam: BEAM, batch: BATCH, sources: ids };
    const translate = async () => {
      const { seconds, translations } = await runPython<Found>(python ?? '', ['-W', 'ignore', script], input);
      return { seconds, texts: translations.map(decode) };
    };
    return { name, translate };
  });
  const speeds = await takeTurns([...own, ...peers], test.en);
  const rows: BenchRow[] = [];
  for (const peer of peers.length > 0 ? peers : [undefined]) {
    for (const { name } of own) {
      const { speed: value, label } = speeds.get(name) as Speed;
      const other = peer && speeds.get(peer.name);
      rows.push({
        ...{ what: `beam ${BEAM}, ${label}`, value, unit: 'sentences/s' },
        ...(other && { peer: other.label, peerValue: other.speed, ratio: value / other.speed }),
      });
    }
  }
  rows.push(await coldStart(path, python, ids));
  return rows;
};

/** A way's sentences per second, and its name with the BLEU of its translations. */
interface Speed {
  readonly speed: number;
  readonly label: string;
}

/** Lets all translate in turn, for several rounds. */
async function takeTurns(ways: readonly Way[], references: readonly string[]): Promise<Map<string, Speed>> {
  const seconds = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  const bleu = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, translate } of ways) {
      const found = await translate();
      seconds.get(name)?.push(found.seconds);
      bleu.set(name, corpusBleu(found.texts, [references]).score);
    }
  }
  return new Map(
    [...seconds].map(([name, times]) => {
      const label = `${name} (BLEU ${bleu.get(name)?.toFixed(2)})`;
      return [name, { speed: references.length / median(times), label }];
    }),
  );
}

function ownWay(
  name: string,
  path: string,
  sentences: readonly string[],
  { precision, ...search }: { readonly precision: 'float32' | 'bfloat16'; readonly pruning?: number },
): Way {
  const options = { beam: BEAM, attention: 'none', ...search } as const;
  const translate = async () => {
    const translator = await loadTranslator(path, { backend: 'tensorflow', precision });
    // as for the peers: loading and compiling do not count
    await translator.translate(sentences, options);
    const start = performance.now();
    const translated = await translator.translate(sentences, options);
    const seconds = (performance.now() - start) / 1000;
    translator.close();
    return { seconds, texts: translated.map(({ hypotheses }) => hypotheses[0]?.text ?? '') };
  };
  return { name, translate };
}

/** The ids that the model reads for each sentence, and a function that decodes its output. */
async function idsOf(
  path: string,
  sentences: readonly string[],
): Promise<{ readonly ids: number[][]; readonly decode: (ids: readonly number[]) => string }> {
  const translator = await loadTranslator(path);
  const [{ checkpoint, vocabularies }] = translator.runs;
  const { arch, score, cell, bidirectional, layers, inputFeeding } = checkpoint.run;
  if (arch !== 'gru' || score !== 'dot' || cell !== 'gru' || bidirectional || layers > 1 || inputFeeding) {
    throw new InputError('the peers know one-layer GRU models with dot attention only', { where: path });
  }
  translator.close();
  const { source, target } = vocabularies;
  return { ids: sentences.map((sentence) => source.encode(sentence)), decode: (ids) => target.decode(ids) };
}

/** From a shell command to the translation of "Ho fame.", whole processes. */
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
