import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { type CellName, recurrentLayer, recurrentParameters, stateSize } from '../../src/layers/recurrent.ts';
import { Random } from '../../src/support/random.ts';
import { valueAndGradients } from '../../src/tensor/ops/gradients.ts';
import type { Tensors } from '../../src/tensor/parameters.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';

const [LENGTH, BATCH, INPUTS, SIZE] = [5, 2, 3, 4];
let runtime: Runtime;
before(async () => {
  runtime = await openRuntime({ backend: 'cpu' });
});
after(() => runtime.close());

function numbers(name: string, shape: readonly number[]): tf.Tensor {
  const random = new Random(1, name);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((all, n) => all * n, 1) }, () => random.normal()),
    [...shape],
  );
}

function layer(cell: CellName) {
  const table = recurrentParameters('rnn', cell, 'l0', INPUTS, SIZE);
  const parameters = Object.fromEntries(Object.entries(table).map(([name, { shape }]) => [name, numbers(name, shape)]));
  const initial = Array.from({ length: stateSize(cell) }, (_, i) => numbers(`initial ${i}`, [BATCH, SIZE]));
  return { parameters, initial };
}

/** The second sentence has two words, the first all five. */
const mask = () =>
  tf.transpose(
    tf.tensor2d([
      [1, 1, 1, 1, 1],
      [1, 1, 0, 0, 0],
    ]),
  );

for (const cell of ['gru', 'gru-reset-before', 'lstm'] as const) {
  for (const reverse of [false, true]) {
    const way = reverse ? 'backwards' : 'forwards';
    test(`padding leaves the state of a ${cell} run ${way} unchanged, to the last bit`, () => {
      const { parameters, initial } = layer(cell);
      const x = numbers('x', [LENGTH, BATCH, INPUTS]);
      const { outputs, last } = recurrentLayer(parameters, 'rnn', cell, 'l0', { x, initial, mask: mask(), reverse });
      const second = (tf.unstack(outputs) as tf.Tensor[]).map((h) =>
        Array.from(tf.slice(h, [1, 0], [1, SIZE]).dataSync()),
      );
      const start = Array.from(tf.slice(initial[0] as tf.Tensor, [1, 0], [1, SIZE]).dataSync());
      for (const t of [2, 3, 4]) assert.deepEqual(second[t], reverse ? start : second[1]);
      assert.deepEqual(
        Array.from(tf.slice(last[0] as tf.Tensor, [1, 0], [1, SIZE]).dataSync()),
        second[reverse ? 0 : 1],
      );
    });

    test(`a padded sentence in a ${cell} run ${way} has the same states as alone`, () => {
      const { parameters, initial } = layer(cell);
      const x = numbers('x', [LENGTH, BATCH, INPUTS]);
      const padded = recurrentLayer(parameters, 'rnn', cell, 'l0', { x, initial, mask: mask(), reverse });
      const alone = recurrentLayer(parameters, 'rnn', cell, 'l0', {
        x: tf.slice(x, [0, 1, 0], [2, 1, INPUTS]),
        initial: initial.map((state) => tf.slice(state, [1, 0], [1, SIZE])),
        reverse,
      });
      const found = tf.slice(padded.outputs, [0, 1, 0], [2, 1, SIZE]).dataSync();
      const expected = alone.outputs.dataSync();
      assert.ok(Math.max(...found.map((value, i) => Math.abs(value - (expected[i] as number)))) < 1e-6);
    });

    test(`no gradient reaches the padding of a ${cell} run ${way}`, () => {
      const { parameters, initial } = layer(cell);
      const f = ({ x }: Tensors) =>
        tf.reshape(
          tf.sum(
            tf.square(
              recurrentLayer(parameters, 'rnn', cell, 'l0', { x: x as tf.Tensor, initial, mask: mask(), reverse })
                .outputs,
            ),
          ),
          [1],
        ) as tf.Tensor1D;
      const { gradients } = valueAndGradients(f, { x: numbers('x', [LENGTH, BATCH, INPUTS]) });
      const padding = tf.slice(gradients.x as tf.Tensor, [2, 1, 0], [3, 1, INPUTS]).dataSync();
      assert.deepEqual(new Set([...padding].map(Math.abs)), new Set([0]));
      assert.ok(
        tf
          .slice(gradients.x as tf.Tensor, [1, 1, 0], [1, 1, INPUTS])
          .dataSync()
          .every((value) => value !== 0),
      );
    });
  }
}
