import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Hypothesis } from '../../src/decoding/hypothesis.ts';
import { drawWord, preferences, topIndices } from '../../src/decoding/next-words.ts';
import { createSearch, type Search } from '../../src/decoding/search.ts';
import { type SearchOptions, searchDefaults } from '../../src/decoding/search-options.ts';
import { InputError } from '../../src/support/errors.ts';
import { Random } from '../../src/support/random.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import { EOS } from '../../src/vocabulary/vocabulary.ts';
import {
  alone,
  differences,
  forcedScore,
  randomSentences,
  saidBy,
  type TinyModel,
  teacherForced,
  tinyModel,
} from './models.ts';
import { drawProbabilities, type Rules, readableBeam } from './readable-search.ts';

let runtime: Runtime;
before(async () => {
  runtime = await openRuntime({ backend: 'cpu' });
});
after(() => runtime.close());

async function searchWith({ model, parameters }: TinyModel): Promise<Search> {
  return createSearch(runtime, alone(model), await runtime.variables(parameters));
}

/** A model that repeats itself: its output depends little on the source. */
function repetitive(seed: number): TinyModel {
  const tiny = tinyModel({ score: 'dot' }, seed);
  tiny.parameters['output.bias']!.data[EOS] = -1;
  return tiny;
}

const sources = randomSentences(5, 6);

const rules: readonly (Rules & { readonly name: string })[] = [
  { name: 'no word twice', noRepeatNgram: 1, maxOutputLength: 12 },
  { name: 'no two words twice', noRepeatNgram: 2, maxOutputLength: 12 },
  { name: 'no three words twice, and a minimum length', noRepeatNgram: 3, minOutputLength: 9, maxOutputLength: 12 },
  { name: 'a penalty for repetitions', repetitionPenalty: 1.7, maxOutputLength: 12 },
  { name: 'a forced beginning', prefix: [7, 7, 9], maxOutputLength: 9 },
  { name: 'a forced beginning, then an even word', prefix: [8], goesOn: (word) => word % 2 === 0, maxOutputLength: 9 },
  {
    name: 'all together',
    ...{ prefix: [9, 5, 9], noRepeatNgram: 2, repetitionPenalty: 1.3, minOutputLength: 6, maxOutputLength: 10 },
  },
];

for (const { name, ...rule } of rules) {
  test(`a search finds the same as a readable one: ${name}`, async () => {
    let different = 0;
    for (const seed of [1, 2]) {
      const tiny = repetitive(seed);
      const search = await searchWith(tiny);
      for (const beam of [1, 4]) {
        const { prefix, goesOn, ...others } = rule;
        const options: SearchOptions = {
          ...{ beam, nbest: beam, pruning: 0, ...others },
          ...(prefix && { prefix: { ids: prefix, ...(goesOn && { goesOn }) } }),
        };
        const found = await search(sources, options);
        const free = await search(sources, { beam, nbest: beam, pruning: 0, maxOutputLength: rule.maxOutputLength });
        for (const [i, source] of sources.entries()) {
          const expected = readableBeam(tiny, source, beam, rule);
          assert.deepEqual(
            found[i]!.map(saidBy),
            expected.map(({ words }) => words),
          );
          for (const [k, hypothesis] of found[i]!.entries()) {
            const { words, logProbability, penalized } = expected[k]!;
            assert.ok(Math.abs(hypothesis.logProbability - logProbability) < 1e-4);
            assert.ok(Math.abs(hypothesis.score - penalized / ((5 + words.length) / 6)) < 1e-4);
            assert.equal(hypothesis.attention.attention!.length, words.length, 'forced words have attention too');
          }
          if (differences(found[i]!, free[i]!) !== undefined) different++;
        }
      }
    }
    assert.ok(different > 10, `the rule made a difference in ${different} of 20 searches`);
  });
}

test('a text that has no allowed continuation ends', () => {
  const settings = { ...searchDefaults, noRepeatNgram: 1, minOutputLength: 9 };
  const logs = Float32Array.from([-1, -1, -1, -1, -1]);
  assert.deepEqual(topIndices(preferences(logs, [4], settings), 5), [EOS]);
  assert.deepEqual([...logs], [-1, -1, -1, -1, -1], 'the probabilities of the model are left as they are');
});

test('the largest numbers come first, and of ties the first', () => {
  const values = Float32Array.from([1, 5, 3, 5, Number.NEGATIVE_INFINITY, 2]);
  assert.deepEqual(topIndices(values, 3), [1, 3, 2]);
  assert.deepEqual(topIndices(values, 9), [1, 3, 2, 5, 0]);
  const random = new Random(1, 'topIndices');
  const many = Float32Array.from({ length: 500 }, () => random.integer(100));
  const sorted = [...many.keys()].sort((a, b) => many[b]! - many[a]! || a - b);
  assert.deepEqual(topIndices(many, 40), sorted.slice(0, 40));
});

for (const how of [
  { temperature: 1, topK: 0, topP: 1 },
  { temperature: 0.5, topK: 0, topP: 1 },
  { temperature: 2, topK: 3, topP: 1 },
  { temperature: 1, topK: 0, topP: 0.7 },
  { temperature: 1.5, topK: 5, topP: 0.6 },
]) {
  test(`words are sampled with the right frequency: ${JSON.stringify(how)}`, () => {
    const probabilities = [0.02, 0.3, 0.1, 0.08, 0.25, 0.05, 0.2];
    const logs = Float32Array.from([...probabilities.map(Math.log), Number.NEGATIVE_INFINITY]);
    const expected = drawProbabilities([...probabilities, 0], how);
    const drawn = expected.map(() => 0);
    const times = 20_000;
    for (let i = 0; i < times; i++) drawn[drawWord(logs, how, ['test', i])]!++;
    for (const [word, p] of expected.entries()) {
      const far = 4 * Math.sqrt((p * (1 - p)) / times);
      assert.ok(Math.abs(drawn[word]! / times - p) <= far, `word ${word}: ${drawn[word]! / times}, not ${p}`);
    }
  });
}

test('sampled hypotheses have the log probability of their text, and start with each word as often as they should', async () => {
  const tiny = repetitive(1);
  const search = await searchWith(tiny);
  const source = sources[1]!;
  const nbest = 800;
  const how = { temperature: 1.3, topK: 9, topP: 0.9 };
  const [found] = (await search([source], { sample: true, nbest, maxOutputLength: 6, ...how })) as [Hypothesis[]];
  assert.equal(found.length, nbest);
  for (const hypothesis of found.slice(0, 40)) {
    assert.ok(Math.abs(hypothesis.logProbability - forcedScore(tiny, source, saidBy(hypothesis))) < 1e-4);
    assert.equal(hypothesis.attention.attention!.length, saidBy(hypothesis).length);
  }
  const scores = found.filter(({ finished }) => finished).map(({ score }) => score);
  assert.deepEqual(
    scores,
    scores.toSorted((a, b) => b - a),
  );
  const first = teacherForced(tiny, source, []).logProbabilities[0]!.map((log, word) =>
    word < EOS ? 0 : Math.exp(log),
  );
  const expected = drawProbabilities(first, how);
  for (const [word, p] of expected.entries()) {
    const share = found.filter((hypothesis) => saidBy(hypothesis)[0] === word).length / nbest;
    assert.ok(Math.abs(share - p) <= 4 * Math.sqrt((p * (1 - p)) / nbest), `word ${word}: ${share}, not ${p}`);
  }
});

test('a sample depends on the seed and the sentence, not on what is translated with it', async () => {
  const search = await searchWith(tinyModel({ score: 'general' }));
  const many = randomSentences(60, 6);
  const options = { sample: true, nbest: 3, temperature: 1.5 };
  const together = await search(many, options);
  for (const [i, source] of many.entries()) {
    const [own] = await search([source], options);
    assert.equal(differences(together[i]!, own!), undefined, `sentence ${i}`);
  }
  const other = await search(many, { ...options, seed: 2 });
  const same = many.filter((_, i) => differences(together[i]!, other[i]!) === undefined);
  assert.ok(same.length < 5, `${same.length} of 60 sentences are the same with another seed`);
});

test('rules also apply to samples', async () => {
  const search = await searchWith(repetitive(2));
  const found = await search(sources, {
    ...{ sample: true, nbest: 20, temperature: 2, noRepeatNgram: 1, minOutputLength: 4, maxOutputLength: 9 },
    prefix: { ids: [9, 9] },
  });
  for (const { ids } of found.flat()) {
    assert.deepEqual(ids.slice(0, 2), [9, 9]);
    const others = ids.slice(2);
    assert.equal(new Set(others).size, others.length);
    assert.ok(!others.includes(9) && ids.length >= 4);
  }
});

test('a prefix that leaves no room for an end is rejected', async () => {
  const search = await searchWith(repetitive(1));
  const prefix = { ids: [4, 5, 6] };
  await search([[4]], { prefix, maxOutputLength: 4 });
  await assert.rejects(search([[4]], { prefix, maxOutputLength: 3 }), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /--prefix: has 3 pieces, but a translation has at most 3/);
    return true;
  });
  const [[found]] = (await search([[4]], { prefix: { ids: Array.from({ length: 90 }, () => 5) }, beam: 1 })) as [
    [Hypothesis],
  ];
  assert.equal(found.ids.slice(0, 90).join(), Array.from({ length: 90 }, () => 5).join());
});

test('a search with rules leaves no tensor behind', async () => {
  const search = await searchWith(repetitive(1));
  await search(sources, { noRepeatNgram: 2 });
  const tensors = tf.memory().numTensors;
  await search(sources, { sample: true, nbest: 4 });
  await search(sources, { noRepeatNgram: 2 });
  assert.equal(tf.memory().numTensors, tensors);
});
