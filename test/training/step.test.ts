import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelOptions } from '../../src/models/seq2seq.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { sgd } from '../../src/tensor/optimizers.ts';
import { openRuntime } from '../../src/tensor/runtime.ts';
import { needsTensorFlow, tinyTraining } from '../helpers/copy-task.ts';

/** Loss and all parameters after one update with SGD, which makes of equal parameters equal gradients. */
async function oneUpdate(
  model: Partial<ModelOptions>,
  how: { backend: 'tensorflow' | 'cpu'; shards: number; batch: number },
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
      const whole = await oneUpdate(model, { backend, shards: 1, batch: 5 });
      assert.ok(largestDifference(whole.parameters, whole.before) > 1e-3, 'the update changes something');
      // 5 rows in 2 shards are not equally many; 7 shards are more than there are rows
      for (const shards of [2, 7]) {
        const cut = await oneUpdate(model, { backend, shards, batch: 5 });
        assert.ok(Math.abs(cut.loss - whole.loss) < 1e-5, `loss ${cut.loss}, ${whole.loss}`);
        const furthest = largestDifference(cut.parameters, whole.parameters);
        assert.ok(furthest < 1e-5, `a parameter is ${furthest} away`);
      }
    });
  }
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
