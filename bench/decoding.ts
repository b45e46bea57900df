// Translates Tatoeba's test split with the run in checkpoints/ (or the folder in ATTN_RUN), compared with other searches
// over the same parameters. The BLEU of each shows that all translate with the same model.
//
// A GRU with dot attention: beam 5, and the time to a first translation, beside PyTorch and JoeyNMT. PyTorch's search is
// bench/peers/beam.py; JoeyNMT's is its own, over its own layers, which bench/peers/joeynmt_beam.py fills with our
// parameters. A transformer: beam 1 and 5 beside CTranslate2, for which bench/peers/ctranslate2_beam.py converts it.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { meantRuns } from '../src/checkpoints/find-runs.ts';
import { loadTranslator } from '../src/decoding/translator.ts';
import { InputError } from '../src/support/errors.ts';
import { hasCtranslate2, hasJoeynmt, runPython } from './peer.ts';
import type { Benchmark, BenchRow } from './row.ts';
import { type Part, tatoeba } from './tatoeba.ts';
import { ownWay, type Speed, takeTurns, type Way } from './ways.ts';

const BEAM = 5;
const BATCH = 64;
const peerScript = fileURLToPath(new URL('peers/beam.py', import.meta.url));
const ctranslate2Script = fileURLToPath(new URL('peers/ctranslate2_beam.py', import.meta.url));
const joeynmtScript = fileURLToPath(new URL('peers/joeynmt_beam.py', import.meta.url));
const attn = fileURLToPath(new URL('../scripts/attn.mjs', import.meta.url));

/** A model's input, its decoder's output, and what a peer must know about it. */
interface Ids {
  readonly ids: number[][];
  readonly decode: (ids: readonly number[]) => string;
  readonly arch: string;
  readonly heads: number;
  readonly activation: string;
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
  const { ids, decode, arch } = await idsOf(path, sentences);
  if (arch === 'transformer') return besideCtranslate2(path, test, python);
  const own = [
    ownWay('float32', path, sentences, { precision: 'float32', beam: BEAM }),
    ownWay('bfloat16', path, sentences, { precision: 'bfloat16', beam: BEAM }),
  ];
  const scripts =
    python === undefined
      ? []
      : [
          { name: 'PyTorch float32', script: peerScript, type: 'float32' },
          { name: 'PyTorch bfloat16', script: peerScript, type: 'bfloat16' },
        ];
  if (python !== undefined && hasJoeynmt(python))
    scripts.push({ name: 'JoeyNMT float32', script: joeynmtScript, type: 'float32' });
  const peers = scripts.map(({ name, script, type }): Way => {
    const input = { model: join(path, 'model.safetensors'), beam: BEAM, batch: BATCH, type, sources: ids };
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

/** A transformer's rows, beside CTranslate2's search where the Python has it. */
async function besideCtranslate2(path: string, test: Part, python: string | undefined): Promise<BenchRow[]> {
  const { ids, decode, heads, activation } = await idsOf(path, test.it);
  const searches = [1, BEAM].flatMap((beam) => (['float32', 'int8'] as const).map((type) => ({ beam, type })));
  const own = [1, BEAM].flatMap((beam) =>
    (['float32', 'bfloat16'] as const).map((precision) =>
      ownWay(`beam ${beam}, ${precision}`, path, test.it, { precision, beam }),
    ),
  );
  const compared = python !== undefined && hasCtranslate2(python);
  const peers = compared ? searches : [];
  /** All searches of one round in one process: converting takes as long as translating. */
  let found: readonly Found[] = [];
  const ways = peers.map(({ beam, type }, i): Way => {
    const translate = async () => {
      if (i === 0) {
        const shape = { heads, activation, threads: availableParallelism(), batch: BATCH, searches };
        const input = { model: join(path, 'model.safetensors'), ...shape, sources: ids };
        found = await runPython<readonly Found[]>(python as string, [ctranslate2Script], input);
      }
      const { seconds, translations } = found[i] as Found;
      return { seconds, texts: translations.map(decode) };
    };
    return { name: `CTranslate2 beam ${beam}, ${type}`, translate };
  });
  const speeds = await takeTurns([...own, ...ways], test.en);
  return own.flatMap(({ name }) => {
    const { speed: value, label: what } = speeds.get(name) as Speed;
    const beam = name.split(',')[0] as string;
    const same = ways.filter((way) => way.name.includes(`${beam},`));
    if (same.length === 0) return [{ what, value, unit: 'sentences/s' }];
    return same.map((way) => {
      const { speed, label } = speeds.get(way.name) as Speed;
      return { what, value, unit: 'sentences/s', peer: label, peerValue: speed, ratio: value / speed };
    });
  });
}

/** The ids that the model reads for each sentence, and a function that decodes its output. */
async function idsOf(path: string, sentences: readonly string[]): Promise<Ids> {
  const translator = await loadTranslator(path);
  const [{ checkpoint, vocabularies }] = translator.runs;
  const { arch, score, cell, bidirectional, layers, inputFeeding, heads, activation } = checkpoint.run;
  const isKnown =
    arch === 'transformer' || (score === 'dot' && cell === 'gru' && !bidirectional && layers === 1 && !inputFeeding);
  if (!isKnown) {
    throw new InputError('the peers know transformers and one-layer GRU models with dot attention only', {
      where: path,
    });
  }
  translator.close();
  const { source, target } = vocabularies;
  const ids = sentences.map((sentence) => source.encode(sentence));
  return { ids, decode: (ids) => target.decode(ids), arch, heads, activation };
}

/** From a shell command to the translation of "Ho fame.", whole processes. */
async function coldStart(path: string, python: string | undefined, ids: readonly number[][]): Promise<BenchRow> {
  const sources = [ids[0] ?? []];
  const own: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < 3; round++) {
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
