import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { attend, causalBias, multiHeadParameters, multiHeadSelfAttention } from '../../src/layers/self-attention.ts';
import { type Matrix, multiHeadByLoops, simplifiedByLoops, trainableByLoops } from '../../src/lesson/loops.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import type { Dropout } from '../../src/tensor/ops/dropout.ts';
import { StepRandom } from '../../src/tensor/ops/random.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { largestDifference, readFixture, wave, waveMatrix } from './waves.ts';

const peer = readFixture<Record<string, number[]>>('self-attention');
const WORDS: Matrix = [
  [0.43, 0.15, 0.89],
  [0.55, 0.87, 0.66],
  [0.57, 0.85, 0.64],
  [0.22, 0.58, 0.33],
  [0.77, 0.25, 0.1],
  [0.05, 0.8, 0.55],
];
const projections = { query: waveMatrix(4, 3, 1), key: waveMatrix(4, 3, 2), value: waveMatrix(4, 3, 3) };
const inputs = [waveMatrix(10, 4, 8).slice(0, 5), waveMatrix(10, 4, 8).slice(5)] as const;

const close = (found: ArrayLike<number>, expected: ArrayLike<number>, what: string, most = 1e-5) => {
  const difference = largestDifference(found, expected);
  assert.ok(difference < most, `${what} differ by ${difference}`);
};
const tensor = (matrix: Matrix) => tf.tensor2d(matrix.map((row) => [...row]));
const waves = (shape: number[], phase: number) => tf.tensor(wave(shape, phase).data, shape);

/** Multi-head attention's parameters as in make-self-attention.py. */
const multiHead = () => ({
  'a.in_proj_weight': waves([12, 4], 4),
  'a.in_proj_bias': waves([12], 5),
  'a.out_proj.weight': waves([4, 4], 6),
  'a.out_proj.bias': waves([4], 7),
});

for (const backend of ['tensorflow', 'cpu', 'wasm'] as const) {
  const skip = backend === 'tensorflow' && !hasTensorFlow() ? needsTensorFlow : false;
  describe(`as products, on ${backend}`, { skip }, () => {
    let runtime: Runtime;
    // in a hook: a suite's body runs while other suites' tests do, and tfjs uses one backend at a time
    before(async () => {
      runtime = await openRuntime({ backend, eager: true, threads: 2 });
    });
    after(() => runtime.close());

    test('equals the loops without weights', async () => {
      const x = tensor(WORDS);
      const { context, weights } = attend(x, x, x, { scale: 1 });
      const loops = simplifiedByLoops(WORDS);
      close(weights.dataSync(), loops.weights.flat(), 'weights');
      close(context.dataSync(), loops.context.flat(), 'contexts');
    });

    test('equals the loops with weights, causal or not', async () => {
      const [queries, keys, values] = [projections.query, projections.key, projections.value].map((weight) =>
        tf.matMul(tensor(WORDS), tensor(weight), false, true),
      );
      for (const causal of [false, true]) {
        const settings = causal ? { bias: causalBias(WORDS.length) } : {};
        const { context, weights } = attend(queries!, keys!, values!, settings);
        const loops = trainableByLoops(WORDS, projections, { causal });
        close(weights.dataSync(), loops.weights.flat(), 'weights');
        close(context.dataSync(), loops.context.flat(), 'contexts');
      }
    });

    test('multi-head attention and its gradients equal PyTorch, all heads and sentences in one product', async () => {
      const x = waves([10, 4], 8);
      const run = (parameters: Record<string, tf.Tensor>, rows: tf.Tensor) =>
        multiHeadSelfAttention(parameters, 'a', rows, 2, 2, { bias: causalBias(5) });
      const { context, weights } = run(multiHead(), x);
      close(context.dataSync(), peer.multiHead!, 'contexts');
      close(weights.dataSync(), peer.multiHeadWeights!, 'weights');
      const names = Object.keys(multiHead());
      const objective = (rows: tf.Tensor, ...values: tf.Tensor[]) => {
        const parameters = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
        return tf.sum(tf.mul(run(parameters, rows).context, waves([10, 4], 9))) as tf.Scalar;
      };
      const gradients = tf.grads(objective)([x, ...Object.values(multiHead())]);
      for (const [i, name] of ['a.inputs', ...names].entries()) {
        close(gradients[i]!.dataSync(), peer[`gradient/${name.slice(2)}`]!, `gradients of ${name}`);
      }
    });

    test('multi-head attention equals its loops, head by head', async () => {
      const [query, key, value] = [0, 4, 8].map((row) => waveMatrix(12, 4, 4).slice(row, row + 4));
      const parameters = { ...multiHead(), 'a.in_proj_bias': tf.zeros([12]), 'a.out_proj.bias': tf.zeros([4]) };
      const { context, weights } = multiHeadSelfAttention(parameters, 'a', waves([10, 4], 8), 2, 2);
      for (const [sentence, rows] of inputs.entries()) {
        const loops = multiHeadByLoops(rows, { query: query!, key: key!, value: value! }, waveMatrix(4, 4, 6), 2);
        const found = tf.slice(context, [5 * sentence, 0], [5, 4]).dataSync();
        close(found, loops.context.flat(), 'contexts');
        for (const [head, { weights: expected }] of loops.heads.entries()) {
          close(tf.slice(weights, [sentence, head, 0, 0], [1, 1, 5, 5]).dataSync(), expected.flat(), 'weights');
        }
      }
    });

    test('changing a position affects nothing before it under the causal bias', async () => {
      const contexts = (last: number) => {
        const x = tensor([...WORDS.slice(0, 5), [last, 0, 1]]);
        return attend(x, x, x, { bias: causalBias(6) }).context.arraySync() as number[][];
      };
      const [one, other] = [contexts(0.2), contexts(0.9)];
      assert.deepEqual(one.slice(0, 5), other.slice(0, 5));
      assert.ok(largestDifference(one[5]!, other[5]!) > 1e-3);
    });

    test('dropout removes weights but leaves those that are reported', async () => {
      const x = tensor(WORDS);
      const random = new StepRandom(tf.tensor1d([1, 2], 'int32'));
      const { context, weights } = attend(x, x, x, { dropout: ((w) => random.dropout(w, 0.5)) as Dropout });
      close(tf.sum(weights, 1).dataSync(), [1, 1, 1, 1, 1, 1], 'rows of weights', 1e-6);
      assert.ok(largestDifference(context.dataSync(), attend(x, x, x).context.dataSync()) > 1e-2);
    });
  });
}

test('masks are not parameters', () => {
  assert.deepEqual(Object.keys(multiHeadParameters('a', 4)), [
    'a.in_proj_weight',
    'a.in_proj_bias',
    'a.out_proj.weight',
    'a.out_proj.bias',
  ]);
});

test('compiled, it gives the same as eagerly', { skip: hasTensorFlow() ? false : needsTensorFlow }, async () => {
  const results: number[][] = [];
  for (const eager of [true, false]) {
    const runtime = await openRuntime({ eager, threads: 2 });
    const parameters = await runtime.variables({
      'a.in_proj_weight': wave([12, 4], 4),
      'a.in_proj_bias': wave([12], 5),
      'a.out_proj.weight': wave([4, 4], 6),
      'a.out_proj.bias': wave([4], 7),
    });
    const step = runtime.compile(({ x, seed }, step) => {
      const random = new StepRandom(seed!);
      const settings = { bias: causalBias(5), dropout: ((w) => random.dropout(w, 0.3)) as Dropout };
      const values = Object.fromEntries(Object.keys(parameters.shapes).map((name) => [name, step.variable(name)]));
      return { y: multiHeadSelfAttention(values, 'a', x!, 2, 2, settings).context };
    }, parameters);
    const { y } = await step({ x: wave([10, 4], 8), seed: { shape: [2], data: Int32Array.of(3, 4) } });
    results.push([...y!.data]);
    runtime.close();
  }
  close(results[0]!, results[1]!, 'contexts', 1e-6);
});
