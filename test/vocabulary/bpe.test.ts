import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { trainBpe } from '../../src/vocabulary/bpe.ts';
import { type Counted, countCharacters } from '../../src/vocabulary/counts.ts';

/** The definition, slowly: count all pairs of neighbours, merge the best everywhere, and again. */
function trainSlowly(words: readonly Counted[], characters: readonly Counted[], wanted: number): string[] {
  const known = new Set(characters.map(({ text }) => text));
  let spelled = words.map(({ text, count }) => ({ count, symbols: [...text].map((c) => (known.has(c) ? c : '')) }));
  const pieces: string[] = [];
  const passedOver = new Set<string>();
  while (pieces.length < wanted) {
    const counts = new Map<string, { left: string; right: string; count: number }>();
    for (const { symbols, count } of spelled) {
      for (let i = 0; i + 1 < symbols.length; i++) {
        const [left = '', right = ''] = symbols.slice(i, i + 2);
        const key = `${left}|${right}`;
        if (left === '' || right === '' || [...left, ...right].length > 16 || passedOver.has(key)) continue;
        counts.set(key, { left, right, count: (counts.get(key)?.count ?? 0) + count });
      }
    }
    const [best] = [...counts.values()].sort(
      (a, b) =>
        b.count - a.count ||
        [...a.left, ...a.right].length - [...b.left, ...b.right].length ||
        (a.left + a.right < b.left + b.right ? -1 : 1),
    );
    if (best === undefined) break;
    if (pieces.includes(best.left + best.right)) {
      passedOver.add(`${best.left}|${best.right}`);
      continue;
    }
    pieces.push(best.left + best.right);
    spelled = spelled.map(({ symbols, count }) => {
      const merged: string[] = [];
      for (let i = 0; i < symbols.length; i++) {
        if (symbols[i] === best.left && symbols[i + 1] === best.right) merged.push(best.left + symbols[++i]);
        else merged.push(symbols[i] ?? '');
      }
      return { symbols: merged, count };
    });
  }
  return pieces;
}

const word = fc
  .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 20 })
  .map((l) => `▁${l.join('')}`);
const corpus = fc.uniqueArray(fc.record({ text: word, count: fc.integer({ min: 1, max: 9 }) }), {
  selector: (w) => w.text,
  maxLength: 12,
});

test('counting only what a merge changes finds the same pieces as counting everything again', () => {
  fc.assert(
    fc.property(corpus, fc.integer({ min: 0, max: 40 }), fc.constantFrom(1, 0.9), (words, wanted, coverage) => {
      const characters = countCharacters(words, coverage);
      assert.deepEqual(trainBpe(words, characters, wanted), trainSlowly(words, characters, wanted));
    }),
    { numRuns: 300 },
  );
});

const simple = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).map(([text, count]) => ({ text, count }));

test('the most frequent pairs are merged first, and of ties the shorter, then the first by its text', () => {
  const words = simple({ '▁low': 5, '▁lower': 2, '▁newest': 6, '▁widest': 3 });
  const pieces = trainBpe(words, countCharacters(words, 1), 8);
  assert.deepEqual(pieces, ['es', 'est', 'lo', 'low', '▁low', 'ew', '▁n', '▁new']);
});

test('no piece mixes scripts: letters are separate from digits and punctuation', () => {
  const words = simple({ '▁ab12,': 50, '▁ab,': 50, '▁日本ab': 50, '▁カ日': 9 });
  const pieces = trainBpe(words, countCharacters(words, 1), 100);
  assert.deepEqual([...pieces].sort(), ['12', '12,', 'ab', '▁ab', '▁カ', '▁カ日', '▁日', '▁日本']);
});

test('fewer pieces are returned when nothing is left to merge', () => {
  const words = simple({ '▁ab': 1 });
  assert.deepEqual(trainBpe(words, countCharacters(words, 1), 10), ['ab', '▁ab']);
});
