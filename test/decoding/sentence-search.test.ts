import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hypothesis } from '../../src/decoding/hypothesis.ts';
import { type SearchOptions, searchDefaults } from '../../src/decoding/search-options.ts';
import { SentenceSearch, type StepResult } from '../../src/decoding/sentence-search.ts';
import { BOS, EOS, PAD, UNKNOWN } from '../../src/vocabulary/vocabulary.ts';

type NextWords = Readonly<Record<number, number>>;

/**
 * Runs a search on a hand-written language model: probabilities of the next word after the previous words. Attention
 * looks at the source word of the same number, then at the last.
 */
function run(next: (words: readonly number[]) => NextWords, options: SearchOptions, sourceLength = 3): SentenceSearch {
  const search = new SentenceSearch(new Array(sourceLength - 1).fill(9), { ...searchDefaults, ...options });
  // two rows of other sentences before its own, as in a batch
  const skipped = 2;
  while (search.count > 0) {
    const offers = Array.from({ length: search.count }, (_, beam) =>
      Object.entries(next(search.words(beam)))
        .map(([word, probability]) => ({ word: Number(word), logProbability: Math.log(probability) }))
        .sort((a, b) => b.logProbability - a.logProbability),
    );
    const count = Math.max(...offers.map((offer) => offer.length));
    const rows = offers.map((offer) => [
      ...offer,
      ...Array.from({ length: count - offer.length }, () => ({ word: PAD, logProbability: -99 })),
    ]);
    const width = sourceLength + 2;
    const looksAt = Math.min(search.length, sourceLength - 1);
    const step: StepResult = {
      words: Int32Array.from([...new Array(skipped * count).fill(9), ...rows.flat().map(({ word }) => word)]),
      logProbabilities: Float32Array.from([
        ...new Array(skipped * count).fill(0),
        ...rows.flat().map(({ logProbability }) => logProbability),
      ]),
      count,
      attention: {
        attention: Float32Array.from({ length: (skipped + rows.length) * width }, (_, i) =>
          Number(i % width === looksAt),
        ),
      },
      width,
    };
    search.advance(step, skipped);
  }
  return search;
}

const say = ({ ids }: Hypothesis) => ids.join(' ');
const near = (a: number, b: number) => Math.abs(a - b) < 1e-6;

/** A greedy trap: 4 looks best at first, but 5 5 is the most probable text. */
const trap = (words: readonly number[]): NextWords => {
  if (words.length === 0) return { 4: 0.6, 5: 0.4 };
  if (words.length >= 2) return { [EOS]: 1 };
  return words[0] === 4 ? { 4: 0.5, 5: 0.45, [EOS]: 0.05 } : { 5: 0.95, [EOS]: 0.05 };
};

test('a beam finds what greedy search misses', () => {
  assert.equal(say(run(trap, { beam: 1, lengthPenalty: 0 }).hypotheses[0]!), '4 4');
  const [best] = run(trap, { beam: 2, lengthPenalty: 0 }).hypotheses;
  assert.equal(say(best!), '5 5');
  assert.ok(near(best!.logProbability, Math.log(0.4 * 0.95)));
  assert.ok(best!.finished);
});

test('the hypotheses are the n best, best first', () => {
  const all = run(trap, { beam: 4, nbest: 3, pruning: 0, lengthPenalty: 0 }).hypotheses;
  assert.deepEqual(all.map(say), ['5 5', '4 4', '4 5']);
  assert.ok(all.every(({ score, logProbability }) => score === logProbability));
});

test('attention has one row per word and one for the eos, without the padding of the batch', () => {
  const [best] = run(trap, { beam: 2 }).hypotheses;
  assert.deepEqual(
    best!.attention.attention!.map((row) => [...row]),
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  );
});

/** Ends at once with probability 0.55, otherwise after any number of 4s. */
const eager = (words: readonly number[]): NextWords =>
  words.length === 0 ? { [EOS]: 0.55, 4: 0.45 } : { [EOS]: 0.9, 4: 0.1 };

test('the length penalty compensates for length', () => {
  assert.equal(say(run(eager, { beam: 3, lengthPenalty: 0 }).hypotheses[0]!), '');
  const [long] = run((words): NextWords => (words.length < 4 ? { 4: 0.87, [EOS]: 0.13 } : { [EOS]: 1 }), {
    beam: 3,
    lengthPenalty: 1,
  }).hypotheses;
  assert.equal(say(long!), '4 4 4 4');
  assert.ok(near(long!.score, (4 * Math.log(0.87)) / (10 / 6)));
});

test('the coverage penalty is subtracted from the score and leaves the log probability', () => {
  const [plain] = run(trap, { beam: 2, lengthPenalty: 0 }, 4).hypotheses;
  const [covering] = run(trap, { beam: 2, lengthPenalty: 0, coveragePenalty: 0.2 }, 4).hypotheses;
  assert.equal(covering!.logProbability, plain!.logProbability);
  // after three steps one of four source words is not yet covered
  assert.ok(near(covering!.score, plain!.score + 0.2 * Math.log(1e-10)));
});

test('no translation is shorter than the minimum', () => {
  for (const minOutputLength of [0, 1, 2, 5]) {
    const all = run(eager, { beam: 4, nbest: 4, minOutputLength, pruning: 0 }).hypotheses;
    assert.equal(Math.min(...all.map(({ ids }) => ids.length)), minOutputLength);
  }
});

test('a translation that never ends is cut at the maximum and marked', () => {
  const endless = () => ({ 4: 0.7, 5: 0.3 });
  const [cut] = run(endless, { beam: 2, maxOutputLength: 6 }).hypotheses;
  assert.equal(say(cut!), '4 4 4 4 4 4');
  assert.equal(cut!.finished, false);
  assert.equal(cut!.attention.attention!.length, 6);
  assert.equal(run(endless, { beam: 2 }).hypotheses[0]!.ids.length, 2 * 3 + 10, 'twice the source and 10 more');
  const long = run(endless, { beam: 2, minOutputLength: 30 }).hypotheses[0]!;
  assert.equal(long.ids.length, 30 + 10, 'a minimum leaves the same room');
});

test('a finished translation comes before one that was cut, however probable', () => {
  const mostlyEndless = (words: readonly number[]): NextWords =>
    words.length === 0 ? { 4: 0.99, [EOS]: 0.01 } : { 4: 0.999, [EOS]: 0.001 };
  const [best, next] = run(mostlyEndless, { beam: 2, nbest: 2, maxOutputLength: 5, pruning: 0 }).hypotheses;
  assert.equal(best!.finished, true);
  assert.equal(next!.finished, false);
  assert.ok(next!.score > best!.score);
});

test('pad and bos are never generated', () => {
  const [best] = run((words): NextWords => (words.length === 0 ? { [PAD]: 0.5, [BOS]: 0.3, 4: 0.2 } : { [EOS]: 1 }), {
    beam: 2,
  }).hypotheses;
  assert.equal(say(best!), '4');
});

test('an unknown word is generated only if that is allowed', () => {
  const next = (words: readonly number[]): NextWords =>
    words.length === 0 ? { [UNKNOWN]: 0.8, 4: 0.2 } : { [EOS]: 1 };
  assert.equal(say(run(next, { beam: 2 }).hypotheses[0]!), '4');
  assert.equal(say(run(next, { beam: 2, unknownWords: true }).hypotheses[0]!), `${UNKNOWN}`);
});

test('dropping beams that cannot win any more changes no result', () => {
  // pseudo-random next words, the same after the same words
  const noisy = (words: readonly number[]): NextWords => {
    const weights = [EOS, 4, 5, 6, 7].map((word) => {
      const seed = [...words, word].reduce((hash, id) => (hash * 31 + id) % 1009, 7);
      return [word, 1 + (seed % 17)] as const;
    });
    const sum = weights.reduce((total, [, weight]) => total + weight, 0);
    return Object.fromEntries(weights.map(([word, weight]) => [word, weight / sum]));
  };
  for (const lengthPenalty of [0, 0.5, 1, 2]) {
    for (const beam of [2, 3, 5, 8]) {
      const options = { beam, lengthPenalty, pruning: 0, maxOutputLength: 8 };
      const all = run(noisy, { ...options, nbest: beam }).hypotheses;
      for (let nbest = 1; nbest < beam; nbest++) {
        assert.deepEqual(run(noisy, { ...options, nbest }).hypotheses.map(say), all.slice(0, nbest).map(say));
      }
    }
  }
});

test('pruning drops what is much less probable than the best, but never one of the n best', () => {
  const lopsided = (words: readonly number[]): NextWords =>
    words.length === 0 ? { 4: 0.9, 5: 0.09, 6: 0.01 } : { [EOS]: 1 };
  const said = (options: SearchOptions) => run(lopsided, { beam: 3, lengthPenalty: 0, ...options }).hypotheses.map(say);
  assert.deepEqual(said({ nbest: 3, pruning: 0 }), ['4', '5', '6']);
  assert.deepEqual(said({ nbest: 3, pruning: 1 }), ['4', '5', '6']);
  const search = new SentenceSearch([9, 9], { ...searchDefaults, beam: 3, pruning: 3 });
  const logs = [0.9, 0.09, 0.01].map(Math.log);
  const step = {
    words: Int32Array.of(4, 5, 6),
    logProbabilities: Float32Array.from(logs),
    count: 3,
    attention: {},
    width: 0,
  };
  search.advance(step, 0);
  assert.deepEqual(
    Array.from({ length: search.count }, (_, beam) => search.lastWord(beam)),
    [4, 5],
    'log(0.9 / 0.01) is above 3, log(0.9 / 0.09) is not',
  );
});

test('probabilities that are not numbers end a search at once, without a translation', () => {
  let steps = 0;
  const search = run(
    () => {
      steps++;
      return { 4: Number.NaN, 5: Number.NaN };
    },
    { beam: 2, nbest: 1, maxOutputLength: 9 },
  );
  assert.equal(steps, 1);
  assert.deepEqual(search.hypotheses, []);
});
