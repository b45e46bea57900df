import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Heap } from '../../src/support/heap.ts';

test('items come out in order, whatever order they went in and whatever came out between', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.constant('pop' as const))), (steps) => {
      const heap = new Heap<number>((a, b) => a < b);
      const sorted: number[] = [];
      for (const step of steps) {
        if (step === 'pop') assert.equal(heap.pop(), sorted.shift());
        else {
          heap.push(step);
          sorted.push(step);
          sorted.sort((a, b) => a - b);
        }
        assert.equal(heap.size, sorted.length);
      }
    }),
  );
});
