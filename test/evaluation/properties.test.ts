import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { corpusBleu, sentenceBleu } from '../../src/evaluation/bleu.ts';
import { corpusChrf, sentenceChrf } from '../../src/evaluation/chrf.ts';
import { matchNgrams } from '../../src/evaluation/ngrams.ts';
import { countEdits } from '../../src/evaluation/shifts.ts';
import { corpusTer, sentenceTer } from '../../src/evaluation/ter.ts';
import { InputError } from '../../src/support/errors.ts';

const word = fc.oneof(
  fc.constantFrom('the', 'The', 'sea', 'is', 'calm', '.', ',', '1,000', "it's", 'caffè', '🍕', '&quot;', '-'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
);
const sentence = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
const pair = fc.tuple(sentence, sentence);
const corpus = fc.array(pair, { minLength: 1, maxLength: 8 });
/** Few symbols, so that n-grams repeat and blocks can move. */
const symbols = fc.array(fc.nat(4), { maxLength: 14 });

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test('a text scored against itself has BLEU and chrF 100 and TER 0', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { minLength: 4, maxLength: 12 }), (numbers) => {
      const text = numbers.map((n) => `w${n}`).join(' ');
      near(corpusBleu([text], [[text]]).score, 100);
      near(corpusChrf([text], [[text]]).score, 100);
      near(corpusChrf([text], [[text]], { wordOrder: 2 }).score, 100);
      assert.equal(corpusTer([text], [[text]]).score, 0);
    }),
  );
});

test('BLEU and chrF are in [0, 100] and TER is not negative, whatever the text', () => {
  fc.assert(
    fc.property(pair, ([hypothesis, reference]) => {
      const bounded = [
        sentenceBleu(hypothesis, [reference]).score,
        sentenceBleu(hypothesis, [reference], { tokenize: 'intl', lowercase: true }).score,
        corpusBleu([hypothesis], [[reference]]).score,
        sentenceChrf(hypothesis, [reference]).score,
        sentenceChrf(hypothesis, [reference], { wordOrder: 2 }).score,
      ];
      for (const score of bounded) assert.ok(score >= 0 && score <= 100 + 1e-9, `${score}`);
      assert.ok(sentenceTer(hypothesis, [reference]).score >= 0);
    }),
  );
});

test('the order of the sentences does not change a corpus score', () => {
  fc.assert(
    fc.property(corpus, (pairs) => {
      const [h, r] = [pairs.map((p) => p[0]), pairs.map((p) => p[1])];
      const [hReversed, rReversed] = [h.toReversed(), r.toReversed()];
      near(corpusBleu(h, [r]).score, corpusBleu(hReversed, [rReversed]).score);
      near(corpusChrf(h, [r]).score, corpusChrf(hReversed, [rReversed]).score);
      near(corpusTer(h, [r]).score, corpusTer(hReversed, [rReversed]).score);
    }),
  );
});

test('the option lowercase scores like lowercased text', () => {
  fc.assert(
    fc.property(pair, ([hypothesis, reference]) => {
      const lower: [string[], string[][]] = [[hypothesis.toLowerCase()], [[reference.toLowerCase()]]];
      const { signature: _, ...expected } = corpusBleu(...lower);
      const { signature, ...actual } = corpusBleu([hypothesis], [[reference]], { lowercase: true });
      assert.deepEqual(actual, expected);
      assert.match(signature, /\|case:lc\|/);
      assert.equal(corpusChrf([hypothesis], [[reference]], { lowercase: true }).score, corpusChrf(...lower).score);
      assert.equal(sentenceTer(hypothesis, [reference]).edits, sentenceTer(lower[0][0]!, lower[1][0]!).edits);
    }),
  );
});

test('one more reference removes no n-gram match, adds no edit and never lowers sentence chrF', () => {
  fc.assert(
    fc.property(sentence, sentence, sentence, (hypothesis, first, second) => {
      const one = sentenceBleu(hypothesis, [first]);
      const two = sentenceBleu(hypothesis, [first, second]);
      assert.ok(two.counts.every((count, n) => count >= one.counts[n]!));
      assert.ok(sentenceTer(hypothesis, [first, second]).edits <= sentenceTer(hypothesis, [first]).edits);
      assert.ok(sentenceChrf(hypothesis, [first, second]).score >= sentenceChrf(hypothesis, [first]).score);
    }),
  );
});

test('n-gram matches equal those counted with a dictionary of texts', () => {
  const dictionary = (list: readonly number[], n: number) => {
    const counts = new Map<string, number>();
    for (let i = 0; i + n <= list.length; i++) {
      const key = list.slice(i, i + n).join(' ');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  };
  fc.assert(
    fc.property(symbols, fc.array(symbols, { maxLength: 3 }), (hypothesis, references) => {
      const expected = [1, 2, 3, 4].map((n) => {
        const others = references.map((reference) => dictionary(reference, n));
        const clipped = [...dictionary(hypothesis, n)].map(([key, count]) =>
          Math.min(count, Math.max(0, ...others.map((other) => other.get(key) ?? 0))),
        );
        return clipped.reduce((sum, count) => sum + count, 0);
      });
      assert.deepEqual(matchNgrams(hypothesis, references, 4), expected);
    }),
  );
});

test('TER never needs more edits than the plain edit distance, and none exactly for equal words', () => {
  const distance = (a: readonly number[], b: readonly number[]): number => {
    let row = b.map((_, j) => j + 1);
    a.forEach((x, i) => {
      let left = i + 1;
      row = row.map((above, j) => {
        const corner = j === 0 ? i : row[j - 1]!;
        left = Math.min(above + 1, left + 1, corner + (x === b[j] ? 0 : 1));
        return left;
      });
    });
    return row.at(-1) ?? a.length;
  };
  fc.assert(
    fc.property(symbols, symbols, (a, b) => {
      const edits = countEdits(a, b);
      assert.ok(edits <= distance(a, b));
      assert.equal(edits === 0, a.join(' ') === b.join(' '));
    }),
  );
});

test('moving a block of words is one edit', () => {
  assert.equal(sentenceTer('in the garden the old man sleeps', ['the old man sleeps in the garden']).edits, 1);
});

test('missing sentences or references and reference sets of another length are rejected', () => {
  assert.throws(() => corpusBleu([], [[]]), InputError);
  assert.throws(() => corpusBleu(['a'], []), InputError);
  assert.throws(() => corpusChrf(['a', 'b'], [['a', 'b'], ['a']]), /2 hypotheses, but 1 sentences in reference set 2/);
});
