import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../../src/support/random.ts';
import { type BackendName, hasTensorFlow } from '../../src/tensor/backend.ts';
import { type ActivationName, activate } from '../../src/tensor/ops/activations.ts';
import { additiveScores } from '../../src/tensor/ops/additive-scores.ts';
import { writePlace } from '../../src/tensor/ops/cache.ts';
import { sigmoidGradient, sumRows, tanh, tanhGradient } from '../../src/tensor/ops/elementwise.ts';
import { embed } from '../../src/tensor/ops/embedding.ts';
import { valueAndGradients } from '../../src/tensor/ops/gradients.ts';
import { gruResetAfter } from '../../src/tensor/ops/gru.ts';
import { layerNorm } from '../../src/tensor/ops/layer-norm.ts';
import { outputLoss } from '../../src/tensor/ops/loss.ts';
import { linear } from '../../src/tensor/ops/matmul.ts';
import { philoxBytes } from '../../src/tensor/ops/philox.ts';
import { StepRandom } from '../../src/tensor/ops/random.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';

type Function = (inputs: Readonly<Record<string, tf.Tensor>>) => tf.Tensor;

/** The same numbers for the same name, in every backend. */
function numbers(name: string, ...shape: number[]): tf.Tensor {
  const random = new Random(1, name);
  const size = shape.reduce((all, n) => all * n, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
}

/** A function's value and its gradients by all inputs, its output weighted so that every element counts differently. */
function weighted(f: Function, inputs: Readonly<Record<string, tf.Tensor>>): Record<string, number[]> {
  return tf.tidy(() => {
    const value = f(inputs);
    const weights = numbers('weights', ...value.shape);
    const { gradients } = valueAndGradients((x) => tf.reshape(tf.sum(tf.mul(f(x), weights)), [1]), inputs);
    const all = { value, ...gradients };
    return Object.fromEntries(Object.entries(all).map(([name, tensor]) => [name, Array.from(tensor.dataSync())]));
  });
}

function assertClose(found: Record<string, number[]>, expected: Record<string, number[]>, tolerance = 1e-4): void {
  assert.deepEqual(Object.keys(found), Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) {
    const worst = Math.max(...values.map((value, i) => Math.abs(value - (found[name]?.[i] as number))));
    assert.ok(worst < tolerance, `${name} differs by ${worst}`);
  }
}

/** A GRU as in its formula, one step after the other: the oracle. */
function slowGru({ x, h0, u, c }: Readonly<Record<string, tf.Tensor>>, reverse = false): tf.Tensor {
  const [length, , size3] = x!.shape as [number, number, number];
  const outputs: tf.Tensor[] = new Array(length);
  let h = h0 as tf.Tensor;
  for (let i = 0; i < length; i++) {
    const t = reverse ? length - 1 - i : i;
    const [xr, xz, xn] = tf.split(tf.reshape(tf.slice(x!, t, 1), [-1, size3]), 3, 1) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const [hr, hz, hn] = tf.split(tf.add(tf.matMul(h as tf.Tensor2D, u as tf.Tensor2D, false, true), c!), 3, 1) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const r = tf.sigmoid(tf.add(xr, hr));
    const z = tf.sigmoid(tf.add(xz, hz));
    const n = tf.tanh(tf.add(xn, tf.mul(r, hn)));
    h = tf.add(tf.mul(tf.sub(1, z), n), tf.mul(z, h));
    outputs[t] = h;
  }
  return tf.stack(outputs);
}

/** Cross-entropy with label smoothing by its definition, on one-hot targets: the oracle. */
function slowLoss(
  { x, w, b }: Readonly<Record<string, tf.Tensor>>,
  targets: tf.Tensor,
  rowWeights: tf.Tensor,
  smoothing: number,
): tf.Tensor {
  const logits = tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, false, true), b!);
  const vocabulary = logits.shape[1] as number;
  const smooth = tf.add(tf.mul(tf.oneHot(targets as tf.Tensor1D, vocabulary), 1 - smoothing), smoothing / vocabulary);
  return tf.neg(tf.sum(tf.mul(tf.sum(tf.mul(smooth, tf.logSoftmax(logits)), 1), rowWeights)));
}

for (const backend of ['cpu', 'wasm', 'tensorflow'] as readonly BackendName[]) {
  const skip = backend === 'tensorflow' && !hasTensorFlow() ? 'TensorFlow is not installed here: npm run setup' : false;
  describe(`operations on ${backend}`, { skip }, () => {
    let runtime: Runtime;
    before(async () => {
      runtime = await openRuntime({ backend, eager: true });
    });
    after(() => runtime.close());

    test('a linear layer equals its matrix product, with its gradients', () => {
      const inputs = { x: numbers('x', 5, 4), w: numbers('w', 3, 4), b: numbers('b', 3) };
      const fast: Function = ({ x, w, b }) => linear(x!, w!, b);
      const slow: Function = ({ x, w, b }) => tf.add(tf.matMul(x as tf.Tensor2D, tf.transpose(w!) as tf.Tensor2D), b!);
      assertClose(weighted(fast, inputs), weighted(slow, inputs));
    });

    test('a batched product with either side transposed equals transposing first, with its gradients', () => {
      for (const [transposeA, transposeB] of [
        [false, true],
        [true, false],
        [true, true],
      ] as const) {
        const inputs = {
          a: numbers('a', 2, ...(transposeA ? [4, 3] : [3, 4])),
          b: numbers('b', 2, ...(transposeB ? [5, 4] : [4, 5])),
        };
        const flip = (x: tf.Tensor, yes: boolean) => (yes ? tf.transpose(x, [0, 2, 1]) : x);
        const fast: Function = ({ a, b }) => tf.matMul(a!, b!, transposeA, transposeB);
        const slow: Function = ({ a, b }) => tf.matMul(flip(a!, transposeA), flip(b!, transposeB));
        assertClose(weighted(fast, inputs), weighted(slow, inputs));
      }
    });

    test('an embedding sums the gradients of a word that occurs twice', () => {
      const ids = tf.tensor2d(
        [
          [1, 3, 1],
          [0, 1, 3],
        ],
        [2, 3],
        'int32',
      );
      const inputs = { table: numbers('table', 5, 4) };
      const slow: Function = ({ table }) =>
        tf.reshape(
          tf.matMul(
            tf.cast(tf.oneHot(tf.reshape(ids, [6]) as tf.Tensor1D, 5), 'float32') as tf.Tensor2D,
            table as tf.Tensor2D,
          ),
          [2, 3, 4],
        );
      assertClose(
        weighted(({ table }) => embed(table!, ids), inputs),
        weighted(slow, inputs),
      );
    });

    test('gradients of sigmoid and tanh from their outputs equal those of the tape', () => {
      const x = numbers('x', 3, 4);
      const dy = numbers('dy', 3, 4);
      const tape = (f: (x: tf.Tensor) => tf.Tensor) => Array.from(tf.grad(f)(x, dy).dataSync());
      assertClose(
        {
          sigmoid: Array.from(sigmoidGradient(tf.sigmoid(x), dy).dataSync()),
          tanh: Array.from(tanhGradient(tf.tanh(x), dy).dataSync()),
          tanhOp: tape(tanh),
        },
        { sigmoid: tape(tf.sigmoid), tanh: tape(tf.tanh), tanhOp: tape(tf.tanh) },
        1e-6,
      );
      assertClose({ sum: Array.from(sumRows(x).dataSync()) }, { sum: Array.from(tf.sum(x, 0).dataSync()) }, 1e-6);
    });

    test('layer normalisation equals its formula, with its gradients', () => {
      const inputs = { x: numbers('x', 5, 6), g: numbers('g', 6), b: numbers('b', 6) };
      const slow: Function = ({ x, g, b }) => {
        const { mean, variance } = tf.moments(x!, 1, true);
        return tf.add(tf.mul(tf.div(tf.sub(x!, mean), tf.sqrt(tf.add(variance, 1e-5))), g!), b!);
      };
      assertClose(
        weighted(({ x, g, b }) => layerNorm(x!, g!, b!), inputs),
        weighted(slow, inputs),
      );
    });

    test('activations equal their formulas, with their gradients', () => {
      const inputs = { x: numbers('x', 4, 5) };
      const gelu: Function = ({ x }) => tf.mul(tf.mul(x!, 0.5), tf.add(tf.erf(tf.mul(x!, Math.SQRT1_2)), 1));
      for (const [name, slow] of [
        ['relu', ({ x }) => tf.maximum(x!, 0)],
        ['gelu', gelu],
      ] as [ActivationName, Function][]) {
        assertClose(
          weighted(({ x }) => activate(name, x!), inputs),
          weighted(slow, inputs),
        );
      }
    });

    test('a position is written in the rows and heads of a cache, each row at its own', () => {
      const [cache, made] = [numbers('cache', 2, 3, 4, 5), numbers('made', 2, 3, 1, 5)];
      const expected = cache.arraySync() as number[][][][];
      const content = made.arraySync() as number[][][][];
      for (const [row, place] of [3, 1].entries())
        for (const head of [0, 1, 2]) expected[row]![head]![place] = content[row]![head]![0]!;
      // positions beyond the end mean the last
      assert.deepEqual(writePlace(cache, made, tf.tensor2d([[7], [1]])).arraySync(), expected);
    });

    for (const reverse of [false, true]) {
      test(`a GRU ${reverse ? 'from the last step to the first' : 'over a sequence'} equals its formula, with its gradients`, () => {
        const inputs = { x: numbers('x', 4, 2, 9), h0: numbers('h0', 2, 3), u: numbers('u', 9, 3), c: numbers('c', 9) };
        const fast: Function = ({ x, h0, u, c }) => gruResetAfter(x!, h0!, u!, c!, reverse);
        assertClose(
          weighted(fast, inputs),
          weighted((given) => slowGru(given, reverse), inputs),
        );
      });
    }

    for (const smoothing of [0, 0.1]) {
      test(`the output loss with smoothing ${smoothing} equals its definition, with its gradients`, () => {
        const inputs = { x: numbers('x', 4, 3), w: numbers('w', 6, 3), b: numbers('b', 6) };
        const targets = tf.tensor1d([5, 0, 2, 2], 'int32');
        const rowWeights = tf.tensor1d([0.25, 0.5, 0.25, 0]);
        const objective: Function = ({ x, w, b }) =>
          tf.slice(outputLoss(x!, w!, b!, targets, rowWeights, smoothing), 0, 1);
        const slow: Function = (given) => tf.reshape(slowLoss(given, targets, rowWeights, smoothing), [1]);
        assertClose(weighted(objective, inputs), weighted(slow, inputs));
        const both = outputLoss(inputs.x, inputs.w, inputs.b, targets, rowWeights, smoothing).dataSync();
        const plain = slowLoss(inputs, targets, rowWeights, 0).dataSync()[0] as number;
        assert.ok(Math.abs((both[1] as number) - plain) < 1e-5, 'beside it stands the loss without smoothing');
      });
    }

    test('a target that has become impossible gives a large loss, not infinity', () => {
      const loss = outputLoss(
        tf.tensor2d([[1]]),
        tf.tensor2d([[500], [-500]]),
        tf.zeros([2]),
        tf.tensor1d([1], 'int32'),
        tf.ones([1]),
        0,
      );
      const [objective] = loss.dataSync();
      assert.ok(Number.isFinite(objective) && (objective as number) > 80);
    });

    for (const most of [1 << 22, 30]) {
      test(`additive scores with ${most} values at once equal their formula, with their gradients`, () => {
        const inputs = { q: numbers('q', 2, 5, 3), k: numbers('k', 2, 4, 3), v: numbers('v', 1, 3) };
        const fast: Function = ({ q, k, v }) => additiveScores(q!, k!, v!, most);
        const slow: Function = ({ q, k, v }) =>
          tf.sum(tf.mul(tf.tanh(tf.add(tf.expandDims(q!, 2), tf.expandDims(k!, 1))), v!), 3);
        assertClose(weighted(fast, inputs), weighted(slow, inputs));
      });
    }

    test('dropout drops its share, scales the rest, and its gradient has the same mask', () => {
      const x = tf.ones([4000]);
      const drop = (seed: number) => (y: tf.Tensor) => new StepRandom(tf.tensor1d([seed, 2], 'int32')).dropout(y, 0.25);
      const kept = drop(1)(x).dataSync();
      assert.deepEqual([...new Set(kept)].sort(), [0, Math.fround(1 / 0.75)].sort());
      const share = kept.filter((value) => value === 0).length / kept.length;
      assert.ok(Math.abs(share - 0.25) < 0.03, `${share} dropped`);
      assert.deepEqual(tf.grad(drop(1))(x).dataSync(), kept);
      assert.notDeepEqual(drop(2)(x).dataSync(), kept);
    });

    test("random numbers are TensorFlow's, with a separate stream for each call", () => {
      for (const [first, second] of [
        [0, 0],
        [5, -7],
        [-2147483648, 2147483647],
      ] as const) {
        const random = new StepRandom(tf.tensor1d([first, second], 'int32'));
        for (const [call, shape] of [[3, 5], [7], [64]].entries()) {
          const bytes = philoxBytes(tf.util.sizeFromShape(shape), first, (second + call) | 0);
          const expected = Float32Array.from(bytes, (byte) => (byte < 128 ? 0 : 2));
          assert.deepEqual(random.dropout(tf.ones(shape), 0.5).dataSync(), expected);
        }
      }
    });

    test('no operation leaves a tensor behind', () => {
      const run = () =>
        tf.tidy(() => {
          weighted(({ x, h0, u, c }) => gruResetAfter(x!, h0!, u!, c!), {
            x: numbers('x', 3, 2, 6),
            h0: numbers('h', 2, 2),
            u: numbers('u', 6, 2),
            c: numbers('c', 6),
          });
          weighted(({ q, k, v }) => additiveScores(q!, k!, v!, 10), {
            q: numbers('q', 1, 3, 2),
            k: numbers('k', 1, 3, 2),
            v: numbers('v', 1, 2),
          });
        });
      run();
      const before = tf.memory().numTensors;
      run();
      assert.equal(tf.memory().numTensors, before);
    });
  });
}
