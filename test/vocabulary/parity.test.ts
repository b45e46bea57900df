import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runPython } from '../../bench/peer.ts';
import { ProtoWriter } from '../../src/support/protobuf.ts';
import { Random } from '../../src/support/random.ts';
import { extendModel } from '../../src/vocabulary/extend.ts';
import { loadVocabulary } from '../../src/vocabulary/load.ts';
import { isOwnModelFile, readModelFile } from '../../src/vocabulary/model-file.ts';
import type { VocabularyOptions } from '../../src/vocabulary/train.ts';
import { UNKNOWN, type Vocabulary, type VocabularyType } from '../../src/vocabulary/vocabulary.ts';
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
const subwords = ['bpe', 'unigram'] as const;
/** The newer ones, encoded with fewer sentences. */
const others: readonly {
  readonly type: VocabularyType;
  readonly name: string;
  readonly options: Partial<VocabularyOptions>;
}[] = [
  { type: 'char', name: '', options: {} },
  { type: 'char', name: ' nfkc_cf', options: { normalization: 'nfkc_cf' } },
  ...subwords.flatMap((type) => [
    { type, name: ' digits', options: { splitDigits: true } },
    { type, name: ' nfkc_cf', options: { normalization: 'nfkc_cf' } as const },
    { type, name: ' identity', options: { normalization: 'identity' } as const },
  ]),
];
const texts = [...sentences, ...fixture.odd];
const fewer = [...sentences.filter((_, i) => i % 4 === 0), ...fixture.odd];

function assertEncodes(vocabulary: Vocabulary, of: readonly string[], expected: Encoded | undefined): void {
  assert.deepEqual(
    of.map((text) => vocabulary.encode(text)),
    expected?.ids,
  );
  assert.deepEqual(
    expected?.ids.map((ids) => vocabulary.decode(ids)),
    expected?.decoded,
  );
}

const old = subwords.flatMap((type) => Object.entries(variants).map(([name, options]) => ({ type, name, options })));
for (const { of, cases } of [
  { of: texts, cases: old },
  { of: fewer, cases: others },
]) {
  for (const { type, name, options } of cases) {
    test(`${type}${name}: ids and decoded text equal those of the C++ sentencepiece on our model file`, async () => {
      const vocabulary = await vocabularyOf({ type, size: fixture.size, ...options });
      assertEncodes(vocabulary, of, fixture.encoded[type + name]);
    });
  }
}

for (const type of ['char', 'bpe', 'unigram'] as const)
  test(`${type}, extended: the old pieces keep their ids, the new ones follow, as the C++ sentencepiece reads it`, async () => {
    const old = trained({ type, size: fixture.size });
    const before = await loadVocabulary(modelPath(old));
    const model = extendModel(old, ['due', 'casa', 'GRIDA'], 'old.model');
    const vocabulary = await loadVocabulary(modelPath(model));
    assertEncodes(vocabulary, fewer, fixture.encoded[`${type} extended`]);
    const pieces = (of: Vocabulary) => Array.from({ length: of.size }, (_, id) => of.piece(id));
    assert.deepEqual(pieces(vocabulary), [...pieces(before), 'due', 'casa', 'GRIDA']);
    assert.deepEqual(vocabulary.encode('Ho fame.'), before.encode('Ho fame.'), 'a sentence without them is as it was');
    assert.ok(isOwnModelFile(model));
    for (const symbols of [['due', 'due'], ['a b'], [''], [pieces(before)[10] ?? ''], ['</s>']]) {
      assert.throws(() => extendModel(old, symbols, 'old.model'), /cannot be a symbol/, String(symbols));
    }
    assert.throws(() => extendModel(model, ['casa'], 'more.model'), /"casa" cannot be a symbol/);
  });

test('what another trainer wrote in a model file stays when it is extended, and a vocabulary of words is refused', () => {
  const trainer = new ProtoWriter().bytes(1, 'corpus.txt').integer(4, 400);
  const foreign = Buffer.concat([trained({ type: 'bpe' }), new ProtoWriter().bytes(2, trainer).finish()]);
  assert.ok(!isOwnModelFile(foreign));
  const extended = extendModel(foreign, ['due'], 'foreign.model');
  assert.ok(!isOwnModelFile(extended));
  assert.ok(foreign.equals(extended.subarray(0, foreign.length)));
  assert.equal(readModelFile(extended, 'foreign.model').pieces.length, 401);
  assert.throws(() => extendModel(trained({ type: 'words', size: 100 }), ['due'], 'w.model'), /words have no user/);
});

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
