import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { searchTogether } from '../../src/decoding/group.ts';
import type { Hypothesis } from '../../src/decoding/hypothesis.ts';
import { createSearch, type Search } from '../../src/decoding/search.ts';
import { type AttentionLevel, searchDefaults } from '../../src/decoding/search-options.ts';
import { SentenceSearch } from '../../src/decoding/sentence-search.ts';
import { decodeStep, encodeStep, reorderStep } from '../../src/decoding/steps.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import { EOS, UNKNOWN } from '../../src/vocabulary/vocabulary.ts';
import {
  alone,
  differences,
  forcedScore,
  kinds,
  nameOf,
  randomSentences,
  saidBy,
  type TinyModel,
  teacherForced,
  tinyModel,
} from './models.ts';

let runtime: Runtime;
before(async () => {
  runtime = await openRuntime({ backend: 'cpu' });
});
after(() => runtime.close());

async function searchWith({ model, parameters }: TinyModel): Promise<Search> {
  return createSearch(runtime, alone(model), await runtime.variables(parameters));
}

const sentences = [[], ...randomSentences(7, 9)];
const wide = { beam: 4, nbest: 4, pruning: 0 };

for (const kind of kinds) {
  const sumsToOne = kind.window !== 'local-p';

  test(`every hypothesis has the log probability and the attention of its text under teacher forcing: ${nameOf(kind)}`, async () => {
    const tiny = tinyModel(kind);
    const search = await searchWith(tiny);
    const found = await search(sentences, wide);
    let finished = 0;
    for (const [i, hypotheses] of found.entries()) {
      const source = sentences[i] as number[];
      assert.equal(hypotheses.length, wide.beam);
      assert.equal(new Set(hypotheses.map(({ ids }) => ids.join())).size, wide.beam, 'no hypothesis comes twice');
      for (const hypothesis of hypotheses) {
        if (hypothesis.finished) finished++;
        const said = saidBy(hypothesis);
        const expected = forcedScore(tiny, source, said);
        assert.ok(
          Math.abs(hypothesis.logProbability - expected) < 1e-4,
          `${hypothesis.logProbability}, not ${expected}`,
        );
        const { attention } = teacherForced(tiny, source, hypothesis.ids);
        assert.deepEqual(Object.keys(hypothesis.attention), Object.keys(attention));
        for (const [name, rows] of Object.entries(hypothesis.attention)) {
          assert.equal(rows.length, said.length, 'a row for each word and the eos');
          for (const [t, row] of rows.entries()) {
            assert.equal(row.length, source.length + 1, 'a weight for each source word and its eos');
            const sum = row.reduce((a, b) => a + b, 0);
            assert.ok(!sumsToOne || Math.abs(sum - 1) < 1e-5, `a row sums to ${sum}`);
            for (const [s, weight] of row.entries())
              assert.ok(Math.abs(weight - attention[name]![t]![s]!) < 1e-5, `${name} of step ${t}`);
          }
        }
      }
    }
    assert.ok(finished > 0, 'some hypotheses end by themselves');
  });

  test(`beam 1 gives the same as a greedy decoder without any search: ${nameOf(kind)}`, async () => {
    const tiny = tinyModel(kind);
    const search = await searchWith(tiny);
    const found = await search(sentences, { beam: 1, lengthPenalty: 0 });
    assert.deepEqual(
      found.map(([hypothesis]) => hypothesis?.ids),
      sentences.map((source) => naiveGreedy(tiny, source)),
    );
  });
}

/** Adds the most probable word, starting again from the whole sentence each time. */
function naiveGreedy(tiny: TinyModel, source: readonly number[]): number[] {
  const words: number[] = [];
  for (let length = 0; length < 2 * (source.length + 1) + 10; length++) {
    const { logProbabilities } = teacherForced(tiny, source, words);
    const last = logProbabilities.at(-1) as number[];
    const allowed = last.map((value, word) => (word >= EOS ? value : Number.NEGATIVE_INFINITY));
    const best = allowed.indexOf(Math.max(...allowed));
    if (best === EOS) break;
    words.push(best);
  }
  return words;
}

for (const lengthPenalty of [0, 0.6, 1]) {
  test(`an exhaustive beam finds the best of all texts, length penalty ${lengthPenalty}`, async () => {
    const tiny = tinyModel({ score: 'dot', targetVocabulary: 6 }, 4);
    const search = await searchWith(tiny);
    const source = [5, 9, 4];
    const maxOutputLength = 4;
    const everything = allTexts([UNKNOWN, 4, 5], maxOutputLength).map((said) => {
      const logProbability = forcedScore(tiny, source, said);
      return { said, score: logProbability / ((5 + said.length) / 6) ** lengthPenalty };
    });
    everything.sort((a, b) => Number(b.said.at(-1) === EOS) - Number(a.said.at(-1) === EOS) || b.score - a.score);
    const options = { beam: 200, nbest: 200, pruning: 0, maxOutputLength, lengthPenalty, unknownWords: true };
    const [hypotheses] = (await search([source], options)) as [Hypothesis[]];
    assert.equal(hypotheses.length, everything.length);
    assert.deepEqual(
      hypotheses.map(saidBy),
      everything.map(({ said }) => said),
    );
    const [[best]] = (await search([source], { ...options, nbest: 1 })) as [[Hypothesis]];
    assert.deepEqual(saidBy(best), everything[0]?.said, 'also where beams that cannot win are given up');
  });
}

/** Every text of at most `steps` words, eos included, and those that were cut off. */
function allTexts(words: readonly number[], steps: number): number[][] {
  if (steps === 0) return [[]];
  return [[EOS], ...words.flatMap((word) => allTexts(words, steps - 1).map((rest) => [word, ...rest]))];
}

test('sentences translated together get the same translations as alone', async () => {
  const search = await searchWith(tinyModel({ score: 'dot' }));
  const many = randomSentences(100, 6);
  const options = { beam: 3, nbest: 2 };
  const together = await search(many, options);
  for (const [i, source] of many.entries()) {
    const [own] = await search([source], options);
    assert.equal(differences(together[i]!, own!), undefined, `sentence ${i}`);
  }
});

test('sentences that have to start again for lack of rows get the same translations as alone', async () => {
  const { model, parameters } = tinyModel({ score: 'dot' });
  const variables = await runtime.variables(parameters);
  const options = { ...searchDefaults, beam: 6, pruning: 1, minOutputLength: 8 };
  const move = runtime.compile(reorderStep(alone(model), 40));
  const steps = {
    read: runtime.compile(encodeStep(alone(model), 40), variables),
    move: () => move,
    advance: runtime.compile(decodeStep(alone(model), 9, 'mean'), variables),
    packed: {},
  };
  let restarts = 0;
  class Counted extends SentenceSearch {
    override restart(): void {
      restarts++;
      super.restart();
    }
  }
  const jobs = randomSentences(60, 6).map((ids) => ({ ids, search: new Counted(ids, options) }));
  await searchTogether(
    steps,
    jobs,
    { width: 8, rows: 12, places: 8, reads: 5, room: 40, longest: 40, exact: false },
    options.beam,
  );
  assert.ok(restarts > 0, 'nothing was put to the test');
  const search = createSearch(runtime, alone(model), variables);
  for (const { ids, search: own } of jobs) {
    const [expected] = await search([ids], options);
    assert.equal(differences(own.hypotheses, expected!), undefined);
  }
});

test('a wide beam behind a long prefix keeps its rows', async () => {
  const { model, parameters } = tinyModel({ score: 'dot' });
  const variables = await runtime.variables(parameters);
  const prefix = { ids: [4, 5, 6, 4, 5, 6, 4, 5, 6, 4] };
  const options = { ...searchDefaults, beam: 40, nbest: 40, pruning: 0, maxOutputLength: 14, prefix };
  const move = runtime.compile(reorderStep(alone(model), 20));
  const steps = {
    read: runtime.compile(encodeStep(alone(model), 20), variables),
    move: () => move,
    advance: runtime.compile(decodeStep(alone(model), 'all', 'mean'), variables),
    packed: {},
  };
  const [ids] = randomSentences(1, 6) as [number[]];
  const search = new SentenceSearch(ids, options);
  const shape = { width: 8, rows: 128, places: 8, reads: 5, room: 20, longest: 20, exact: false };
  await searchTogether(steps, [{ ids, search }], shape, options.beam);
  assert.equal(search.hypotheses.length, 40, 'none while it had few beams');
  const [expected] = await createSearch(runtime, alone(model), variables)([ids], options);
  assert.equal(differences(search.hypotheses, expected!), undefined);
});

test('a search keeps no more attention than requested, and finds the same', async () => {
  const search = await searchWith(tinyModel({ arch: 'transformer', layers: 2 }));
  const found = await Promise.all(
    (['none', 'mean', 'heads'] as const).map((attention) => search(sentences, { ...wide, attention })),
  );
  const names = found.map((lists) => Object.keys(lists[1]?.[0]?.attention ?? {}));
  assert.deepEqual(names.slice(0, 2), [[], ['attention']]);
  assert.ok(names[2]!.includes('layer2.head1'), names[2]!.join());
  const texts = found.map((lists) => lists.map((list) => list.map(({ attention: _, ...rest }) => rest)));
  assert.deepEqual(texts[0], texts[2]);
  assert.deepEqual(texts[1], texts[2]);
});

test('the coverage penalty has the attention it needs, whatever was requested', async () => {
  const search = await searchWith(tinyModel({ score: 'dot' }));
  const options = { ...wide, coveragePenalty: 2 };
  const scores = async (attention: AttentionLevel) =>
    (await search(sentences, { ...options, attention })).map((list) => list.map(({ score }) => score));
  assert.deepEqual(await scores('none'), await scores('heads'));
});

test('a translation may be much longer than the initial room of its state', async () => {
  const tiny = tinyModel({ arch: 'transformer', layers: 2 });
  const search = await searchWith(tiny);
  const sources = randomSentences(5, 9);
  const found = await search(sources, { beam: 3, minOutputLength: 70, maxOutputLength: 75 });
  for (const [i, [best]] of found.entries()) {
    assert.ok(best!.ids.length >= 70);
    const expected = forcedScore(tiny, sources[i]!, saidBy(best!));
    assert.ok(Math.abs(best!.logProbability - expected) < 1e-3, `${best!.logProbability}, not ${expected}`);
  }
});

test('a search leaves no tensor behind, nor does one that fails', async () => {
  const tiny = tinyModel({ score: 'concat', bidirectional: true });
  const search = await searchWith(tiny);
  await search(sentences);
  const before = tf.memory().numTensors;
  await search(sentences, wide);
  assert.equal(tf.memory().numTensors, before);
  await assert.rejects(search([[4], [99999]], wide));
  assert.equal(tf.memory().numTensors, before);
});

test('the first of several hypotheses is the one that a search for a single one gives', async () => {
  const search = await searchWith(tinyModel({ score: 'general' }));
  const one = await search(sentences, { beam: 4, pruning: 0 });
  const several = await search(sentences, wide);
  for (const [i, [best]] of one.entries()) assert.equal(differences([best!], [several[i]![0]!]), undefined);
});

test("an ensemble uses the mean of its members' probabilities", async () => {
  const members = [tinyModel({ score: 'dot' }, 1), tinyModel({ score: 'concat' }, 2), tinyModel({ score: 'none' }, 3)];
  const variables = await runtime.variables(
    Object.assign(
      {},
      ...members.map(({ parameters }, i) =>
        Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`${i}/${name}`, value])),
      ),
    ),
  );
  const search = createSearch(
    runtime,
    members.map(({ model }, i) => ({ model, prefix: `${i}/` })),
    variables,
  );
  const found = await search(sentences, wide);
  for (const [i, hypotheses] of found.entries()) {
    const source = sentences[i] as number[];
    for (const hypothesis of hypotheses) {
      const teacherForcedOnes = members.map((member) => teacherForced(member, source, hypothesis.ids));
      const expected = saidBy(hypothesis).reduce((sum, word, t) => {
        const probabilities = teacherForcedOnes.map(({ logProbabilities }) => Math.exp(logProbabilities[t]![word]!));
        return sum + Math.log(probabilities.reduce((a, b) => a + b) / members.length);
      }, 0);
      assert.ok(Math.abs(hypothesis.logProbability - expected) < 1e-4);
      const attended = teacherForcedOnes.flatMap(({ attention }) => attention.attention ?? []).length;
      assert.ok(attended > 0);
      for (const [t, row] of hypothesis.attention.attention!.entries()) {
        for (const [s, weight] of row.entries()) {
          const mean =
            (teacherForcedOnes[0]!.attention.attention![t]![s]! + teacherForcedOnes[1]!.attention.attention![t]![s]!) /
            2;
          assert.ok(Math.abs(weight - mean) < 1e-5, 'attention is the mean of those who have any');
        }
      }
    }
  }
});

test('an ensemble of a model with itself translates like the model', async () => {
  const { model, parameters } = tinyModel({ score: 'dot' });
  const variables = await runtime.variables(parameters);
  const twice = createSearch(runtime, [...alone(model), ...alone(model)], variables);
  const once = createSearch(runtime, alone(model), variables);
  const [a, b] = [await twice(sentences, wide), await once(sentences, wide)];
  for (const [i, hypotheses] of a.entries()) assert.equal(differences(hypotheses, b[i]!), undefined);
});
