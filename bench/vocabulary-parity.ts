// Whether attn's model files mean the same to the C++ sentencepiece, and whether its vocabularies are as good.
// 1. Of 10,000 train sentences per language, how many get the same ids from attn and from the C++ library with attn's
// file.
// 2. The number of pieces for the test split, compared with a vocabulary that spm_train made from the same sentences.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '../src/support/random.ts';
import { buildVocabularies } from '../src/vocabulary/build.ts';
import { loadVocabulary } from '../src/vocabulary/load.ts';
import { defaultVocabularyOptions } from '../src/vocabulary/train.ts';
import { runPython } from './peer.ts';
import type { Benchmark, BenchRow } from './row.ts';
import { tatoeba } from './tatoeba.ts';

const SENTENCES = 10_000;
const languages = ['it', 'en'] as const;
const types = ['bpe', 'unigram'] as const;
const script = fileURLToPath(new URL('vocabulary.py', import.meta.url));

interface Encoded {
  readonly pieces: number;
  readonly ids: readonly (readonly number[])[];
}

export const run: Benchmark = async ({ python }) => {
  if (python === undefined) throw new Error('needs --python PATH, a Python with the package sentencepiece');
  const { scratch, train, test } = await tatoeba();
  const build = async (type: (typeof types)[number], size: number, byteFallback: boolean) => {
    const out = join(scratch, `${type}-${size}-${byteFallback}`);
    const { source, target } = await buildVocabularies(train.files.pairs, out, {
      ...{ ...defaultVocabularyOptions, type, size, byteFallback, shared: false },
    });
    return { it: source.path, en: target.path };
  };
  const peerEncode = async (model: string, input: string): Promise<Encoded> =>
    (await runPython<Encoded[]>(python, [script], [{ encode: { model, input, threads: -1, ids: true } }]))[0]!;

  const rows: BenchRow[] = [];
  const random = new Random(1, 'parity sentences');
  const chosen = random.shuffle(train.it.map((_, i) => i)).slice(0, SENTENCES);
  for (const type of types) {
    for (const byteFallback of [false, true]) {
      const models = await build(type, 4000, byteFallback);
      for (const language of languages) {
        const sentences = chosen.map((i) => train[language][i] ?? '');
        const input = join(scratch, 'sentences.txt');
        writeFileSync(input, `${sentences.join('\n')}\n`);
        const { ids } = await peerEncode(models[language], input);
        const vocabulary = await loadVocabulary(models[language]);
        const equal = sentences.filter((text, i) => vocabulary.encode(text).join() === ids[i]?.join()).length;
        rows.push({
          what: `${type} 4000${byteFallback ? ', byte fallback' : ''}, ${language}: same ids`,
          ...{ value: equal, unit: 'sentences', peer: 'sentencepiece', peerValue: SENTENCES, ratio: equal / SENTENCES },
        });
      }
    }
  }
  for (const type of types) {
    for (const size of [4000, 8000]) {
      const models = await build(type, size, false);
      for (const language of languages) {
        const out = join(scratch, 'peer');
        await runPython(python, [script], [{ train: { input: train.files[language], out, type, size, bytes: false } }]);
        const theirs = (await peerEncode(`${out}.model`, test.files[language])).pieces;
        const vocabulary = await loadVocabulary(models[language]);
        const ours = test[language].reduce((sum, sentence) => sum + vocabulary.encode(sentence).length, 0);
        rows.push({
          what: `${type} ${size}, ${language}: test split`,
          ...{ value: ours, unit: 'pieces', peer: 'spm_train', peerValue: theirs, ratio: theirs / ours },
        });
      }
    }
  }
  return rows;
};
