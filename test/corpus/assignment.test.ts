import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assignComponents, assignRows } from '../../src/corpus/assignment.ts';
import { SentenceGraph } from '../../src/corpus/sentence-graph.ts';
import { DEV, TEST, TRAIN } from '../../src/corpus/splits.ts';

const countOf = (parts: Uint8Array, part: number) => parts.filter((p) => p === part).length;

test('components are never divided, and dev and test never get more than requested', () => {
  const sides = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }));
  const size = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(fc.array(sides, { maxLength: 60 }), size, size, fc.integer(), (pairs, dev, test, seed) => {
      const graph = new SentenceGraph();
      for (const [source, target] of pairs) graph.add(String(source), String(target));
      const components = graph.components();
      const parts = assignComponents(components, { dev, test }, seed);
      components.ofPair.forEach((component, pair) => {
        assert.equal(parts[pair], parts[components.ofPair.indexOf(component)]);
      });
      assert.ok(countOf(parts, DEV) <= dev && countOf(parts, TEST) <= test);
    }),
  );
});

test('small components are held out first, and dev and test get exactly what was requested', () => {
  const graph = new SentenceGraph();
  for (let i = 0; i < 50; i++) graph.add('hub', `spoke ${i}`);
  for (let i = 0; i < 50; i++) graph.add(`alone ${i}`, `alone too ${i}`);
  const components = graph.components();
  const parts = assignComponents(components, { dev: 20, test: 10 }, 1);
  assert.deepEqual([countOf(parts, TRAIN), countOf(parts, DEV), countOf(parts, TEST)], [70, 20, 10]);
  assert.ok(parts.slice(0, 50).every((part) => part === TRAIN));
});

test('large components are held out if no small ones are left', () => {
  const graph = new SentenceGraph();
  for (let hub = 0; hub < 6; hub++) for (let i = 0; i < 5; i++) graph.add(`hub ${hub}`, `spoke ${hub} ${i}`);
  const parts = assignComponents(graph.components(), { dev: 5, test: 7 }, 1);
  assert.deepEqual([countOf(parts, DEV), countOf(parts, TEST)], [5, 5]);
});

test('rows are drawn one by one, as many as requested, from everywhere, the same for the same seed', () => {
  const parts = assignRows(1000, { dev: 100, test: 50 }, 3);
  assert.deepEqual([countOf(parts, TRAIN), countOf(parts, DEV), countOf(parts, TEST)], [850, 100, 50]);
  assert.ok(countOf(parts.slice(0, 500), DEV) > 25 && countOf(parts.slice(500), DEV) > 25);
  assert.deepEqual(assignRows(1000, { dev: 100, test: 50 }, 3), parts);
  assert.notDeepEqual(assignRows(1000, { dev: 100, test: 50 }, 4), parts);
});
