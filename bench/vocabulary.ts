// Training and encoding Tatoeba's train split compared with the C++ sentencepiece: same sentences, types and sizes.
// Each figure is the median of three rounds, with ours and the peer's in turn. attn uses one thread here; sentencepiece
// trains with its default number (16), and encodes once with one thread and once with its default.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildVocabularies } from '../src/vocabulary/build.ts';
import { loadVocabulary } from '../src/vocabulary/load.ts';
import { defaultVocabularyOptions } from '../src/vocabulary/train.ts';
import { runPython } from './peer.ts';
import type { Benchmark, BenchRow } from './row.ts';
import { tatoeba } from './tatoeba.ts';

const ROUNDS = 3;
const SIZE = 4000;
const languages = ['it', 'en'] as const;
const script = fileURLToPath(new URL('vocabulary.py', import.meta.url));

export const run: Benchmark = async ({ python }) => {
  const { scratch, train } = await tatoeba();
  const peerSeconds = async (tasks: readonly object[]): Promise<number | undefined> => {
    if (python === undefined) return undefined;
    const results = await runPython<{ readonly seconds: number }[]>(python, [script], tasks);
    return results.reduce((sum, { seconds }) => sum + seconds, 0);
  };
  const rows: BenchRow[] = [];
  for (const type of ['bpe', 'unigram'] as const) {
    const out = join(scratch, type);
    const models = { it: join(out, 'source.model'), en: join(out, 'target.model') };
    rows.push(
      await compare(
        `train ${type} ${SIZE}, it and en`,
        () =>
          buildVocabularies(train.files.pairs, out, { ...defaultVocabularyOptions, type, size: SIZE, shared: false }),
        () =>
          peerSeconds(
            languages.map((language) => ({
              train: { input: train.files[language], out: join(scratch, 'peer'), type, size: SIZE, bytes: false },
            })),
          ),
        'sentencepiece, its default threads',
      ),
    );
    for (const [threads, words] of [
      [1, 'sentencepiece, 1 thread'],
      [-1, 'sentencepiece, its default threads'],
    ] as const) {
      rows.push(
        await compare(
          `encode ${type}, it and en, 1 thread`,
          async () => {
            for (const language of languages) {
              const vocabulary = await loadVocabulary(models[language]);
              for (const sentence of train[language]) vocabulary.encode(sentence);
            }
          },
          () =>
            peerSeconds(
              languages.map((language) => ({
                encode: { model: models[language], input: train.files[language], threads, ids: false },
              })),
            ),
          words,
        ),
      );
    }
    rows.push({ what: `${type} model file, it`, value: readFileSync(models.it).length / 1000, unit: 'kB' });
  }
  return rows;
};

async function compare(
  what: string,
  ours: () => Promise<unknown>,
  theirs: () => Promise<number | undefined>,
  peer: string,
): Promise<BenchRow> {
  const own: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await ours();
    own.push((performance.now() - start) / 1000);
    const seconds = await theirs();
    if (seconds !== undefined) other.push(seconds);
  }
  const value = median(own);
  if (other.length === 0) return { what, value, unit: 's' };
  return { what, value, unit: 's', peer, peerValue: median(other), ratio: median(other) / value };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
