import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { createModel, initialParameters } from '../../src/models/create.ts';
import type { ModelOptions } from '../../src/models/seq2seq.ts';
import { keepAll } from '../../src/tensor/ops/dropout.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import { batchLoss } from '../../src/training/step.ts';
import { BOS, EOS, PAD } from '../../src/vocabulary/vocabulary.ts';
import { tinyOptions } from '../helpers/copy-task.ts';

let runtime: Runtime;
before(async () => {
  runtime = await openRuntime({ backend: 'cpu' });
});
after(() => runtime.close());

const variants: readonly Partial<ModelOptions>[] = [
  { score: 'none' },
  { score: 'dot' },
  { score: 'general', bidirectional: true, layers: 2 },
  { score: 'concat' },
  { score: 'location' },
  { score: 'bahdanau' },
  { score: 'dot', window: 'local-m' },
  { score: 'general', window: 'local-p' },
  { score: 'dot', inputFeeding: true },
  { score: 'concat', cell: 'lstm', bidirectional: true },
  { score: 'dot', resetAfter: false },
  { arch: 'transformer', layers: 2 },
  { arch: 'transformer', positions: 'learned' },
];

const matrix = (rows: number[][]) => tf.tensor2d(rows, [rows.length, rows[0]!.length], 'int32');

for (const changes of variants) {
  const name = Object.entries(changes)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
  test(`padding changes nothing in a sentence's results: ${name}`, () => {
    const options = tinyOptions(changes);
    const model = createModel(options);
    const first = initialParameters(model, 'pytorch', 3);
    const parameters = Object.fromEntries(
      Object.entries(first).map(([key, { shape, data }]) => [key, tf.tensor(data as Float32Array, [...shape])]),
    );
    const run = (source: number[][], input: number[][]) => {
      const memory = model.encode(parameters, matrix(source), keepAll);
      return model.decode(parameters, memory, matrix(input), keepAll);
    };
    const alone = run([[5, 9, EOS]], [[BOS, 7]]);
    const padded = run(
      [
        [5, 9, EOS, PAD, PAD],
        [4, 4, 4, 4, EOS],
        [PAD, PAD, PAD, PAD, PAD],
      ],
      [
        [BOS, 7, PAD],
        [BOS, 8, 8],
        [PAD, PAD, PAD],
      ],
    );
    const expected = alone.features.dataSync();
    const found = tf.slice(padded.features, [0, 0], [2, options.hidden]).dataSync();
    assert.ok(Math.max(...found.map((value, i) => Math.abs(value - (expected[i] as number)))) < 1e-5, 'features');
    assert.ok(padded.features.dataSync().every(Number.isFinite), 'a row of nothing but padding gives numbers');
    assert.equal(padded.attention.attention === undefined, changes.score === 'none');
    if (padded.attention.attention === undefined) return;
    const [row] = (padded.attention.attention.arraySync() as number[][][])[0] as number[][];
    const [own] = (alone.attention.attention!.arraySync() as number[][][])[0] as number[][];
    assert.deepEqual(row!.slice(3), [0, 0], 'padding is not attended to');
    assert.ok(
      own!.every((weight, s) => Math.abs(weight - row![s]!) < 1e-6),
      'attention',
    );
  });
}

test('rows and positions of padding do not count in the loss', () => {
  const model = createModel(tinyOptions());
  const first = initialParameters(model, 'pytorch', 3);
  const parameters = Object.fromEntries(
    Object.entries(first).map(([key, { shape, data }]) => [key, tf.tensor(data as Float32Array, [...shape])]),
  );
  const lossOf = (source: number[][], targetInput: number[][], targetOutput: number[][]) =>
    Array.from(
      batchLoss(
        model,
        parameters,
        { source: matrix(source), targetInput: matrix(targetInput), targetOutput: matrix(targetOutput) },
        keepAll,
        0.1,
      ).dataSync(),
    );
  const alone = lossOf([[5, 9, EOS]], [[BOS, 7]], [[7, EOS]]);
  const padded = lossOf(
    [
      [5, 9, EOS, PAD],
      [PAD, PAD, PAD, PAD],
    ],
    [
      [BOS, 7, PAD],
      [PAD, PAD, PAD],
    ],
    [
      [7, EOS, PAD],
      [PAD, PAD, PAD],
    ],
  );
  for (const [i, value] of alone.entries()) assert.ok(Math.abs(value - (padded[i] as number)) < 1e-5);
});
