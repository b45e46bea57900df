import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric, SentenceStatistics } from '../../src/evaluation/metric.ts';
import { compareSeeds, type ResampledScore, resampledScore, spread } from '../../src/evaluation/seeds.ts';
import { Random } from '../../src/support/random.ts';

/** The percentage of correct sentences. */
const accuracy: Metric<{ readonly score: number }> = {
  name: 'accuracy',
  higherIsBetter: true,
  width: 2,
  settings: '',
  sentence: () => [],
  evaluate: (totals) => ({ score: (100 * totals[0]!) / totals[1]! }),
};

const SENTENCES = 300;

/** A model that translates a sentence correctly with this probability. */
function model(probability: number, random: Random): ResampledScore {
  const right = Array.from({ length: SENTENCES }, () => Number(random.uniform() < probability));
  const statistics: SentenceStatistics = {
    ...{ sentences: SENTENCES, width: 2 },
    values: Float64Array.from([...right, ...right.map(() => 1)]),
  };
  return resampledScore(accuracy, statistics, { trials: 300 });
}

test('the spread is the mean and the sample standard deviation', () => {
  assert.deepEqual(spread([2, 4, 9]), { mean: 5, deviation: Math.sqrt(13) });
  assert.deepEqual(spread([1, 3]), { mean: 2, deviation: Math.SQRT2 });
  assert.deepEqual(spread([7]), { mean: 7, deviation: 0 });
  assert.throws(() => spread([]), RangeError);
});

test('two groups of the same models do not differ, p = 1', () => {
  const random = new Random('same');
  const group = [model(0.5, random), model(0.6, random)];
  assert.deepEqual(compareSeeds(group, group), { delta: 0, p: 1 });
});

test('a difference far above both kinds of chance is found with two seeds, in either direction', () => {
  const random = new Random('clear');
  const low = [0.3, 0.33].map((probability) => model(probability, random));
  const high = [0.7, 0.72].map((probability) => model(probability, random));
  const found = compareSeeds(low, high);
  assert.ok(found.delta > 30 && found.p < 0.01, JSON.stringify(found));
  const turned = compareSeeds(high, low);
  assert.ok(turned.delta === -found.delta && turned.p < 0.01, JSON.stringify(turned));
});

test('a lead due to one seed in three is noise, although the sentences of its models distinguish them', () => {
  const random = new Random('noise');
  const [steady, shaky] = [
    [0.5, 0.5, 0.5],
    [0.4, 0.5, 0.72],
  ].map((group) => group.map((probability) => model(probability, random))) as [ResampledScore[], ResampledScore[]];
  const single = compareSeeds(steady.slice(2), shaky.slice(2));
  assert.ok(single.p < 0.01, `one pair: ${JSON.stringify(single)}`);
  const all = compareSeeds(steady, shaky);
  assert.ok(all.p > 0.05, `three seeds: ${JSON.stringify(all)}`);
});

test('about one in twenty pairs of equal groups seems different', () => {
  const random = new Random('alike');
  const rounds = 120;
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    // training itself changes the accuracy of a model by about as much as the choice of 300 sentences does
    const group = () => [1, 2, 3].map(() => model(0.5 + 0.03 * random.normal(), random));
    if (compareSeeds(group(), group()).p < 0.05) found++;
  }
  assert.ok(found <= 0.12 * rounds, `${found} of ${rounds}`);
});
