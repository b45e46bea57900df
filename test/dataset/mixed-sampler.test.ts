import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from '../../src/dataset/batch.ts';
import { MixedSampler } from '../../src/dataset/mixed-sampler.ts';
import { type BatchSource, Sampler, type SamplerPosition } from '../../src/dataset/sampler.ts';
import { chooseShapes } from '../../src/dataset/shapes.ts';
import { writeSplit } from './written-split.ts';

const main = writeSplit(900);
const old = writeSplit(2000);
const third = writeSplit(40);
const shapes = chooseShapes(
  [main, old, third].flatMap((split) => split.lengthCounts()),
  { batchTokens: 200 },
);
/** Samplers that record from which corpus a batch comes. */
const origins = new Map<Batch, string>();
const from = (name: string, split: typeof main) => (position: SamplerPosition) => {
  const sampler = new Sampler(split, shapes, 1, position);
  const next = (): Batch => {
    const batch = sampler.next();
    origins.set(batch, name);
    return batch;
  };
  return {
    batchesPerEpoch: sampler.batchesPerEpoch,
    position: sampler.position,
    next,
    skip: () => sampler.skip(),
  } satisfies BatchSource;
};
const mixed = (position = { epoch: 0, batch: 0 }) =>
  new MixedSampler(
    from('main', main),
    [
      { samplerAt: from('old', old), share: 0.3 },
      { samplerAt: from('third', third), share: 0.1 },
    ],
    position,
  );
const taken = (sampler: BatchSource, count: number) => Array.from({ length: count }, () => sampler.next());
const countOf = (batches: readonly Batch[], name: string) => batches.filter((b) => origins.get(b) === name).length;

test("an epoch has every sentence of the main corpus once and, evenly spread, the others' shares of the batches", () => {
  const sampler = mixed();
  const { batchesPerEpoch } = sampler;
  for (const epoch of [0, 1, 2]) {
    assert.deepEqual(sampler.position, { epoch, batch: 0 });
    const batches = taken(sampler, batchesPerEpoch);
    const own = batches.filter((batch) => origins.get(batch) === 'main');
    const seen = own.flatMap(({ sentences }) => [...sentences]).sort((a, b) => a - b);
    assert.deepEqual(
      seen,
      Array.from({ length: main.size }, (_, i) => i),
    );
    for (const [name, share] of [
      ['old', 0.3],
      ['third', 0.1],
    ] as const) {
      assert.ok(Math.abs(countOf(batches, name) / batchesPerEpoch - share) < 0.01, name);
      const half = batches.slice(0, Math.floor(batchesPerEpoch / 2));
      assert.ok(Math.abs(countOf(half, name) - countOf(batches, name) / 2) <= 1, `${name} in half an epoch`);
    }
  }
});

test('a mixed-in corpus continues through its own epochs: nothing is left out or repeated', () => {
  const sampler = mixed();
  const batches = taken(sampler, 6 * sampler.batchesPerEpoch).filter((batch) => origins.get(batch) === 'old');
  const perEpoch = from('old', old)({ epoch: 0, batch: 0 }).batchesPerEpoch;
  assert.ok(batches.length > perEpoch);
  const first = batches.slice(0, perEpoch).flatMap(({ sentences }) => [...sentences]);
  assert.equal(new Set(first).size, old.size);
  assert.equal(first.length, old.size);
});

test('a sampler resumed anywhere continues like the one that was stopped', () => {
  const whole = mixed();
  const batches = taken(whole, 2 * whole.batchesPerEpoch + 20);
  for (const at of [0, 1, 7, whole.batchesPerEpoch - 1, whole.batchesPerEpoch, 2 * whole.batchesPerEpoch + 3]) {
    const position = { epoch: Math.floor(at / whole.batchesPerEpoch), batch: at % whole.batchesPerEpoch };
    const again = mixed(position);
    for (const expected of batches.slice(at, at + 15)) {
      const batch = again.next();
      assert.equal(origins.get(batch), origins.get(expected));
      assert.deepEqual([...batch.sentences], [...expected.sentences]);
    }
  }
});

test('a small share of a small corpus is one batch per epoch, not none', () => {
  const sampler = new MixedSampler(from('main', third), [{ samplerAt: from('old', old), share: 0.001 }], {
    epoch: 0,
    batch: 0,
  });
  assert.equal(countOf(taken(sampler, sampler.batchesPerEpoch), 'old'), 1);
});
