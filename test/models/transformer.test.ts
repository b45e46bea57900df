import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { createModel, initialParameters } from '../../src/models/create.ts';
import type { ModelOptions, Seq2Seq } from '../../src/models/seq2seq.ts';
import { Random } from '../../src/support/random.ts';
import { type BackendName, hasTensorFlow } from '../../src/tensor/backend.ts';
import { keepAll } from '../../src/tensor/ops/dropout.ts';
import { valueAndGradients } from '../../src/tensor/ops/gradients.ts';
import type { Tensors } from '../../src/tensor/parameters.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import type { HostTensor } from '../../src/tensor/session.ts';
import { batchLoss } from '../../src/training/step.ts';
import { BOS, EOS, PAD } from '../../src/vocabulary/vocabulary.ts';
import { needsTensorFlow, tinyOptions, tinyTraining } from '../helpers/copy-task.ts';
import { largestDifference, readFixture, wave } from '../layers/waves.ts';

interface PeerModel {
  readonly options: {
    readonly size: number;
    readonly heads: number;
    readonly layers: number;
    readonly inner: number;
    readonly activation: 'relu' | 'gelu';
    readonly positions: 'sinusoidal' | 'learned';
    readonly tied: boolean;
    readonly vocabularies: readonly [number, number];
    readonly length: number;
  };
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly batch: Readonly<Record<'source' | 'targetInput' | 'targetOutput', readonly (readonly number[])[]>>;
  readonly loss: number;
  readonly features: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const peers = readFixture<{ models: readonly PeerModel[] }>('transformer').models;
const skip = hasTensorFlow() ? false : needsTensorFlow;
const backends: readonly BackendName[] = hasTensorFlow() ? ['wasm', 'tensorflow'] : ['wasm'];
const runtimes: Runtime[] = [];
for (const backend of backends) runtimes.push(await openRuntime({ backend, eager: true, threads: 2 }));
after(() => {
  for (const runtime of runtimes) runtime.close();
});

function ourOptions({ options }: PeerModel): ModelOptions {
  return tinyOptions({
    arch: 'transformer',
    embedding: options.size,
    hidden: options.size,
    heads: options.heads,
    layers: options.layers,
    feedForward: options.inner,
    activation: options.activation,
    positions: options.positions,
    tieEmbeddings: options.tied,
    shareEmbeddings: options.tied,
    sourceVocabulary: options.vocabularies[0],
    targetVocabulary: options.vocabularies[1],
    maxPositions: options.length,
  });
}

/** The parameters that make-self-attention.py gives every model: a wave by the position of their name. */
function wavyParameters(model: Seq2Seq): Record<string, HostTensor> {
  const names = Object.keys(model.parameters).sort();
  return Object.fromEntries(
    names.map((name, phase) => {
      const centre = name.includes('norm') && name.endsWith('weight') ? 1 : 0;
      return [name, wave(model.parameters[name]!.shape, phase, centre)];
    }),
  );
}

function toTensors(values: Readonly<Record<string, HostTensor>>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], 'float32')]),
  );
}

function ids(rows: readonly (readonly number[])[]): tf.Tensor {
  return tf.tensor2d(
    rows.map((row) => [...row]),
    undefined,
    'int32',
  );
}

for (const [peer, backend] of peers.flatMap((peer) => backends.map((backend) => [peer, backend] as const))) {
  const { activation, positions, tied } = peer.options;
  const kind = `${activation}, ${positions}, ${tied ? 'shared' : 'own'} embeddings`;
  test(`loss, features and every gradient equal PyTorch's nn.Transformer on ${backend} (${kind})`, async () => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const model = createModel(ourOptions(peer));
      const shapes = Object.fromEntries(Object.entries(model.parameters).map(([name, { shape }]) => [name, shape]));
      assert.deepEqual(shapes, peer.shapes, 'the same parameters');
      const parameters = toTensors(wavyParameters(model));
      const { source, targetInput, targetOutput } = peer.batch;
      const batch = { source: ids(source), targetInput: ids(targetInput), targetOutput: ids(targetOutput) };
      const features = featuresOf(model, parameters, batch);
      const real = realRows(features.dataSync(), targetOutput.flat(), model.options.hidden);
      assert.ok(largestDifference(real, realRows(peer.features, targetOutput.flat(), model.options.hidden)) < 1e-5);
      const { value, gradients } = valueAndGradients((p) => batchLoss(model, p, batch, keepAll, 0.1), parameters);
      assert.ok(Math.abs(value.dataSync()[0]! - peer.loss) < 1e-5, `${value.dataSync()[0]} beside ${peer.loss}`);
      for (const [name, expected] of Object.entries(peer.gradients)) {
        const difference = largestDifference(gradients[name]!.dataSync(), expected);
        assert.ok(difference < 1e-5, `${name} differs by ${difference}`);
      }
    });
  });
}

test('changing a word affects nothing before it', () => {
  tf.tidy(() => {
    const { model, parameters } = randomModel();
    const source = ids([[5, 6, 7, EOS]]);
    const rows = (last: number) => {
      const input = ids([[BOS, 4, 5, last, 6]]);
      return featuresOf(model, parameters, { source, targetInput: input }).arraySync() as number[][];
    };
    const [one, other] = [rows(8), rows(9)];
    assert.deepEqual(one.slice(0, 3), other.slice(0, 3));
    for (const i of [3, 4]) assert.ok(largestDifference(one[i]!, other[i]!) > 1e-3, `row ${i} sees the change`);
  });
});

test('the encoder looks in both directions: the last word changes the first state', () => {
  tf.tidy(() => {
    const { model, parameters } = randomModel();
    const keys = (last: number) => {
      const memory = model.encode(parameters, ids([[5, 6, last, EOS]]), keepAll);
      return tf.slice(memory['layer0.keys']!, [0, 0, 0, 0], [1, 1, 1, 4]).dataSync();
    };
    assert.ok(largestDifference(keys(8), keys(9)) > 1e-3);
  });
});

for (const [positions, backend] of (['sinusoidal', 'learned'] as const).flatMap((kind) =>
  backends.map((backend) => [kind, backend] as const),
)) {
  test(`decoding word by word with a cache gives the same as the whole target at once, ${positions} positions, on ${backend}`, async () => {
    await tf.setBackend(backend);
    tf.tidy(() => {
      const { model, parameters } = randomModel({ positions });
      const source = ids([
        [5, 6, 7, EOS],
        [9, EOS, PAD, PAD],
      ]);
      // longer than the learned positions
      const length = 37;
      const random = new Random('cache');
      const words = [0, 1].map(() => [BOS, ...Array.from({ length: length - 1 }, () => 4 + random.integer(12))]);
      const memory = model.encode(parameters, source, keepAll);
      const whole = model.decode(parameters, memory, ids(words), keepAll);
      const features = tf.reshape(whole.features, [2, length, -1]);
      let state = model.initialState(parameters, memory, length);
      for (let t = 0; t < length; t++) {
        const previous = tf.tensor1d(
          words.map((row) => row[t]!),
          'int32',
        );
        const step = model.decodeStep(parameters, memory, state, previous);
        const expected = tf.slice(features, [0, t, 0], [2, 1, -1]).dataSync();
        assert.ok(largestDifference(step.features.dataSync(), expected) < 1e-5, `features of word ${t}`);
        assert.deepEqual(Object.keys(step.attention), Object.keys(whole.attention));
        for (const [name, weights] of Object.entries(whole.attention)) {
          const row = tf.slice(weights, [0, t, 0], [2, 1, -1]).dataSync();
          assert.ok(largestDifference(step.attention[name]!.dataSync(), row) < 1e-6, `${name} of word ${t}`);
        }
        state = step.state;
      }
    });
  });
}

test('attention is named by layer and head, sums to 1, and the first name is the mean of the last layer', () => {
  tf.tidy(() => {
    const { model, parameters } = randomModel();
    const memory = model.encode(parameters, ids([[5, 6, EOS]]), keepAll);
    const { attention } = model.decode(parameters, memory, ids([[BOS, 4]]), keepAll);
    const heads = ['layer1.head1', 'layer1.head2', 'layer2.head1', 'layer2.head2'];
    assert.deepEqual(Object.keys(attention), ['attention', ...heads]);
    for (const [name, weights] of Object.entries(attention)) {
      assert.deepEqual(weights.shape, [1, 2, 3]);
      assert.ok(largestDifference(tf.sum(weights, 2).dataSync(), [1, 1]) < 1e-6, name);
    }
    const mean = tf.div(tf.add(attention['layer2.head1']!, attention['layer2.head2']!), 2);
    assert.ok(largestDifference(attention.attention!.dataSync(), mean.dataSync()) < 1e-6);
  });
});

test('sentences beyond the learned positions share the last one', () => {
  tf.tidy(() => {
    const { model, parameters } = randomModel({ positions: 'learned', maxPositions: 3 });
    const states = (words: number[]) => model.encode(parameters, ids([words]), keepAll)['layer0.keys']!;
    assert.ok(states([4, 5, 6, 7, 8, EOS]).dataSync().every(Number.isFinite));
  });
});

test('compiled training with dropout has the same losses as eager training', { skip }, async () => {
  const losses: number[][] = [];
  for (const eager of [true, false]) {
    const own = await openRuntime({ eager, threads: 2 });
    const training = await tinyTraining(own, { arch: 'transformer', layers: 2, activation: 'gelu' }, { dropout: 0.2 });
    losses.push([]);
    for (let k = 0; k < 10; k++) losses.at(-1)!.push(await training.update(k));
    own.close();
  }
  assert.ok(losses[0]!.at(-1)! < losses[0]![0]! - 0.3, `it learns: ${losses[0]}`);
  assert.ok(largestDifference(losses[0]!, losses[1]!) < 1e-4);
});

function randomModel(changes: Partial<ModelOptions> = {}): { model: Seq2Seq; parameters: Tensors } {
  const model = createModel(tinyOptions({ arch: 'transformer', layers: 2, ...changes }));
  return { model, parameters: toTensors(initialParameters(model, 'pytorch', 5)) };
}

function featuresOf(model: Seq2Seq, parameters: Tensors, batch: { source: tf.Tensor; targetInput: tf.Tensor }) {
  const memory = model.encode(parameters, batch.source, keepAll);
  return model.decode(parameters, memory, batch.targetInput, keepAll).features;
}

/** The rows whose target is not padding. */
function realRows(features: ArrayLike<number>, targets: readonly number[], size: number): number[] {
  return Array.from(features).filter((_, i) => targets[Math.floor(i / size)] !== 0);
}
