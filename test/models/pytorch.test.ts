import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import type * as tf from '@tensorflow/tfjs-core';
import { createModel } from '../../src/models/create.ts';
import type { ModelOptions, Seq2Seq } from '../../src/models/seq2seq.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { keepAll } from '../../src/tensor/ops/dropout.ts';
import { valueAndGradients } from '../../src/tensor/ops/gradients.ts';
import { biasAdd, matmul } from '../../src/tensor/ops/matmul.ts';
import type { Tensors } from '../../src/tensor/parameters.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import type { HostTensor } from '../../src/tensor/session.ts';
import type { Step } from '../../src/tensor/step.ts';
import { batchLoss } from '../../src/training/step.ts';
import { BOS, EOS, PAD } from '../../src/vocabulary/vocabulary.ts';
import { tinyOptions } from '../helpers/copy-task.ts';

/** One case of fixtures/models.json; written by make-models.py. */
interface Case {
  readonly name: string;
  readonly loss: number;
  readonly negativeLogLikelihood: number;
  readonly logits: readonly number[];
  readonly attention: readonly number[] | null;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('../fixtures/models.json', import.meta.url), 'utf8'));

const changes: Readonly<Record<string, Partial<ModelOptions>>> = {
  none: { score: 'none' },
  dot: {},
  general: { score: 'general' },
  concat: { score: 'concat' },
  location: { score: 'location' },
  bahdanau: { score: 'bahdanau' },
  'dot, input feeding': { inputFeeding: true },
  'general, bidirectional, two layers': { score: 'general', bidirectional: true, layers: 2 },
  'concat, lstm': { score: 'concat', cell: 'lstm' },
  'none, lstm, bidirectional': { score: 'none', cell: 'lstm', bidirectional: true },
  'bahdanau, two layers': { score: 'bahdanau', layers: 2 },
};

// the batch of make-models.py
const ids = (...rows: number[][]): HostTensor => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Int32Array.from(rows.flat()),
});
const batch = {
  source: ids([4, 5, 6, 7, EOS], [8, 4, EOS, PAD, PAD], [5, 5, 8, EOS, PAD]),
  targetInput: ids([BOS, 6, 4, 7], [BOS, 5, EOS, PAD], [BOS, 8, 7, EOS]),
  targetOutput: ids([6, 4, 7, EOS], [5, EOS, PAD, PAD], [8, 7, EOS, PAD]),
};

/** The weights of make-models.py: a formula of name and position. */
function weights(model: Seq2Seq): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => {
      const offset = [...name].reduce((sum, character) => sum + character.charCodeAt(0), 0);
      const size = shape.reduce((all, n) => all * n, 1);
      return [
        name,
        { shape, data: Float32Array.from({ length: size }, (_, i) => (((i * 37 + offset) % 101) - 50) / 80) },
      ];
    }),
  );
}

/** Everything in the fixture, as one step function. */
function everything(model: Seq2Seq) {
  return (inputs: Tensors, step: Step): Record<string, tf.Tensor> => {
    const names = Object.keys(model.parameters);
    const parameters = Object.fromEntries(names.map((name) => [name, step.variable(name)]));
    const memory = model.encode(parameters, inputs.source!, keepAll);
    const { features, attention } = model.decode(parameters, memory, inputs.targetInput!, keepAll);
    const logits = biasAdd(matmul(features, parameters[model.outputWeight]!, false, true), parameters['output.bias']!);
    const { value, gradients } = valueAndGradients((p) => batchLoss(model, p, inputs, keepAll, 0.1), parameters);
    const named = Object.fromEntries(
      Object.entries(gradients).map(([name, gradient]) => [`gradient/${name}`, gradient]),
    );
    return { logits, loss: value, ...attention, ...named };
  };
}

async function run(runtime: Runtime, model: Seq2Seq): Promise<Record<string, HostTensor>> {
  return runtime.compile(everything(model), await runtime.variables(weights(model)))(batch);
}

function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(found.length, expected.length, what);
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs((found[i] as number) - (expected[i] as number));
    assert.ok(difference < tolerance, `${what}[${i}] is ${found[i]}, not ${expected[i]}`);
  }
}

const open: Runtime[] = [];
after(() => {
  for (const runtime of open) runtime.close();
});

for (const backend of ['cpu', 'tensorflow'] as const) {
  const skip = backend === 'tensorflow' && !hasTensorFlow() ? 'TensorFlow is not installed here: npm run setup' : false;
  const way = backend === 'cpu' ? 'eager' : 'compiled';
  for (const expected of cases) {
    test(`${expected.name}, ${way}: logits, attention, loss and every gradient are PyTorch's`, { skip }, async () => {
      const options = changes[expected.name];
      assert.ok(options, `the fixture has a case that the test does not know: ${expected.name}`);
      const model = createModel(
        tinyOptions({ embedding: 4, hidden: 6, sourceVocabulary: 9, targetVocabulary: 9, ...options }),
      );
      const runtime = await openRuntime({ backend });
      open.push(runtime);
      const found = await run(runtime, model);
      assertClose(found.logits!.data, expected.logits, 1e-4, 'logits');
      assertClose(found.loss!.data, [expected.loss, expected.negativeLogLikelihood], 1e-5, 'loss');
      if (expected.attention !== null) assertClose(found.attention!.data, expected.attention, 1e-5, 'attention');
      assert.deepEqual(Object.keys(model.parameters).sort(), Object.keys(expected.gradients).sort());
      for (const [name, gradient] of Object.entries(expected.gradients)) {
        assertClose(found[`gradient/${name}`]!.data, gradient, 1e-5, `gradient of ${name}`);
      }
    });
  }
}
