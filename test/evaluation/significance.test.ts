import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { corpusBleu } from '../../src/evaluation/bleu.ts';
import { significanceTests } from '../../src/evaluation/significance.ts';
import { compareSystems, metricKeys, scoreSystem } from '../../src/evaluation/system.ts';
import { InputError } from '../../src/support/errors.ts';
import { version } from '../../src/support/version.ts';
import type { PeerComparisons } from './peer-scores.ts';

const {
  plain,
}: { readonly plain: Record<'reference' | 'system' | 'baseline', string[]> & { comparisons: PeerComparisons } } =
  JSON.parse(readFileSync(new URL('../fixtures/scores.json', import.meta.url), 'utf8'));
const references = [plain.reference];
const baseline = scoreSystem(plain.baseline, references);
const system = scoreSystem(plain.system, references, { resamples: 1000 });

for (const name of ['bootstrap', 'randomization'] as const) {
  test(`p-values of the paired ${name} agree with sacreBLEU's within sampling error`, () => {
    const ours = compareSystems(baseline, system, { test: name });
    for (const key of metricKeys) {
      const theirs = plain.comparisons[name][key].p;
      const { p, trials } = ours[key];
      const allowed = 4 * Math.sqrt((2 * theirs * (1 - theirs)) / trials);
      assert.ok(Math.abs(p - theirs) <= allowed, `${key}: ${p}, sacreBLEU ${theirs}, allowed ${allowed}`);
    }
  });

  test(`the paired ${name} gives the same p for the same seed, and for swapped systems`, () => {
    const options = { test: name, trials: 200, seed: 5 };
    const ours = compareSystems(baseline, system, options);
    assert.deepEqual(compareSystems(baseline, system, options), ours);
    const turned = compareSystems(system, baseline, options);
    for (const key of metricKeys) {
      assert.equal(turned[key].p, ours[key].p);
      assert.equal(turned[key].delta, -ours[key].delta);
    }
    assert.notDeepEqual(compareSystems(baseline, system, { ...options, seed: 6 }), ours);
  });

  test(`the paired ${name} finds a perfect system better, and no difference between a system and itself`, () => {
    const perfect = scoreSystem(plain.reference, references);
    assert.equal(compareSystems(baseline, perfect, { test: name, trials: 99 }).bleu.p, 0.01);
    assert.equal(compareSystems(baseline, baseline, { test: name, trials: 99 }).bleu.p, 1);
  });

  test(`the paired ${name} finds nothing in a single sentence`, () => {
    const one = (text: string) => scoreSystem([text], [['the cat sleeps on the old bed']]);
    const { p, delta } = compareSystems(one('a dog is here'), one('the cat sleeps on the bed'), { test: name }).bleu;
    assert.ok(delta > 10);
    assert.equal(p, 1);
  });

  test(`the paired ${name} does not distinguish systems that both score 0`, () => {
    const silent = scoreSystem(
      plain.reference.map(() => ''),
      references,
    );
    const wrong = scoreSystem(
      plain.reference.map(() => 'xyzzy'),
      references,
    );
    assert.equal(compareSystems(silent, wrong, { test: name, trials: 99 }).bleu.p, 1);
  });
}

test('systems on other test sets are not compared', () => {
  const shorter = scoreSystem(plain.system.slice(1), [plain.reference.slice(1)]);
  assert.throws(() => compareSystems(baseline, shorter), /sentences cannot be compared with/);
  assert.throws(() => compareSystems(shorter, baseline), InputError);
});

test('systems scored differently, or against more references, are not compared', () => {
  const others = [
    scoreSystem(plain.system, references, { lowercase: true }),
    scoreSystem(plain.system, references, { tokenize: 'char' }),
    scoreSystem(plain.system, [plain.reference, plain.reference]),
  ];
  for (const other of others) {
    assert.throws(
      () => compareSystems(baseline, other),
      (error) => error instanceof InputError && /scored in different ways/.test(error.message),
    );
  }
});

test('a test without trials and an interval without resamples are rejected', () => {
  for (const count of [0, -1, 2.5, Number.NaN]) {
    for (const test of significanceTests) {
      assert.throws(() => compareSystems(baseline, system, { test, trials: count }), InputError, `${count}`);
    }
    assert.throws(() => corpusBleu(plain.system, references, { resamples: count }), InputError, `${count}`);
  }
});

test('systems that differ in one sentence are not distinguished, however small the difference', () => {
  const almost = [plain.baseline[0] === '' ? 'x' : '', ...plain.baseline.slice(1)];
  const { bleu } = compareSystems(baseline, scoreSystem(almost, references), { test: 'randomization', trials: 99 });
  assert.notEqual(bleu.delta, 0);
  assert.equal(bleu.p, 1, 'changing sides makes just the difference seen, and so does not changing');
});

test('if both of two sentences are better, half of all swaps give the observed difference', () => {
  const two = (text: string) => scoreSystem([text, text], [Array(2).fill('the cat sleeps on the old bed')]);
  const [worse, better] = [two('the cat sleeps on a bed'), two('the cat sleeps on the bed')];
  const { p } = compareSystems(worse, better, { test: 'randomization', trials: 9999 }).bleu;
  assert.ok(Math.abs(p - 1 / 2) < 0.02, `${p}`); // 4 standard deviations
});

test("the 95 % interval agrees with sacreBLEU's within sampling error", () => {
  for (const key of metricKeys) {
    const { mean = 0, halfWidth = 0 } = plain.comparisons.bootstrap[key];
    const ours = system.scores[key].ci95!;
    const deviation = halfWidth / 1.96;
    assert.ok(Math.abs(ours.mean - mean) < 4 * deviation * Math.sqrt(2 / 1000), `${key} mean ${ours.mean}, ${mean}`);
    const ratio = (ours.high - ours.low) / 2 / halfWidth;
    assert.ok(ratio > 0.85 && ratio < 1.15, `${key}: half-width ${ratio} times sacreBLEU's`);
    assert.ok(ours.low < system.scores[key].score && system.scores[key].score < ours.high);
  }
});

test('the signature of a score with an interval has resamples and seed in the same place as sacreBLEU', () => {
  for (const key of metricKeys) {
    const theirs = plain.comparisons.bootstrap[key].signature;
    assert.equal(system.scores[key].signature, theirs.replace('2.6.0', `attn-${version}`));
  }
});

test('the interval depends only on its seed', () => {
  const interval = (seed: number) => corpusBleu(plain.system, references, { resamples: 100, seed }).ci95;
  assert.deepEqual(interval(1), interval(1));
  assert.notDeepEqual(interval(1), interval(2));
});

test('a comparison reports both scores and their difference in points', () => {
  const { bleu } = compareSystems(baseline, system, { trials: 10 });
  assert.equal(bleu.baseline, baseline.scores.bleu.score);
  assert.equal(bleu.system, system.scores.bleu.score);
  assert.equal(bleu.delta, bleu.system - bleu.baseline);
});
