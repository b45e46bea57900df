import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { recurrentLayer, recurrentParameters } from '../../src/layers/recurrent.ts';
import { Random } from '../../src/support/random.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { chooseKernels, type KernelChoice, processorVariants } from '../../src/tensor/kernel-library.ts';
import type { KernelVariant } from '../../src/tensor/kernel-variant.ts';
import { bestWordsKernel, packWeights, pickKernel } from '../../src/tensor/ops/decoding-kernels.ts';
import { valueAndGradients } from '../../src/tensor/ops/gradients.ts';
import { outputLoss } from '../../src/tensor/ops/loss.ts';
import { topK } from '../../src/tensor/ops/top-k.ts';
import { openRuntime, type RuntimeOptions } from '../../src/tensor/runtime.ts';
import type { HostTensor } from '../../src/tensor/session.ts';
import type { StepFunction } from '../../src/tensor/step.ts';
import { target } from '../../src/tensor/target.ts';

const variants = JSON.parse(readFileSync('src/tensor/kernels/variants.json', 'utf8')) as Record<
  KernelVariant,
  { readonly flags: readonly string[] }
>;
const here = processorVariants();
const hasCompiler = spawnSync('g++', ['--version']).status === 0;
const scratch = mkdtempSync(join(tmpdir(), 'attn-kernels-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Compiles check.cpp with sanitizers and runs it over random shapes. */
function checkAlone(name: string, flags: readonly string[]): void {
  const program = join(scratch, name);
  const sanitizers = ['-O1', '-g1', '-fsanitize=address,undefined', '-fno-sanitize-recover=undefined'];
  const sources = ['-std=c++17', '-Isrc/tensor/kernels', 'test/tensor/kernels/check.cpp', '-o', program, '-lpthread'];
  const compiled = spawnSync('g++', [...sanitizers, ...flags, ...sources], { encoding: 'utf8' });
  assert.equal(compiled.status, 0, compiled.stderr);
  const { status, signal, stdout, stderr } = spawnSync(program, ['20', '1'], { encoding: 'utf8' });
  assert.equal(status, 0, `${signal ?? ''} ${stdout}${stderr}`);
}

describe('kernels alone, compared with loops in double precision, over random shapes, with sanitizers', {
  skip: hasCompiler && here.length > 0 ? false : 'needs g++ and a processor with AVX2',
}, () => {
  // avx512 is what avx512bf16 does in float32
  for (const variant of here.filter((name) => name !== 'avx512' || !here.includes('avx512bf16'))) {
    test(variant, () => checkAlone(variant, variants[variant].flags));
  }
  test('amx, with its tiles in plain C++', { skip: here.includes('avx512bf16') ? false : 'needs AVX512_BF16' }, () => {
    checkAlone('emulated', [...variants.avx512bf16.flags, '-DATTN_EMULATE_TILES']);
  });
});

type Numbers = Readonly<Record<string, HostTensor>>;

function normal(name: string, shape: readonly number[], scale = 1): HostTensor {
  const random = new Random(1, name);
  const size = shape.reduce((all, n) => all * n, 1);
  return { shape, data: Float32Array.from({ length: size }, () => scale * random.normal()) };
}

/** A step's outputs for its inputs, in a separate session. */
async function made(options: RuntimeOptions, fn: StepFunction, inputs: Numbers): Promise<Record<string, HostTensor>> {
  const runtime = await openRuntime({ threads: 1, ...options });
  try {
    return await runtime.compile(fn)(inputs);
  } finally {
    runtime.close();
  }
}

/** The root mean square of the differences, relative to that of the values. */
function difference(found: HostTensor, expected: HostTensor): number {
  assert.deepEqual(found.shape, expected.shape);
  let [error, square] = [0, 0];
  for (const [i, value] of expected.data.entries()) {
    error += (value - (found.data[i] as number)) ** 2;
    square += value ** 2;
  }
  return Math.sqrt(error / Math.max(square, 1e-12));
}

function assertAlike(found: Numbers, expected: Numbers, tolerance: number): void {
  assert.deepEqual(Object.keys(found), Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) {
    const worst = difference(found[name] as HostTensor, value);
    assert.ok(worst <= tolerance, `${name} differs by ${worst}`);
  }
}

/** Chosen after TensorFlow is loaded, as in runtimes. */
async function choice(): Promise<KernelChoice> {
  if (!hasTensorFlow()) return { variant: 'graph', why: 'TensorFlow is not installed' };
  (await openRuntime()).close();
  return chooseKernels();
}
const chosen = await choice();

describe(`kernels in TensorFlow's graphs (${chosen.variant}), compared with its own operations`, {
  skip: chosen.variant === 'graph' ? `no kernels: ${chosen.why}` : false,
}, () => {
  /** A layer's states, last state and gradients, its outputs weighted so that every one counts differently. */
  const recurrent =
    (cell: 'gru' | 'lstm', reverse: boolean, masked: boolean): StepFunction =>
    ({ mask, weights, ...inputs }) => {
      const run = (given: Readonly<Record<string, tf.Tensor>>) =>
        recurrentLayer(given, 'rnn', cell, 'l0', {
          ...{
            x: given.x as tf.Tensor,
            initial: cell === 'gru' ? [given.initial!] : [given.initial!, given.cell!],
            reverse,
          },
          ...(masked && { mask: mask as tf.Tensor }),
        });
      const { outputs, last } = run(inputs);
      const { gradients } = valueAndGradients((given) => {
        const { outputs, last } = run(given);
        // the last states count as well, each number otherwise than in the outputs
        const ends = tf.addN(last.map((state, i) => tf.mul(tf.sum(tf.square(state)), i + 1)));
        return tf.reshape(tf.add(tf.sum(tf.mul(outputs, weights as tf.Tensor)), ends), [1]);
      }, inputs);
      return { outputs, ...Object.fromEntries(last.map((state, i) => [`last${i}`, state])), ...gradients };
    };

  const layerInputs = (cell: 'gru' | 'lstm', length: number, batch: number, size: number, hidden: number): Numbers => ({
    x: normal('x', [length, batch, size]),
    initial: normal('initial', [batch, hidden], 0.5),
    ...(cell === 'lstm' && { cell: normal('cell', [batch, hidden], 0.5) }),
    mask: {
      shape: [length, batch],
      data: Float32Array.from({ length: length * batch }, (_, i) =>
        Math.floor(i / batch) < ((i % batch) * 7) % (length + 1) ? 1 : 0,
      ),
    },
    weights: normal('weights', [length, batch, hidden]),
    ...Object.fromEntries(
      Object.entries(recurrentParameters('rnn', cell, 'l0', size, hidden)).map(([name, { shape }]) => [
        name,
        normal(name, shape, 1 / Math.sqrt(hidden)),
      ]),
    ),
  });

  for (const [precision, tolerance] of [
    ['float32', 2e-6],
    ['bfloat16', 1.5e-2],
  ] as const) {
    for (const cell of ['gru', 'lstm'] as const) {
      test(`a ${cell} layer in ${precision}: states and gradients, padding, both directions, sizes of every kind`, async () => {
        for (const [length, batch, size, hidden, reverse, masked] of [
          [2, 1, 1, 1, false, true],
          [5, 33, 31, 65, true, true],
          [7, 13, 32, 64, false, false],
          [40, 3, 7, 9, true, false],
          [3, 97, 100, 33, false, true],
        ] as const) {
          const inputs = layerInputs(cell, length, batch, size, hidden);
          const step = recurrent(cell, reverse, masked);
          const expected = await made({ precision, kernels: 'graph' }, step, inputs);
          assertAlike(await made({ precision }, step, inputs), expected, tolerance);
        }
      });
    }

    test(`output layer and loss in ${precision}: value and gradients, padding, smoothing, a gradient that is not 1`, async () => {
      for (const [rows, size, vocabulary, smoothing, factor] of [
        [1, 1, 2, 0, 1],
        [97, 33, 101, 0.1, 1],
        [64, 64, 128, 0.1, 3],
        [300, 7, 1000, 0, -0.5],
      ] as const) {
        const inputs: Numbers = {
          x: normal('x', [rows, size]),
          w: normal('w', [vocabulary, size], 1 / Math.sqrt(size)),
          b: normal('b', [vocabulary]),
          targets: { shape: [rows], data: Int32Array.from({ length: rows }, (_, i) => (i * 31) % vocabulary) },
          rowWeights: {
            shape: [rows],
            data: Float32Array.from({ length: rows }, (_, i) => (i % 3 === 1 ? 0 : 1 / rows)),
          },
        };
        const step: StepFunction = ({ targets, rowWeights, ...trained }) => {
          const loss = ({ x, w, b }: Readonly<Record<string, tf.Tensor>>) =>
            outputLoss(x!, w!, b!, targets!, rowWeights!, smoothing);
          const { gradients } = valueAndGradients(
            (given) => (factor === 1 ? loss(given) : (tf.mul(loss(given), factor) as tf.Tensor1D)),
            trained,
          );
          return { value: loss(trained), ...gradients };
        };
        const expected = await made({ precision, kernels: 'graph' }, step, inputs);
        assertAlike(await made({ precision }, step, inputs), expected, tolerance);
      }
    });
  }

  test('a batch of only padding has loss 0 and no gradients', async () => {
    const inputs: Numbers = {
      ...{ x: normal('x', [9, 5]), w: normal('w', [50, 5]), b: normal('b', [50]) },
      targets: { shape: [9], data: new Int32Array(9) },
      rowWeights: { shape: [9], data: new Float32Array(9) },
    };
    const found = await made(
      {},
      ({ targets, rowWeights, ...trained }) => {
        const loss = ({ x, w, b }: Readonly<Record<string, tf.Tensor>>) =>
          outputLoss(x!, w!, b!, targets!, rowWeights!, 0.1);
        return { value: loss(trained), ...valueAndGradients(loss, trained).gradients };
      },
      inputs,
    );
    for (const [name, { data }] of Object.entries(found))
      assert.ok(
        data.every((value) => value === 0),
        name,
      );
  });

  for (const precision of ['float32', 'bfloat16'] as const) {
    test(`what is not finite in the graph is not finite here, so that training stops, in ${precision}`, async () => {
      const loss: StepFunction = ({ targets, rowWeights, ...trained }) => {
        const value = ({ x, w, b }: Readonly<Record<string, tf.Tensor>>) =>
          outputLoss(x!, w!, b!, targets!, rowWeights!, 0.1);
        return { value: value(trained), ...valueAndGradients(value, trained).gradients };
      };
      const lossInputs = (): Numbers => ({
        ...{ x: normal('x', [40, 5]), w: normal('w', [70, 5]), b: normal('b', [70]) },
        targets: { shape: [40], data: new Int32Array(40).fill(3) },
        rowWeights: { shape: [40], data: new Float32Array(40).fill(1 / 40) },
      });
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const cases: [StepFunction, Numbers, string, number][] = [
          [loss, lossInputs(), 'x', 7],
          [loss, lossInputs(), 'w', 60 * 5],
          [loss, lossInputs(), 'b', 2],
          ...(['gru', 'lstm'] as const).map((cell): [StepFunction, Numbers, string, number] => {
            const inputs = layerInputs(cell, 3, 35, 9, 40);
            return [recurrent(cell, false, false), inputs, 'x', 9 * 40];
          }),
        ];
        for (const [step, inputs, name, at] of cases) {
          (inputs[name]!.data as Float32Array)[at] = bad;
          const expected = await made({ precision, kernels: 'graph' }, step, inputs);
          const found = await made({ precision }, step, inputs);
          for (const [output, { data }] of Object.entries(expected)) {
            const finite = (values: ArrayLike<number>) => Array.from(values).every(Number.isFinite);
            // the kernels' filling may turn what is infinite into NaN where the graph has the limit
            assert.ok(finite(data) || !finite(found[output]!.data), `${output} with ${bad} in ${name}`);
          }
        }
      }
    });
  }

  test('a target outside the vocabulary fails the step with a message that names it', async () => {
    const inputs: Numbers = {
      ...{ x: normal('x', [2, 5]), w: normal('w', [7, 5]), b: normal('b', [7]) },
      targets: { shape: [2], data: Int32Array.of(1, 7) },
      rowWeights: { shape: [2], data: Float32Array.of(1, 1) },
    };
    const step: StepFunction = ({ x, w, b, targets, rowWeights }) => ({
      loss: outputLoss(x!, w!, b!, targets!, rowWeights!, 0),
    });
    await assert.rejects(made({}, step, inputs), /target 7 is not in \[0, 7\)/);
  });

  test('the best words of the output layer are those of log-softmax and top-k, of equal ones the first', async () => {
    for (const [rows, used, size, vocabulary, k] of [
      [1, 1, 1, 2, 2],
      [97, 97, 33, 101, 9],
      [97, 41, 33, 101, 9],
      [40, 40, 64, 4000, 5],
    ] as const) {
      // every word is there twice, in neighbouring rows of the weight
      const twice = (name: string, width: number, scale: number) => {
        const { data } = normal(name, [vocabulary, width], scale);
        return Float32Array.from(data, (_, i) => data[i - (Math.floor(i / width) % 2) * width] as number);
      };
      const inputs: Numbers = {
        x: normal('x', [rows, size]),
        w: { shape: [vocabulary, size], data: twice('w', size, 1 / Math.sqrt(size)) },
        b: { shape: [vocabulary], data: twice('b', 1, 1) },
      };
      const packed: StepFunction = ({ w }) => ({ packed: packWeights(target().kernels!, w!) });
      const own: StepFunction = ({ x, packed, b, count }) => ({
        ...bestWordsKernel({ ...target().kernels!, count: count! }, x!, packed!, b!, k),
      });
      const graph: StepFunction = ({ x, w, b }) => {
        const all = tf.logSoftmax(tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, false, true), b!));
        const { values, indices } = topK(all as tf.Tensor2D, k);
        return { logProbabilities: values, words: indices };
      };
      const { w, ...rest } = inputs as Numbers & { readonly w: HostTensor };
      const count = { shape: [1], data: Int32Array.of(used) };
      const found = await made({}, own, { ...rest, count, ...(await made({}, packed, { w })) });
      const expected = await made({ kernels: 'graph' }, graph, inputs);
      for (const { data } of Object.values(expected)) data.fill(0, used * k);
      assert.deepEqual(found.words, expected.words);
      assertAlike(found, expected, 2e-6);
    }
  });

  test('picked rows are those of two tables one after the other, and negative ones are left out', async () => {
    const tables = { old: normal('old', [40, 3, 5]), added: normal('added', [7, 3, 5]) };
    const rows = Int32Array.of(46, 0, 39, 40, 39, -1, 12, -1);
    const own: StepFunction = ({ old, added, rows }) => ({
      picked: pickKernel(target().kernels!, [old!, added!], rows!),
    });
    const { picked } = await made({ threads: 2 }, own, { ...tables, rows: { shape: [rows.length], data: rows } });
    assert.deepEqual(picked!.shape, [rows.length, 3, 5]);
    const all = [...tables.old.data, ...tables.added.data];
    for (const [i, row] of rows.entries()) {
      if (row < 0) continue;
      assert.deepEqual(
        [...picked!.data.slice(i * 15, (i + 1) * 15)],
        all.slice(row * 15, (row + 1) * 15),
        `row ${row}`,
      );
    }
    const beyond = made({}, own, { ...tables, rows: { shape: [1], data: Int32Array.of(47) } });
    await assert.rejects(beyond, /there is no row 47/);
  });

  test('one, two and four threads give the same numbers to the last bit', async () => {
    const inputs = layerInputs('lstm', 6, 90, 40, 70);
    const step = recurrent('lstm', true, true);
    const one = await made({ threads: 1 }, step, inputs);
    for (const options of [{ threads: 2 }, { threads: 4 }, { threads: 4, streams: 4 }, { threads: 4, streams: 2 }]) {
      assert.deepEqual(await made(options, step, inputs), one);
    }
    const search: StepFunction = ({ x, w, b, count }) => ({
      ...bestWordsKernel({ ...target().kernels!, count: count! }, x!, packWeights(target().kernels!, w!), b!, 7),
    });
    const count = { shape: [1], data: Int32Array.of(85) };
    const rows = { x: normal('x', [90, 40]), w: normal('w', [333, 40]), b: normal('b', [333]), count };
    const best = await made({ threads: 1 }, search, rows);
    for (const threads of [2, 4]) assert.deepEqual(await made({ threads }, search, rows), best);
  });
});
