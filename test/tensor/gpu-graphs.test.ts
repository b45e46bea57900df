import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { alone } from '../../src/cluster/cluster.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import type { ModelOptions } from '../../src/models/seq2seq.ts';
import { Random } from '../../src/support/random.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { adam } from '../../src/tensor/optimizers.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import type { HostTensor } from '../../src/tensor/session.ts';
import { SharedUpdate } from '../../src/training/shared-update.ts';
import { trainingVariables } from '../../src/training/state.ts';
import { type StepOptions, trainingStep } from '../../src/training/step.ts';
import { copyBatch, needsTensorFlow, tinyOptions, wordForWord } from '../helpers/copy-task.ts';
import { gpuGraphs } from '../helpers/gpu-graphs.ts';

const skip = hasTensorFlow() ? false : needsTensorFlow;

const models: Readonly<Record<string, Partial<ModelOptions>>> = {
  none: { score: 'none' },
  dot: {},
  'general, bidirectional, two layers': { score: 'general', bidirectional: true, layers: 2 },
  'concat, lstm': { score: 'concat', cell: 'lstm' },
  'location, local-m': { score: 'location', window: 'local-m' },
  'general, local-p': { score: 'general', window: 'local-p' },
  'bahdanau, lstm, bidirectional': { score: 'bahdanau', cell: 'lstm', bidirectional: true },
  'dot, input feeding': { inputFeeding: true },
  'reset before, tied': { resetAfter: false, tieEmbeddings: true },
  transformer: { arch: 'transformer', layers: 2, tieEmbeddings: true, activation: 'gelu' },
};

const open: Runtime[] = [];
after(() => {
  for (const runtime of open) runtime.close();
});
async function opened(runtime: Promise<Runtime>): Promise<Runtime> {
  open.push(await runtime);
  return runtime;
}

const STEPS = 6;

interface Training extends Partial<StepOptions> {
  /** Parameters that are not trained. */
  readonly frozen?: RegExp;
  /** Whether updates are made as by several workers: the gradients in one step, the update in another. */
  readonly shared?: boolean;
}

/** Some updates over batches of two shapes, by `sequence`, and the variables afterwards. */
async function trained(
  runtime: Runtime,
  changes: Partial<ModelOptions>,
  { frozen, shared = false, ...options }: Training = {},
) {
  const model = createModel(tinyOptions(changes));
  const optimizer = adam();
  const names = Object.keys(model.parameters).filter((name) => !frozen?.test(name));
  const initial = trainingVariables(initialParameters(model, 'pytorch', 3), names, optimizer, {
    ema: 0,
    accumulate: 1,
  });
  const variables = await runtime.variables(initial, names);
  const settings = { dropout: 0.2, labelSmoothing: 0.1, clipNorm: 1, ...options };
  const parts = { model, optimizer, trained: names, options: settings };
  const update = shared
    ? new SharedUpdate({ runtime, parts, variables, run: { accumulate: 1, reduce: 'float32' }, cluster: alone })
    : runtime.compile(trainingStep(parts), variables, { hostInputs: ['seed'] });
  const random = new Random(5, 'batches');
  const calls = Array.from({ length: STEPS }, (_, i) => {
    const batch = copyBatch(random, { batch: 3 + (i % 2), length: 5 + (i % 2), vocabulary: 16 });
    const scalars = Object.entries(optimizer.scalars(i + 1, 1e-2));
    return {
      ...batch,
      ...(options.guidedWeight && { alignment: wordForWord(batch) }),
      seed: { shape: [2], data: Int32Array.of(i, 7) },
      ...Object.fromEntries(scalars.map(([name, value]) => [name, { shape: [], data: Float32Array.of(value) }])),
    };
  });
  const results = await update.sequence(calls);
  return { results, variables: await variables.read() };
}

function largestDifference(a: Readonly<Record<string, HostTensor>>, b: Readonly<Record<string, HostTensor>>): number {
  assert.deepEqual(Object.keys(a), Object.keys(b));
  let largest = 0;
  for (const [name, { shape, data }] of Object.entries(a)) {
    assert.deepEqual(shape, b[name]?.shape, name);
    for (const [i, x] of data.entries()) largest = Math.max(largest, Math.abs(x - (b[name]?.data[i] as number)));
  }
  return largest;
}

function meansOf(variables: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith('first/')));
}

type Trained = Awaited<ReturnType<typeof trained>>;

function assertEqual(found: Trained, expected: Trained): void {
  for (const [i, result] of found.results.entries()) {
    const difference = largestDifference(expected.results[i]!, result);
    assert.ok(difference < 1e-4, `update ${i}: ${difference}`);
  }
  // Adam's means of the gradients; where a gradient is 0 but for rounding (a bias of keys), it moves parameters at
  // random
  const difference = largestDifference(meansOf(expected.variables), meansOf(found.variables));
  assert.ok(difference < 1e-4, `gradients: ${difference}`);
}

/** Models of which cuDNN runs no part: it never runs a single step. */
const withoutCudnn = ['reset before, tied', 'transformer'];

for (const [name, changes] of Object.entries(models)) {
  test(`${name}: a GPU's graph without cuDNN trains like the CPU's`, { skip }, async () => {
    const expected = await trained(await opened(openRuntime({ threads: 2 })), changes);
    assertEqual(await trained(await opened(gpuGraphs()), changes), expected);
  });

  test(`${name}: in bfloat16 a GPU's graph trains nearly like float32`, { skip }, async () => {
    const expected = await trained(await opened(gpuGraphs()), changes);
    const found = await trained(await opened(gpuGraphs({ precision: 'bfloat16' })), changes);
    const differences = found.results.map((result, i) =>
      largestDifference({ loss: expected.results[i]!.loss! }, { loss: result.loss! }),
    );
    assert.ok(Math.max(...differences) < 0.05, `losses differ by ${differences}`);
    assert.ok(Math.max(...differences) > 0, 'it is another number format');
  });

  test(`${name}: TensorFlow imports the graph for a GPU, in both precisions`, { skip }, async () => {
    for (const precision of ['float32', 'bfloat16'] as const) {
      const runtime = await opened(gpuGraphs({ cudnn: true, precision }));
      // a CPU can only import cuDNN's operations
      const running = trained(runtime, changes);
      if (withoutCudnn.includes(name)) await running;
      else await assert.rejects(running, /No OpKernel was registered to support Op 'CudnnRNN/);
    }
  });
}

const trainings: Readonly<Record<string, Training>> = {
  'guided alignment': { guidedWeight: 0.5 },
  'a frozen encoder': { frozen: /^encoder|^source/ },
  'updates in two halves, as by several workers': { shared: true },
};

for (const [name, training] of Object.entries(trainings)) {
  for (const kind of ['dot', 'transformer']) {
    test(`${name}, ${kind}: a GPU's graph trains like the CPU's`, { skip }, async () => {
      const changes = models[kind] ?? {};
      const expected = await trained(await opened(openRuntime({ threads: 2 })), changes, training);
      const found = await trained(await opened(gpuGraphs()), changes, training);
      assertEqual(found, expected);
      const other = await trained(await opened(gpuGraphs()), changes);
      const difference = largestDifference(
        { loss: other.results.at(-1)!.loss! },
        { loss: found.results.at(-1)!.loss! },
      );
      assert.equal(difference > 1e-3, !training.shared, 'only halves make the same updates as any other training');
    });
  }
}
