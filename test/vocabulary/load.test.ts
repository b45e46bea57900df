import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../../src/support/errors.ts';
import { readCharsmap } from '../../src/vocabulary/charsmap.ts';
import { loadVocabulary } from '../../src/vocabulary/load.ts';
import { PieceKind, readModelFile, specialPieces, writeModelFile } from '../../src/vocabulary/model-file.ts';
import { createNormalizer } from '../../src/vocabulary/normalizer.ts';
import { loadSentencePiece } from '../../src/vocabulary/sentencepiece.ts';
import { BOS, EOS, PAD, UNKNOWN } from '../../src/vocabulary/vocabulary.ts';
import { modelPath, scratch, sentences, trained, vocabularyOf } from './helpers.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(' ', '  ', '▁', 'a', 'e\u0301', 'Il', 'gatto', '\u00a0', '½', '<s>', '☃', '.') }),
);

for (const type of ['bpe', 'unigram'] as const) {
  test(`${type} with byte fallback: decode(encode(x)) is x normalised, for any text`, async () => {
    const model = trained({ type, byteFallback: true, size: 600 });
    const vocabulary = await loadVocabulary(modelPath(model));
    const words = createNormalizer(readCharsmap(readModelFile(model, 'x').normalizer.charsmap));
    fc.assert(
      fc.property(anyText, (text) => {
        const ids = vocabulary.encode(text);
        assert.ok(ids.every((id) => id > EOS && id < vocabulary.size));
        const normalised = words(text)
          .map((word) => word.slice(1))
          .join(' ');
        assert.equal(vocabulary.decode(ids), normalised);
      }),
      { numRuns: 500 },
    );
  });

  test(`${type}: a sentence built from cached words equals sentencepiece-js's result for the whole`, async () => {
    for (const options of [{}, { byteFallback: true, size: 600 }, { userSymbols: ['gatto', '☃'] }]) {
      const model = trained({ type, ...options });
      const path = modelPath(model);
      const vocabulary = await loadVocabulary(path);
      const whole = await loadSentencePiece(path, model);
      for (const sentence of sentences) assert.deepEqual(vocabulary.encode(sentence), whole.encode(sentence));
      fc.assert(fc.property(anyText, (text) => assert.deepEqual(vocabulary.encode(text), whole.encode(text))));
    }
  });
}

test('a model whose pieces contain spaces is encoded sentence by sentence', async () => {
  const normal = ['▁', 'a', 'b', 'a▁', 'a▁b', '▁a'].map((text, rank) => ({
    text,
    score: -rank,
    kind: PieceKind.normal,
  }));
  const model = writeModelFile(
    {
      ...{ type: 'bpe', pieces: [...specialPieces, ...normal], byteFallback: false },
      normalizer: { name: 'none', charsmap: new Uint8Array(), wordwise: true },
    },
    1,
  );
  const vocabulary = await loadVocabulary(modelPath(model));
  assert.deepEqual(vocabulary.encode('a b').map(vocabulary.piece), ['▁', 'a▁b']);
});

test('pieces and ids name each other; an unknown piece has the unknown id', async () => {
  const vocabulary = await vocabularyOf({});
  for (let id = 0; id < vocabulary.size; id++) assert.equal(vocabulary.id(vocabulary.piece(id)), id);
  assert.equal(vocabulary.id('nonsense'), UNKNOWN);
  assert.equal(vocabulary.type, 'bpe');
  assert.equal(vocabulary.size, 400);
  assert.match(vocabulary.sha256, /^[0-9a-f]{64}$/);
});

test('decoding stops at the first eos, leaves out pad and bos, and shows an unknown', async () => {
  for (const type of ['bpe', 'unigram', 'words'] as const) {
    const vocabulary = await vocabularyOf({ type });
    const gatto = vocabulary.encode('il gatto');
    const cane = vocabulary.encode('il cane');
    assert.equal(vocabulary.decode([BOS, ...gatto, PAD, EOS, ...cane, EOS]), 'il gatto');
    assert.equal(vocabulary.decode([]), '');
    assert.equal(vocabulary.decode([EOS]), '');
    assert.equal(
      vocabulary
        .decode([...gatto, UNKNOWN])
        .replace(/ +/g, ' ')
        .trim(),
      'il gatto ⁇',
    );
  }
});

test('ids outside the vocabulary are an error, not an empty text', async () => {
  for (const type of ['bpe', 'words'] as const) {
    const vocabulary = await vocabularyOf({ type });
    for (const id of [vocabulary.size, -1, 1.5, Number.NaN]) {
      assert.throws(() => vocabulary.decode([id]), RangeError);
      assert.throws(() => vocabulary.piece(id), RangeError);
    }
  }
});

test('words are looked up one by one, and each unknown word is one unknown id', async () => {
  const vocabulary = await vocabularyOf({ type: 'words' });
  const ids = vocabulary.encode('Il GATTO, xyzzy plugh dorme!');
  assert.deepEqual(ids.map(vocabulary.piece), ['il', 'gatto', '<unk>', '<unk>', 'dorme']);
  assert.equal(vocabulary.decode(ids), 'il gatto ⁇ ⁇ dorme');
  assert.equal(vocabulary.id('gatto'), ids[1]);
});

test("loading leaves the process's own listeners, and two models do not affect each other", async () => {
  const listeners = () => ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event));
  const before = listeners();
  const [bpe, unigram] = await Promise.all([vocabularyOf({ type: 'bpe' }), vocabularyOf({ type: 'unigram' })]);
  assert.deepEqual(listeners(), before);
  assert.notDeepEqual(bpe.encode('Il gatto'), unigram.encode('Il gatto'));
  assert.equal(bpe.decode(bpe.encode('Il gatto')), 'Il gatto');
});

test('a missing file, a damaged one and one that sentencepiece-js rejects have clear errors', async () => {
  await assert.rejects(loadVocabulary(`${scratch}/none.model`), (error) => {
    assert.ok(error instanceof InputError);
    return /no such file/.test(error.message) && /attn vocab/.test(error.remedy ?? '');
  });
  await assert.rejects(loadVocabulary(modelPath(Buffer.from('not a model'))), InputError);
  const path = modelPath(trained({}));
  await assert.rejects(loadSentencePiece(path, readFileSync(path).subarray(0, 500)), InputError);
});

test('a model that overflows the stack of sentencepiece-js is rejected, and the next one is loaded', async () => {
  const { normalizer } = readModelFile(trained({ type: 'unigram' }), 'x');
  const long = '▁'.repeat(9_999);
  const pieces = [long, `${long.slice(1)}a`].map((text) => ({ text, score: -1, kind: PieceKind.normal }));
  const model = { type: 'unigram', pieces: [...specialPieces, ...pieces], byteFallback: false, normalizer } as const;
  await assert.rejects(
    loadVocabulary(modelPath(writeModelFile(model, 1))),
    (error) => error instanceof InputError && /is damaged/.test(error.message),
  );
  const whole = await vocabularyOf({ type: 'unigram' });
  assert.equal(whole.decode(whole.encode('Il gatto dorme.')), 'Il gatto dorme.');
});
