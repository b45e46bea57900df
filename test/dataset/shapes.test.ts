import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { summarizeEpoch } from '../../src/dataset/epoch-plan.ts';
import type { LengthCount } from '../../src/dataset/lengths.ts';
import { cheapestShape, chooseShapes } from '../../src/dataset/shapes.ts';
import { chooseShapesSlowly } from './slow-shapes.ts';

const cells = (most: number): fc.Arbitrary<LengthCount[]> =>
  fc.uniqueArray(
    fc.record({
      source: fc.integer({ min: 1, max: most }),
      target: fc.integer({ min: 1, max: most }),
      count: fc.nat(9e4),
    }),
    { maxLength: 60, selector: ({ source, target }) => `${source} ${target}` },
  );

/** The train split of Tatoeba in pieces of 4,000-piece vocabularies (test/fixtures/make-sentence-lengths.py). */
const fixture = JSON.parse(readFileSync(new URL('../fixtures/sentence-lengths.json', import.meta.url), 'utf8'));
const tatoeba = (fixture as [number, number, number][]).map(([source, target, count]) => ({ source, target, count }));

test('every sentence has a shape, at most as many as allowed, within the token budget', () => {
  fc.assert(
    fc.property(
      cells(120),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 5000 }),
      (lengths, most, budget) => {
        const shapes = chooseShapes(lengths, { batchTokens: budget, maxShapes: most });
        assert.ok(shapes.length <= most);
        for (const { source, target } of lengths) assert.notEqual(cheapestShape(shapes, source, target), -1);
        for (const { batch, sourceLength, targetLength } of shapes) {
          assert.ok(batch === 1 || batch * Math.max(sourceLength, targetLength) <= budget);
        }
      },
    ),
  );
});

test('the shapes equal those chosen with every saving summed over every pair of lengths', () => {
  const options = fc.record({
    batchTokens: fc.integer({ min: 1, max: 5000 }),
    maxShapes: fc.integer({ min: 1, max: 30 }),
    longest: fc.record({ source: fc.integer({ min: 1, max: 90 }), target: fc.integer({ min: 1, max: 90 }) }),
  });
  fc.assert(
    fc.property(cells(60), options, (lengths, chosen) => {
      assert.deepEqual(chooseShapes(lengths, chosen), chooseShapesSlowly(lengths, chosen));
    }),
  );
  assert.deepEqual(chooseShapes(tatoeba, { batchTokens: 3000 }), chooseShapesSlowly(tatoeba, { batchTokens: 3000 }));
});

test('sentences of all lengths up to 500 have shapes', () => {
  const lengths = Array.from({ length: 250_000 }, (_, i) => ({
    source: 1 + Math.floor(i / 500),
    target: 1 + (i % 500),
    count: 1 + ((i * 7919) % 100),
  }));
  const shapes = chooseShapes(lengths, { batchTokens: 4000 });
  assert.equal(shapes.length, 28);
  for (const { source, target } of lengths) assert.notEqual(cheapestShape(shapes, source, target), -1);
});

test('a longer dev sentence has a shape as well', () => {
  const shapes = chooseShapes([{ source: 5, target: 5, count: 10 }], {
    batchTokens: 100,
    longest: { source: 60, target: 70 },
  });
  assert.deepEqual(shapes.at(-1), { batch: 1, sourceLength: 60, targetLength: 70 });
});

test('two shapes cost at most a tenth more than the best possible two', () => {
  fc.assert(
    fc.property(cells(9), (lengths) => {
      const large = lengths.map((cell) => ({ ...cell, count: cell.count * 1000 }));
      const cost = (sizes: readonly (readonly [number, number])[]): number =>
        large.reduce((sum, { source, target, count }) => {
          const fitting = sizes.filter(([s, t]) => s >= source && t >= target).map(([s, t]) => s + 4 * t);
          return sum + count * Math.min(...fitting);
        }, 0);
      const shapes = chooseShapes(large, { batchTokens: 1000, maxShapes: 2 });
      const chosen = cost(shapes.map((shape) => [shape.sourceLength, shape.targetLength] as const));
      const all = [Math.max(1, ...large.map((c) => c.source)), Math.max(1, ...large.map((c) => c.target))] as const;
      let best = cost([all]);
      for (let source = 1; source <= 9; source++) {
        for (let target = 1; target <= 9; target++) best = Math.min(best, cost([all, [source, target]]));
      }
      assert.ok(chosen <= 1.1 * best + 14_000, `${chosen} against ${best}`);
    }),
  );
});

test('28 shapes pad Tatoeba by less than 3 % of the target and 11 % of the source', () => {
  const { shapes, batches, padding } = summarizeEpoch(tatoeba, chooseShapes(tatoeba, { batchTokens: 3000 }));
  assert.ok(shapes <= 28);
  assert.ok(padding.target < 0.03, `target ${padding.target}`);
  assert.ok(padding.source < 0.11, `source ${padding.source}`);
  assert.ok(batches < 1.1 * 1100, `${batches} batches of 3,000`);
});

test('a small corpus gets fewer shapes than a large one, because each must be compiled', () => {
  const small = tatoeba.map((cell) => ({ ...cell, count: Math.round(cell.count / 100) }));
  const few = chooseShapes(small, { batchTokens: 3000 }).length;
  const many = chooseShapes(tatoeba, { batchTokens: 3000 }).length;
  assert.ok(few < many / 3, `${few} and ${many}`);
});
