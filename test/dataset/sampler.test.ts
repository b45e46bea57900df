import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Batch } from '../../src/dataset/batch.ts';
import type { Split } from '../../src/dataset/dataset.ts';
import { summarizeEpoch } from '../../src/dataset/epoch-plan.ts';
import { Sampler, sequentialBatches } from '../../src/dataset/sampler.ts';
import { chooseShapes } from '../../src/dataset/shapes.ts';
import { InputError } from '../../src/support/errors.ts';
import { BOS, EOS, PAD } from '../../src/vocabulary/vocabulary.ts';
import { writeSplit } from './written-split.ts';

const split = writeSplit(5000);
const shapes = chooseShapes(split.lengthCounts(), { batchTokens: 400 });
const sampler = (seed: number, position = { epoch: 0, batch: 0 }): Sampler =>
  new Sampler(split, shapes, seed, position);
/** The batches of one epoch. */
function* epochOf(seed: number, epoch: number): Generator<Batch> {
  const own = sampler(seed, { epoch, batch: 0 });
  for (let batch = 0; batch < own.batchesPerEpoch; batch++) yield own.next();
}
const sentencesOf = (batches: Iterable<Batch>): number[] => [...batches].flatMap((batch) => [...batch.sentences]);

test('every sentence occurs exactly once per epoch, in batches of the fixed shapes', () => {
  for (const epoch of [0, 1, 9]) {
    const seen: number[] = [];
    for (const batch of epochOf(3, epoch)) {
      assert.ok(shapes.includes(batch.shape));
      assert.ok(batch.sentences.length >= 1 && batch.sentences.length <= batch.shape.batch);
      assert.equal(batch.source.length, batch.shape.batch * batch.shape.sourceLength);
      assert.equal(batch.targetInput.length, batch.shape.batch * batch.shape.targetLength);
      assert.equal(batch.targetOutput.length, batch.targetInput.length);
      seen.push(...batch.sentences);
    }
    assert.deepEqual(
      seen.sort((a, b) => a - b),
      Array.from({ length: split.size }, (_, i) => i),
    );
  }
});

test('a row contains its sentence: ids and eos, bos and ids, padding; a row without a sentence is all padding', () => {
  let emptyRows = 0;
  for (const batch of epochOf(1, 0)) {
    const { batch: rows, sourceLength, targetLength } = batch.shape;
    let sourceTokens = 0;
    let targetTokens = 0;
    for (let row = 0; row < rows; row++) {
      const source = [...batch.source.subarray(row * sourceLength, (row + 1) * sourceLength)];
      const input = [...batch.targetInput.subarray(row * targetLength, (row + 1) * targetLength)];
      const output = [...batch.targetOutput.subarray(row * targetLength, (row + 1) * targetLength)];
      const padded = (ids: number[], length: number): number[] => [...ids, ...Array(length - ids.length).fill(PAD)];
      const index = batch.sentences[row];
      if (index === undefined) {
        emptyRows++;
        assert.deepEqual([...source, ...input, ...output], padded([], sourceLength + 2 * targetLength));
        continue;
      }
      const pair = split.pair(index);
      assert.deepEqual(source, padded([...pair.source, EOS], sourceLength));
      assert.deepEqual(input, padded([BOS, ...pair.target], targetLength));
      assert.deepEqual(output, padded([...pair.target, EOS], targetLength));
      sourceTokens += pair.source.length + 1;
      targetTokens += pair.target.length + 1;
    }
    assert.deepEqual([batch.sourceTokens, batch.targetTokens], [sourceTokens, targetTokens]);
  }
  assert.ok(emptyRows > 0, 'the last batch of a shape is seldom full');
});

test('the order depends only on seed and epoch', () => {
  const first = sentencesOf(epochOf(3, 2));
  const walked = sampler(3, { epoch: 1, batch: 4 });
  while (walked.position.epoch < 2) walked.next();
  const second = Array.from({ length: walked.batchesPerEpoch }, () => walked.next());
  assert.deepEqual(sentencesOf(second), first);
  assert.notDeepEqual(sentencesOf(epochOf(4, 2)), first);
  assert.notDeepEqual(sentencesOf(epochOf(3, 3)), first);
});

test('a saved position continues exactly like the run that was not stopped', () => {
  const whole = sampler(5);
  const batches: Batch[] = [];
  const positions: string[] = [];
  for (let i = 0; i < 2.5 * whole.batchesPerEpoch; i++) {
    positions.push(JSON.stringify(whole.position));
    batches.push(whole.next());
  }
  for (const at of [0, 1, 17, whole.batchesPerEpoch - 1, whole.batchesPerEpoch, 2 * whole.batchesPerEpoch + 3]) {
    const resumed = sampler(5, JSON.parse(positions[at]!));
    for (const batch of batches.slice(at, at + 40)) assert.deepEqual(resumed.next(), batch);
  }
});

test('an epoch has as many batches and as much padding as predicted', () => {
  const summary = summarizeEpoch(split.lengthCounts(), shapes);
  let batches = 0;
  const tokens = { source: 0, target: 0 };
  const positions = { source: 0, target: 0 };
  for (const batch of epochOf(8, 0)) {
    batches++;
    tokens.source += batch.sourceTokens;
    tokens.target += batch.targetTokens;
    positions.source += batch.source.length;
    positions.target += batch.targetOutput.length;
  }
  assert.equal(batches, summary.batches);
  assert.equal(sampler(8).batchesPerEpoch, summary.batches);
  assert.ok(Math.abs(summary.padding.source - (1 - tokens.source / positions.source)) < 1e-12);
  assert.ok(Math.abs(summary.padding.target - (1 - tokens.target / positions.target)) < 1e-12);
});

test('long and short batches are mixed: no quarter of an epoch has twice its share of any common shape', () => {
  const order = [...epochOf(2, 0)].map((batch) => shapes.indexOf(batch.shape));
  const quarter = Math.ceil(order.length / 4);
  let common = 0;
  for (const [shape] of shapes.entries()) {
    const total = order.filter((other) => other === shape).length;
    if (total < 24) continue;
    common++;
    for (let start = 0; start < order.length; start += quarter) {
      const part = order.slice(start, start + quarter).filter((other) => other === shape).length;
      assert.ok(part < (2 * total) / 4, `shape ${shape}: ${part} of ${total}`);
    }
  }
  assert.ok(common >= 3, `${common} common shapes`);
});

test('sequential batches contain every sentence once, always the same, in order within a shape', () => {
  const batches = [...sequentialBatches(split, shapes)];
  assert.deepEqual(sentencesOf(batches), sentencesOf(sequentialBatches(split, shapes)));
  assert.deepEqual(
    sentencesOf(batches).sort((a, b) => a - b),
    Array.from({ length: split.size }, (_, i) => i),
  );
  for (const { sentences, shape } of batches) {
    if (sentences.length < shape.batch) continue;
    assert.deepEqual(
      [...sentences],
      [...sentences].sort((a, b) => a - b),
    );
  }
});

test('an empty split and a position from other data are rejected with advice', () => {
  const empty: Split = { ...split, size: 0, lengthCounts: () => [] };
  assert.throws(() => new Sampler(empty, shapes, 1), InputError);
  assert.throws(() => sampler(1, { epoch: 0, batch: 100_000 }), /batch 100000 does not exist in this data/);
});

test('ten times the sentences take no more memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const bytesInUse = async (): Promise<number> => {
    // Array buffers are freed some turns after the collection that found them unused.
    for (let turn = 0; turn < 5; turn++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const held = async (size: number): Promise<number> => {
    const large = writeSplit(size, (i) => ({ source: [4, 5, 6 + (i % 9)], target: i % 3 === 0 ? [4, 5] : [7] }));
    const batches = new Sampler(large, chooseShapes(large.lengthCounts(), { batchTokens: 200 }), 1);
    const before = await bytesInUse();
    for (let i = 0; i < batches.batchesPerEpoch / 2; i++) batches.next();
    const during = await bytesInUse();
    batches.next();
    return during - before;
  };
  await held(30_000); // memory for the first use of the code does not count
  const few = await held(30_000);
  const many = await held(300_000);
  // An array with a number for each sentence would take 1.1 million bytes more.
  assert.ok(many - few < 500_000, `${few} bytes, then ${many}`);
});
