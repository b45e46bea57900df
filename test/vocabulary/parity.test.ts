import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runPython } from '../../bench/peer.ts';
import { Random } from '../../src/support/random.ts';
import { loadVocabulary } from '../../src/vocabulary/load.ts';
import { UNKNOWN } from '../../src/vocabulary/vocabulary.ts';
import { modelPath, sentences, trained, vocabularyOf } from './helpers.ts';

/** The C++ sentencepiece's results for our sentences with our model files (make-sentencepiece.py). */
interface Encoded {
  readonly ids: readonly (readonly number[])[];
  readonly decoded: readonly string[];
}
const script = fileURLToPath(new URL('../fixtures/make-sentencepiece.py', import.meta.url));
const fixture = JSON.parse(readFileSync(new URL('../fixtures/sentencepiece.json', import.meta.url), 'utf8')) as {
  readonly size: number;
  readonly odd: readonly string[];
  readonly encoded: Readonly<Record<string, Encoded>>;
};
const variants = { '': {}, ' bytes': { byteFallback: true }, ' symbols': { userSymbols: ['due', 'casa'] } } as const;

for (const type of ['bpe', 'unigram'] as const) {
  for (const [name, options] of Object.entries(variants)) {
    test(`${type}${name}: ids and decoded text equal those of the C++ sentencepiece on our model file`, async () => {
      const vocabulary = await vocabularyOf({ type, size: fixture.size, ...options });
      const expected = fixture.encoded[type + name];
      const texts = [...sentences, ...fixture.odd];
      assert.deepEqual(
        texts.map((text) => vocabulary.encode(text)),
        expected?.ids,
      );
      assert.deepEqual(
        expected?.ids.map((ids) => vocabulary.decode(ids)),
        expected?.decoded,
      );
    });
  }
}

// A Python with sentencepiece: ATTN_PYTHON=PATH node scripts/test.mjs vocabulary/parity
const python = process.env.ATTN_PYTHON ?? '';

test('2,000 sentences of random odd text get the ids of the C++ sentencepiece', {
  skip: python === '' && 'ATTN_PYTHON names no Python with sentencepiece',
}, async () => {
  const random = new Random(3, 'odd text');
  const parts = [...fixture.odd, ...sentences.join(' ').split(' '), ' ', '  ', '0', '00', '☃', '\u0301', '日'];
  const texts = Array.from({ length: 2000 }, () =>
    Array.from({ length: 1 + random.integer(12) }, () => random.choice(parts)).join(random.choice(['', ' '])),
  );
  for (const type of ['bpe', 'unigram'] as const) {
    for (const options of Object.values(variants)) {
      const model = modelPath(trained({ type, size: fixture.size, ...options }));
      const { ids, decoded } = await runPython<Encoded>(python, [script, '-'], { model, sentences: texts });
      const vocabulary = await loadVocabulary(model);
      assert.deepEqual(
        texts.map((text) => vocabulary.encode(text)),
        ids,
      );
      assert.deepEqual(
        ids.map((line) => vocabulary.decode(line)),
        decoded,
      );
    }
  }
});

test('the C++ sentencepiece finds the same words; it counts a run of unknown ones as one', {
  skip: python === '' && 'ATTN_PYTHON names no Python with sentencepiece',
}, async () => {
  const model = modelPath(trained({ type: 'words', size: 100 }));
  const vocabulary = await loadVocabulary(model);
  const texts = [...sentences, ...fixture.odd];
  const { ids } = await runPython<Encoded>(python, [script, '-'], { model, sentences: texts });
  const once = (line: readonly number[]) => line.filter((id, i) => id !== UNKNOWN || line[i - 1] !== UNKNOWN);
  assert.deepEqual(
    texts.map((text) => once(vocabulary.encode(text))),
    ids,
  );
});
