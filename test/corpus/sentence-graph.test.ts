import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countOverlap, SentenceGraph } from '../../src/corpus/sentence-graph.ts';
import { SentenceIndex } from '../../src/corpus/sentence-index.ts';

test("an index returns each text's first value, through many growths", () => {
  const index = new SentenceIndex();
  for (let i = 0; i < 200_000; i++) assert.equal(index.firstValue(`frase ${i}`, i), i);
  for (let i = 0; i < 200_000; i += 997) assert.equal(index.firstValue(`frase ${i}`, -1), i);
  assert.equal(index.size, 200_000);
});

test('texts that differ in one character, or in the order of two, are different', () => {
  const index = new SentenceIndex();
  const texts = ['', 'a', 'aa', 'ab', 'ba', '\u0000', 'è', 'e\u0300', '\ud83d\ude00', '\ude00\ud83d'];
  for (const [i, text] of texts.entries()) assert.equal(index.firstValue(text, i), i, JSON.stringify(text));
});

const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 })), { maxLength: 30 });

test('components equal those found by walking from pair to pair', () => {
  fc.assert(
    fc.property(pairs, (list) => {
      const graph = new SentenceGraph();
      for (const [source, target] of list) graph.add(`s${source}`, `t${target}`);
      const { ofPair, sizes } = graph.components();
      const walked = list.map(() => -1);
      let count = 0;
      list.forEach((_, start) => {
        if (walked[start] !== -1) return;
        const queue = [start];
        walked[start] = count;
        for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
          list.forEach(([source, target], other) => {
            const near = source === list[at as number]?.[0] || target === list[at as number]?.[1];
            if (near && walked[other] === -1) {
              walked[other] = count;
              queue.push(other);
            }
          });
        }
        count++;
      });
      assert.deepEqual([...ofPair], walked);
      assert.deepEqual(
        [...sizes],
        Array.from({ length: count }, (_, c) => walked.filter((w) => w === c).length),
      );
    }),
  );
});

test('the overlap of two splits equals that of sets of their sentences', () => {
  fc.assert(
    fc.property(pairs, fc.infiniteStream(fc.integer({ min: 0, max: 2 })), (list, parts) => {
      const graph = new SentenceGraph();
      for (const [source, target] of list) graph.add(String(source), String(target));
      const partOfPair = Uint8Array.from(list, () => parts.next().value);
      const expected = ([0, 1] as const).map((side) => {
        const within = new Set(list.filter((_, i) => partOfPair[i] === 0).map((pair) => pair[side]));
        return list.filter((pair, i) => partOfPair[i] === 2 && within.has(pair[side])).length;
      });
      const { source, target } = countOverlap(graph, partOfPair, 2, 0);
      assert.deepEqual([source, target], expected);
    }),
  );
});
