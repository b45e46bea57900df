import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { createModel, initialParameters } from '../../src/models/create.ts';
import { Random } from '../../src/support/random.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { chooseKernels, type KernelChoice } from '../../src/tensor/kernel-library.ts';
import { valueAndGradients } from '../../src/tensor/ops/gradients.ts';
import { layerNorm } from '../../src/tensor/ops/layer-norm.ts';
import { StepRandom } from '../../src/tensor/ops/random.ts';
import { adam } from '../../src/tensor/optimizers.ts';
import { openRuntime, type Runtime, type RuntimeOptions } from '../../src/tensor/runtime.ts';
import type { HostTensor } from '../../src/tensor/session.ts';
import type { StepFunction } from '../../src/tensor/step.ts';
import { trainingVariables } from '../../src/training/state.ts';
import {
  accumulationStep,
  averagingStep,
  gradientStep,
  type StepParts,
  trainingStep,
  updateStep,
} from '../../src/training/step.ts';
import { copyBatch, tinyOptions } from '../helpers/copy-task.ts';

type Numbers = Readonly<Record<string, HostTensor>>;

const open: Runtime[] = [];
after(() => {
  for (const runtime of open) runtime.close();
});

async function opened(options: RuntimeOptions): Promise<Runtime> {
  const runtime = await openRuntime({ backend: 'tensorflow', ...options });
  open.push(runtime);
  return runtime;
}

/** Chosen after TensorFlow is loaded, as in runtimes. */
async function choice(): Promise<KernelChoice> {
  if (!hasTensorFlow()) return { variant: 'graph', why: 'TensorFlow is not installed' };
  (await openRuntime()).close();
  return chooseKernels();
}
const chosen = await choice();

function normal(name: string, shape: readonly number[], scale = 1): HostTensor {
  const random = new Random(1, name);
  const size = shape.reduce((all, n) => all * n, 1);
  return { shape, data: Float32Array.from({ length: size }, () => scale * random.normal()) };
}

const scalar = (value: number): HostTensor => ({ shape: [], data: Float32Array.of(value) });

/** The root mean square of the differences, relative to that of the values; the values themselves where those are 0. */
function assertAlike(found: Numbers, expected: Numbers, tolerance: number): void {
  assert.deepEqual(Object.keys(found), Object.keys(expected));
  for (const [name, { shape, data }] of Object.entries(expected)) {
    assert.deepEqual(found[name]!.shape, shape, name);
    let [error, square] = [0, 0];
    for (const [i, value] of data.entries()) {
      error += (value - found[name]!.data[i]!) ** 2;
      square += value ** 2;
    }
    const worst = Math.sqrt(error / Math.max(square, 1e-12));
    assert.ok(worst <= tolerance, `${name} differs by ${worst}`);
  }
}

describe(`a training step's kernels (${chosen.variant}), compared with TensorFlow's own operations`, {
  skip: chosen.variant === 'graph' ? `no kernels: ${chosen.why}` : false,
}, () => {
  const both = async (step: StepFunction, inputs: Numbers) => {
    const [own, graph] = [await opened({}), await opened({ kernels: 'graph' })];
    return [await own.compile(step)(inputs), await graph.compile(step)(inputs)] as const;
  };

  test('layer normalisation: values and gradients, rows of every size', async () => {
    const step: StepFunction = ({ weights, ...inputs }) => {
      const run = ({ x, gain, offset }: Readonly<Record<string, tf.Tensor>>) => layerNorm(x!, gain!, offset!);
      const { gradients } = valueAndGradients((given) => tf.reshape(tf.sum(tf.mul(run(given), weights!)), [1]), inputs);
      return { y: run(inputs), ...gradients };
    };
    for (const [rows, size] of [
      [1, 3],
      [65, 16],
      [200, 193],
    ] as const) {
      const inputs = {
        ...{ x: normal('x', [rows, size], 3), gain: normal('gain', [size]), offset: normal('offset', [size]) },
        weights: normal('weights', [rows, size]),
      };
      const [found, expected] = await both(step, inputs);
      assertAlike(found, expected, 5e-6);
    }
  });

  test('dropout drops what the graph drops, in the gradient as well, call by call, to the last bit', async () => {
    const step: StepFunction = ({ seed, x, y }) => {
      const random = () => new StepRandom(seed!);
      const drop = (own: StepRandom, tensors: readonly tf.Tensor[]) => tensors.map((one) => own.dropout(one, 0.3));
      const [a, b] = drop(random(), [x!, y!]);
      const { gradients } = valueAndGradients(
        (given) => {
          const [a, b] = drop(random(), [given.x!, given.y!]);
          return tf.reshape(tf.add(tf.sum(tf.square(a!)), tf.sum(b!)), [1]);
        },
        { x: x!, y: y! },
      );
      return { a: a!, b: b!, dx: gradients.x!, dy: gradients.y! };
    };
    for (const seed of [Int32Array.of(1, 2), Int32Array.of(-5, 2 ** 31 - 1), Int32Array.of(7, -1)]) {
      const inputs = {
        seed: { shape: [2], data: seed },
        x: normal('x', [33, 17]),
        y: normal('y', [3, 2, 1001]),
      };
      const [found, expected] = await both(step, inputs);
      assert.deepEqual(found, expected);
    }
  });

  const size = { arch: 'transformer', layers: 2, tieEmbeddings: true } as const;
  const model = createModel(tinyOptions(size));
  const names = Object.keys(model.parameters);
  const parameters = initialParameters(model, 'pytorch', 1);
  const batches = [0, 1, 2, 3].map((k) => ({
    ...copyBatch(new Random(k, 'batch'), { batch: 5, length: 6, vocabulary: 16 }),
    seed: { shape: [2], data: Int32Array.of(3, k) },
  }));
  // the biases of keys have gradient 0 but for rounding: with a small epsilon, Adam would enlarge that to its full step
  const optimizers = { adam: adam(0.9, 0.999, 1e-4), adamw: adam(0.9, 0.999, 1e-4, 0.05) };

  /** All variables and norms after some updates. */
  async function trained(
    options: RuntimeOptions,
    how: {
      optimizer: keyof typeof optimizers;
      clipNorm: number;
      way: 'one' | 'accumulated' | 'shared';
      frozen?: string;
    },
  ): Promise<Numbers> {
    const runtime = await opened({ streams: 2, threads: 2, ...options });
    const optimizer = optimizers[how.optimizer];
    const own = names.filter((name) => how.frozen === undefined || !name.startsWith(how.frozen));
    const accumulate = how.way === 'accumulated' ? 2 : 1;
    const values = trainingVariables({ ...parameters }, own, optimizer, { ema: 0, accumulate });
    const variables = await runtime.variables(values);
    const step = { dropout: 0.2, labelSmoothing: 0.1, clipNorm: how.clipNorm };
    const parts: StepParts = { model, optimizer, trained: own, options: step, shards: 2 };
    const norms: number[] = [];
    const first = runtime.compile(how.way === 'shared' ? gradientStep(parts) : accumulationStep(parts), variables);
    const last = runtime.compile(how.way === 'shared' ? updateStep(parts) : trainingStep(parts, accumulate), variables);
    for (const [k, batch] of batches.entries()) {
      const rates = Object.entries(optimizer.scalars(k + 1, 0.01)).map(([name, value]) => [name, scalar(value)]);
      const given: Numbers = how.way === 'accumulated' ? { ...batch, tokens: scalar(40) } : batch;
      const earlier = how.way === 'one' ? {} : await first(given);
      const rest = how.way === 'shared' ? { gradient: earlier.gradient! } : given;
      const { gradientNorm } = await last({ ...Object.fromEntries(rates), ...rest });
      norms.push(gradientNorm!.data[0]!);
    }
    return { ...(await variables.read()), norms: { shape: [norms.length], data: Float32Array.from(norms) } };
  }

  for (const [optimizer, clipNorm, way, frozen] of [
    ['adam', 0.5, 'one', undefined],
    ['adam', 0, 'one', 'encoder.'],
    ['adamw', 0.5, 'one', 'decoder.layers.0'],
    ['adamw', 0, 'accumulated', undefined],
    ['adam', 0.5, 'accumulated', undefined],
    ['adamw', 0.5, 'shared', 'encoder.embedding'],
  ] as const) {
    const name = `${optimizer}, clip ${clipNorm}, ${way}${frozen === undefined ? '' : `, without ${frozen}`}`;
    test(`updates change all variables as the graph does: ${name}`, async () => {
      const how = { optimizer, clipNorm, way, ...(frozen !== undefined && { frozen }) };
      const found = await trained({}, how);
      const expected = await trained({ kernels: 'graph' }, how);
      assertAlike(found, expected, 2e-4);
      const moved = names.filter((one) => found[one]!.data.some((value, i) => value !== parameters[one]!.data[i]));
      const own = names.filter((one) => frozen === undefined || !one.startsWith(frozen));
      assert.deepEqual(moved, own);
    });
  }

  test('running averages move as in the graph, and the parameters stay', async () => {
    const values = Object.fromEntries(names.map((name) => [name, normal(name, parameters[name]!.shape)]));
    const averages = async (options: RuntimeOptions): Promise<Numbers> => {
      const runtime = await opened({ threads: 2, ...options });
      const initial = trainingVariables({ ...parameters }, [], adam(), { ema: 0.9, accumulate: 1 });
      const variables = await runtime.variables(initial);
      await variables.write(values);
      const step = runtime.compile(averagingStep(model), variables);
      for (const decay of [0.9, 0.5]) await step({ decay: scalar(decay) });
      return variables.read();
    };
    const found = await averages({});
    assertAlike(found, await averages({ kernels: 'graph' }), 1e-6);
    for (const name of names) {
      assert.deepEqual(found[name], values[name]);
      assert.notDeepEqual(found[`average/${name}`], parameters[name]);
    }
  });

  test('an update gives the same bits with one, two and four threads', async () => {
    const sizes = { a: [3, 5], b: [70000], c: [1], d: [129, 130] };
    const values = (name: string, scale: number) =>
      Object.fromEntries(Object.entries(sizes).map(([key, shape]) => [key, normal(name + key, shape, scale)]));
    const results: unknown[] = [];
    for (const threads of [1, 2, 4]) {
      const runtime = await opened({ threads });
      const optimizer = adam(0.9, 0.999, 1e-8, 0.1);
      const initial = trainingVariables(values('p', 1), Object.keys(sizes), optimizer, { ema: 0, accumulate: 1 });
      const variables = await runtime.variables(initial);
      const step = runtime.compile((inputs, step) => {
        const { a, b, c, d } = inputs as Record<keyof typeof sizes, tf.Tensor>;
        return { norm: optimizer.updateAll!(step, [{ a, b, c, d }], 1, inputs, [])! };
      }, variables);
      for (const k of [1, 2]) {
        const rates = Object.entries(optimizer.scalars(k, 0.1)).map(([name, value]) => [name, scalar(value)]);
        const { norm } = await step({ ...values(`g${k}`, 1), ...Object.fromEntries(rates) });
        results[threads] = { norm, values: await variables.read() };
      }
    }
    assert.deepEqual(results[2], results[1]);
    assert.deepEqual(results[4], results[1]);
  });

  test('a gradient that is not finite reaches every parameter, so that training stops', async () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const runtime = await opened({});
      const optimizer = adam();
      const one = (): HostTensor => ({ shape: [2], data: Float32Array.of(1, 2) });
      const initial = trainingVariables({ a: one(), b: one() }, ['a', 'b'], optimizer, { ema: 0, accumulate: 1 });
      const variables = await runtime.variables(initial);
      const step = runtime.compile(
        (inputs, step) => ({ norm: optimizer.updateAll!(step, [{ a: inputs.a!, b: inputs.b! }], 1, inputs, [])! }),
        variables,
      );
      const rates = Object.entries(optimizer.scalars(1, 0.1)).map(([name, value]) => [name, scalar(value)]);
      const a = { shape: [2], data: Float32Array.of(bad, 0.1) };
      const { norm } = await step({ a, b: one(), ...Object.fromEntries(rates) });
      assert.ok(!Number.isFinite(norm!.data[0]));
      assert.ok(Number.isNaN((await variables.read()).a!.data[0]));
    }
  });

  test('a variable that was written before in the same step is not changed in place', async () => {
    const runtime = await opened({});
    const optimizer = adam();
    const initial = trainingVariables({ a: scalar(1) }, ['a'], optimizer, { ema: 0, accumulate: 1 });
    const step = runtime.compile(
      (inputs, step) => {
        step.assign('a', tf.scalar(2));
        return { norm: optimizer.updateAll!(step, [{ a: tf.scalar(1) }], 0, inputs, [])! };
      },
      await runtime.variables(initial),
    );
    const rates = Object.entries(optimizer.scalars(1, 0.1)).map(([name, value]) => [name, scalar(value)]);
    await assert.rejects(
      step(Object.fromEntries(rates)),
      /AttnAdam_\w+ changes a variable that has already been written/,
    );
  });
});
