import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createModel, initialParameters } from '../../src/models/create.ts';
import { parametersOfGroups } from '../../src/models/parameter-groups.ts';
import type { ModelOptions } from '../../src/models/seq2seq.ts';
import { Random } from '../../src/support/random.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { adam, type Optimizer, sgd } from '../../src/tensor/optimizers.ts';
import { openRuntime } from '../../src/tensor/runtime.ts';
import { trainingVariables } from '../../src/training/state.ts';
import { trainingStep } from '../../src/training/step.ts';
import { copyBatch, needsTensorFlow, tinyOptions, tinyTraining } from '../helpers/copy-task.ts';

/** Loss and all parameters after one update with SGD, for which equal parameters mean equal gradients. */
async function oneUpdate(
  model: Partial<ModelOptions>,
  how: { backend: 'tensorflow' | 'cpu'; shards: number; batch: number; guidedWeight?: number },
): Promise<{ loss: number; before: number[]; parameters: number[] }> {
  const runtime = await openRuntime({ backend: how.backend, streams: how.shards, threads: 2 });
  try {
    const { update, variables } = await tinyTraining(runtime, model, { ...how, optimizer: sgd(), learningRate: 1 });
    const read = async () => Object.values(await variables.read()).flatMap(({ data }) => [...data]);
    const before = await read();
    const loss = await update(0);
    return { loss, before, parameters: await read() };
  } finally {
    runtime.close();
  }
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  assert.equal(a.length, b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));
}

const models: readonly Partial<ModelOptions>[] = [
  { score: 'dot' },
  { score: 'general', window: 'local-p', bidirectional: true },
  { arch: 'transformer' },
];
for (const backend of ['cpu', 'tensorflow'] as const) {
  const skip = backend === 'tensorflow' && !hasTensorFlow() ? needsTensorFlow : false;
  for (const model of models) {
    const name = Object.values(model).join(' ');
    test(`a batch in shards gives the loss and the gradients of the whole: ${name}, ${backend}`, { skip }, async () => {
      const guided = { guidedWeight: 0.5 };
      const whole = await oneUpdate(model, { backend, shards: 1, batch: 5, ...guided });
      assert.ok(largestDifference(whole.parameters, whole.before) > 1e-3, 'the update changes something');
      // 5 rows in 2 shards are unequal; 7 shards are more than there are rows
      for (const shards of [2, 7]) {
        const cut = await oneUpdate(model, { backend, shards, batch: 5, ...guided });
        assert.ok(Math.abs(cut.loss - whole.loss) < 1e-5, `loss ${cut.loss}, ${whole.loss}`);
        const furthest = largestDifference(cut.parameters, whole.parameters);
        assert.ok(furthest < 1e-5, `a parameter is ${furthest} away`);
      }
    });
  }
}

const guidable: readonly Partial<ModelOptions>[] = [
  ...(['dot', 'general', 'concat', 'location', 'bahdanau'] as const).map((score) => ({ score })),
  { score: 'dot', window: 'local-m' },
  { score: 'general', window: 'local-p' },
  { score: 'concat', inputFeeding: true },
  { arch: 'transformer', layers: 2 },
];
for (const model of guidable) {
  const skip = hasTensorFlow() ? false : needsTensorFlow;
  const name = Object.values(model).join(' ');
  test(`a guided update is the same eager and compiled, and differs from one without guidance: ${name}`, {
    skip,
  }, async () => {
    const how = { shards: 1, batch: 5, guidedWeight: 0.5 };
    const eager = await oneUpdate(model, { ...how, backend: 'cpu' });
    const compiled = await oneUpdate(model, { ...how, backend: 'tensorflow' });
    const free = await oneUpdate(model, { ...how, backend: 'cpu', guidedWeight: 0 });
    assert.ok(Math.abs(compiled.loss - eager.loss) < 1e-5 * eager.loss, `loss ${compiled.loss}, ${eager.loss}`);
    const furthest = largestDifference(compiled.parameters, eager.parameters);
    assert.ok(furthest < 1e-5, `a parameter is ${furthest} away`);
    assert.ok(eager.loss > free.loss + 0.1, `${eager.loss}, ${free.loss}`);
    assert.ok(largestDifference(free.parameters, eager.parameters) > 1e-3);
  });
}

for (const precision of ['float32', 'bfloat16'] as const) {
  const skip = hasTensorFlow() ? false : needsTensorFlow;
  test(`the same updates give the same bits, at sizes that use all threads: ${precision}`, { skip }, async () => {
    const runtime = await openRuntime({ backend: 'tensorflow', streams: 2, threads: 4, precision });
    const sizes = { embedding: 256, hidden: 256, sourceVocabulary: 2000, targetVocabulary: 2000 };
    try {
      const { update, variables } = await tinyTraining(
        runtime,
        { ...sizes, layers: 2, bidirectional: true, tieEmbeddings: true },
        { batch: 96, length: 12, dropout: 0.25, shards: 2, learningRate: 1e-3 },
      );
      const first = await variables.read();
      const results: unknown[] = [];
      for (let round = 0; round < 4; round++) {
        await variables.write(first);
        const losses = [await update(0), await update(1)];
        results.push({ losses, values: await variables.read() });
      }
      for (const result of results) assert.deepEqual(result, results[0]);
    } finally {
      runtime.close();
    }
  });
}

test('the norm for clipping, and weight decay, only count trained parameters', async () => {
  const runtime = await openRuntime({ backend: 'cpu' });
  try {
    const model = createModel(tinyOptions({ score: 'general' }));
    const names = Object.keys(model.parameters);
    const frozen = parametersOfGroups(names, ['encoder', 'embeddings']);
    const parameters = initialParameters(model, 'pytorch', 1);
    const batch = copyBatch(new Random(1, 'batch'), { batch: 4, length: 5, vocabulary: 16 });
    const inputs = { ...batch, seed: { shape: [2], data: Int32Array.of(1, 2) } };
    const scalars = (optimizer: Optimizer) =>
      Object.fromEntries(
        Object.entries(optimizer.scalars(1, 1)).map(([name, value]) => [
          name,
          { shape: [], data: Float32Array.of(value) },
        ]),
      );
    const update = async (trained: readonly string[], clipNorm: number, optimizer: Optimizer) => {
      const values = trainingVariables({ ...parameters }, trained, optimizer, { ema: 0, accumulate: 1 });
      const variables = await runtime.variables(values, trained);
      const options = { dropout: 0, labelSmoothing: 0, clipNorm };
      const step = runtime.compile(trainingStep({ model, optimizer, trained, options }), variables);
      const { gradientNorm } = await step({ ...inputs, ...scalars(optimizer) });
      const after = await variables.read(names);
      const moved = (name: string) => after[name]!.data.map((value, i) => value - parameters[name]!.data[i]!);
      return { norm: gradientNorm!.data[0]!, moved };
    };
    const normOf = (vectors: readonly ArrayLike<number>[]) =>
      Math.sqrt(vectors.reduce((sum, vector) => Array.from(vector).reduce((s, x) => s + x * x, sum), 0));
    const trained = names.filter((name) => !frozen.includes(name));
    // with a rate of 1 and no clipping, plain descent moves each parameter by its gradient
    const whole = await update(names, 0, sgd());
    const own = await update(trained, 0, sgd());
    assert.ok(Math.abs(own.norm - normOf(trained.map(whole.moved))) < 1e-5);
    assert.ok(own.norm < whole.norm - 1e-3, 'the frozen ones have gradients too');
    const clipped = await update(trained, own.norm / 2, sgd());
    assert.ok(Math.abs(normOf(trained.map(clipped.moved)) - own.norm / 2) < 1e-4);
    const decayed = await update(trained, 0, adam(0.9, 0.999, 1e-8, 0.5));
    for (const name of frozen) {
      for (const { moved } of [own, clipped, decayed])
        assert.ok(
          moved(name).every((change) => change === 0),
          name,
        );
    }
    assert.ok(trained.every((name) => decayed.moved(name).some((change) => change !== 0)));
  } finally {
    runtime.close();
  }
});
