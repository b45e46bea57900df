import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CountedWord, countCharacters, spell } from '../../src/vocabulary/counts.ts';
import { bestPath, buildLattice, expectedCounts, type Lattice, removePieces } from '../../src/vocabulary/lattice.ts';
import { findSeeds } from '../../src/vocabulary/seeds.ts';
import { digamma, trainUnigram } from '../../src/vocabulary/unigram.ts';

const word = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 7 }).map((l) => `▁${l.join('')}`);
const corpus: fc.Arbitrary<CountedWord[]> = fc.uniqueArray(
  fc.record({ text: word, count: fc.integer({ min: 1, max: 5 }), finalCount: fc.integer({ min: 0, max: 1 }) }),
  { selector: ({ text }) => text, minLength: 1, maxLength: 8 },
);

/** Every string of 2 characters or more, with its count, that continues in two ways: straight from the definition. */
function seedsSlowly(words: readonly CountedWord[]): Map<string, number> {
  const counts = new Map<string, number>();
  const waysOn = new Map<string, Set<string>>();
  for (const { text, count, finalCount } of words) {
    for (let start = 0; start < text.length; start++) {
      for (let end = start + 2; end <= text.length; end++) {
        const part = text.slice(start, end);
        counts.set(part, (counts.get(part) ?? 0) + count);
        const ways = waysOn.get(part) ?? new Set();
        if (end < text.length) ways.add(text[end] ?? '');
        else if (finalCount > 0) ways.add('end of sentence');
        if (end === text.length && finalCount < count) ways.add('space');
        waysOn.set(part, ways);
      }
    }
  }
  return new Map([...counts].filter(([part, count]) => count > 1 && (waysOn.get(part)?.size ?? 0) > 1));
}

test('the seeds are the strings that occur twice or more and continue in different ways', () => {
  fc.assert(
    fc.property(corpus, (words) => {
      const characters = countCharacters(words, 1);
      const spelling = spell(words, characters);
      const seeds = findSeeds(words, characters, spelling);
      const found = new Map<string, number>();
      for (let seed = characters.length; seed < seeds.size; seed++) {
        const place = seeds.places[seed]!;
        const symbols = [...spelling.symbols.subarray(place, place + seeds.lengths[seed]!)];
        found.set(symbols.map((s) => characters[s]!.text).join(''), seeds.scores[seed]! / symbols.length);
      }
      assert.deepEqual(new Map([...found].sort()), new Map([...seedsSlowly(words)].sort()));
      assert.deepEqual(
        [...seeds.scores.slice(characters.length)],
        [...seeds.scores.slice(characters.length)].sort((a, b) => b - a),
      );
    }),
  );
});

/** A lattice of one word with `length` positions and random pieces, and their scores. */
const lattices = fc.integer({ min: 1, max: 6 }).chain((length) =>
  fc
    .array(fc.array(fc.double({ min: -5, max: 0, noNaN: true }), { minLength: length, maxLength: length }), {
      minLength: length,
      maxLength: length,
    })
    .map((table) => {
      const scores: number[] = [];
      const spelling = { symbols: new Int32Array(length), first: Int32Array.of(0, length) };
      const lattice = buildLattice(spelling, (place, end, found) => {
        for (let width = 1; width <= end - place; width++) {
          const score = table[place]![width - 1]!;
          if (width > 1 && score > -1) continue; // about a fifth of the pieces are missing
          found(scores.push(score) - 1, width);
        }
      });
      return { lattice, scores: Float64Array.from(scores), length };
    }),
);

/** All segmentations of a lattice's word. */
function allPaths({ starts, pieces, lengths }: Lattice, length: number, at = 0): number[][] {
  if (at === length) return [[]];
  const paths: number[][] = [];
  for (let edge = starts[at]!; edge < starts[at + 1]!; edge++) {
    for (const rest of allPaths({ starts, pieces, lengths, first: starts }, length, at + lengths[edge]!)) {
      paths.push([pieces[edge]!, ...rest]);
    }
  }
  return paths;
}

test('expected counts equal those over all segmentations weighted by their probability', () => {
  fc.assert(
    fc.property(lattices, fc.integer({ min: 1, max: 9 }), ({ lattice, scores, length }, count) => {
      const paths = allPaths(lattice, length);
      const weights = paths.map((path) => Math.exp(path.reduce((sum, piece) => sum + scores[piece]!, 0)));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const expected = new Float64Array(scores.length);
      paths.forEach((path, i) => {
        for (const piece of path) expected[piece]! += (count * weights[i]!) / total;
      });
      const got = expectedCounts(lattice, scores, Float64Array.of(count));
      got.forEach((value, piece) => {
        assert.ok(Math.abs(value - expected[piece]!) < 1e-9, `${value} is not ${expected[piece]}`);
      });
    }),
  );
});

test('the best path is the most probable segmentation, also without an excluded piece', () => {
  fc.assert(
    fc.property(lattices, fc.boolean(), ({ lattice, scores, length }, exclude) => {
      const sum = (path: readonly number[]) => path.reduce((total, piece) => total + scores[piece]!, 0);
      const single = allPaths(lattice, length).find((path) => path.length === 1)?.[0];
      const excluded = exclude && length > 1 ? (single ?? -1) : -1;
      const allowed = allPaths(lattice, length).filter((path) => !path.includes(excluded));
      const best = bestPath(lattice, scores, 0, length, excluded);
      assert.ok(!best.includes(excluded));
      assert.ok(Math.abs(sum(best) - Math.max(...allowed.map(sum))) < 1e-9);
    }),
  );
});

test('removed pieces are no longer in the lattice and all others stay', () => {
  fc.assert(
    fc.property(lattices, ({ lattice, length }) => {
      const before = allPaths(lattice, length);
      const isLong = (piece: number) => lattice.lengths[lattice.pieces.indexOf(piece)]! > 1 && piece % 2 === 0;
      const gone = new Set(Array.from(lattice.pieces).filter(isLong));
      removePieces(lattice, (piece) => gone.has(piece));
      const expected = before.filter((path) => !path.some((piece) => gone.has(piece)));
      assert.deepEqual(allPaths(lattice, length), expected);
    }),
  );
});

test('digamma has its known values', () => {
  const gamma = 0.5772156649015329;
  for (const [x, value] of [
    [1, -gamma],
    [0.5, -gamma - 2 * Math.LN2],
    [10, 2.251752589066721],
  ] as const) {
    assert.ok(Math.abs(digamma(x) - value) < 1e-9, `digamma(${x}) is ${digamma(x)}`);
  }
});

test('a frequent word becomes one piece, and every character has a piece however rare', () => {
  const words = [
    { text: '▁casa', count: 90, finalCount: 30 },
    { text: '▁case', count: 60, finalCount: 10 },
    { text: '▁cosa', count: 40, finalCount: 1 },
    { text: '▁q', count: 1, finalCount: 0 },
  ];
  const pieces = trainUnigram(words, countCharacters(words, 1), 12, 12).map(({ text }) => text);
  assert.ok(pieces.includes('▁casa'), pieces.join(' '));
  for (const { text } of countCharacters(words, 1)) assert.ok(pieces.includes(text), text);
});
