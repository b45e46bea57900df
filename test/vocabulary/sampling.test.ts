import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/support/random.ts';
import { loadVocabulary } from '../../src/vocabulary/load.ts';
import { type ModelFile, PieceKind, readModelFile, specialPieces } from '../../src/vocabulary/model-file.ts';
import { createSampler } from '../../src/vocabulary/sampling.ts';
import { modelPath, sentences, trained, vocabularyOf } from './helpers.ts';

const random = () => new Random(7, 'sampling');

const variants = [{}, { byteFallback: true, size: 600 }, { userSymbols: ['casa', 'due'] }];
const odd = ['Ωmega ☃☃ è 日本 0000', ''];

test('BPE without dropout gives the ids of sentencepiece-js', async () => {
  for (const options of variants) {
    const vocabulary = await vocabularyOf({ type: 'bpe', ...options });
    for (const sentence of [...sentences, ...odd]) {
      assert.deepEqual(
        vocabulary.encode(sentence, { alpha: 0, random: random() }),
        vocabulary.encode(sentence),
        sentence,
      );
    }
  }
});

test('unigram with a large alpha draws a segmentation as probable as the one sentencepiece-js finds', async () => {
  for (const options of variants) {
    const model = trained({ type: 'unigram', ...options });
    const { pieces } = readModelFile(model, 'x');
    const vocabulary = await loadVocabulary(modelPath(model));
    const score = (ids: readonly number[]) => ids.reduce((sum, id) => sum + pieces[id]!.score, 0);
    for (const sentence of [...sentences, ...odd]) {
      const drawn = vocabulary.encode(sentence, { alpha: 1e5, random: random() });
      assert.equal(score(drawn), score(vocabulary.encode(sentence)), sentence);
      assert.equal(vocabulary.decode(drawn), vocabulary.decode(vocabulary.encode(sentence)));
    }
  }
});

for (const type of ['bpe', 'unigram'] as const) {
  test(`${type} sampling gives the same text in other pieces, and the same ones for the same key`, async () => {
    const vocabulary = await vocabularyOf({ type, byteFallback: true, size: 600 });
    const draw = (seed: number) => {
      const key = new Random(seed, 'sampling');
      return sentences.map((sentence) => vocabulary.encode(sentence, { alpha: 0.3, random: key }));
    };
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
    const best = sentences.map((sentence) => vocabulary.encode(sentence));
    assert.deepEqual(draw(1).map(vocabulary.decode), best.map(vocabulary.decode));
    assert.ok(draw(1).flat().length > 1.05 * best.flat().length, 'samples are longer than the best');
  });
}

test('BPE with dropout 1 skips every merge', async () => {
  const vocabulary = await vocabularyOf({ characterCoverage: 1 });
  const ids = vocabulary.encode('Il gatto dorme', { alpha: 1, random: random() });
  assert.deepEqual(ids.map(vocabulary.piece), [...'▁Il▁gatto▁dorme']);
});

const tiny: ModelFile = {
  type: 'unigram',
  pieces: [
    ...specialPieces,
    ...[
      ['a', 0.2],
      ['b', 0.1],
      ['ab', 0.05],
      ['ba', 0.3],
      ['aba', 0.01],
    ].map(([text, probability]) => ({
      text: String(text),
      score: Math.log(Number(probability)),
      kind: PieceKind.normal,
    })),
  ],
  byteFallback: false,
  normalizer: { name: '', charsmap: new Uint8Array(), wordwise: true },
};

for (const alpha of [1, 0.5, 0]) {
  test(`segmentations are drawn in proportion to their probability to the power of ${alpha}`, () => {
    const weights = new Map(
      Object.entries({ 'a b a': 0.2 * 0.1 * 0.2, 'ab a': 0.05 * 0.2, 'a ba': 0.2 * 0.3, aba: 0.01 }).map(
        ([pieces, probability]) => [pieces, probability ** alpha] as const,
      ),
    );
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const sample = createSampler(tiny);
    const key = random();
    const draws = 20_000;
    const counts = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const pieces = sample('aba', { alpha, random: key })
        .map((id) => tiny.pieces[id]?.text)
        .join(' ');
      counts.set(pieces, (counts.get(pieces) ?? 0) + 1);
    }
    for (const [pieces, weight] of weights) {
      const p = weight / total;
      const error = 5 * Math.sqrt((p * (1 - p)) / draws);
      assert.ok(
        Math.abs((counts.get(pieces) ?? 0) / draws - p) < error,
        `${pieces}: ${counts.get(pieces)}, ${p * draws}`,
      );
    }
    assert.equal(counts.size, weights.size);
  });
}

test('BPE dropout skips each merge with probability alpha', () => {
  const pieces = ['▁', 'a', 'b', 'ab', '▁ab'].map((text, i) => ({
    text,
    score: text.length === 1 ? -9 : 3 - i,
    kind: PieceKind.normal,
  }));
  const sample = createSampler({ ...tiny, type: 'bpe', pieces: [...specialPieces, ...pieces] });
  const key = random();
  const draws = 20_000;
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < draws; i++) counts[sample('▁ab', { alpha: 0.25, random: key }).length]!++;
  for (const [length, p] of [
    [1, 0.75 * 0.75],
    [2, 0.75 * 0.25],
    [3, 0.25],
  ] as const) {
    const error = 5 * Math.sqrt((p * (1 - p)) / draws);
    assert.ok(Math.abs(counts[length]! / draws - p) < error, `${length} pieces: ${counts[length]}, ${p * draws}`);
  }
});
