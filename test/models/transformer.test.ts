import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../../src/layers/parameters.ts';
import { createModel } from '../../src/models/create.ts';
import { keepAll, type ModelOptions, type Seq2Seq } from '../../src/models/seq2seq.ts';
import { valueAndGradients } from '../../src/tensor/ops/gradients.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import type { HostTensor } from '../../src/tensor/session.ts';
import { batchLoss } from '../../src/training/step.ts';
import { tinyOptions } from '../helpers/copy-task.ts';
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
const runtime: Runtime = await openRuntime({ eager: true, threads: 2 });
after(() => runtime.close());

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
    maxLength: options.length,
  });
}

/** The parameters that make-self-attention.py gives every model: a wave by the place of their name. */
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

for (const peer of peers) {
  const { activation, positions, tied } = peer.options;
  test(`loss, features and every gradient equal PyTorch's nn.Transformer (${activation}, ${positions}, ${tied ? 'shared' : 'own'} embeddings)`, () => {
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

function featuresOf(model: Seq2Seq, parameters: Tensors, batch: { source: tf.Tensor; targetInput: tf.Tensor }) {
  const memory = model.encode(parameters, batch.source, keepAll);
  return model.decode(parameters, memory, batch.targetInput, keepAll).features;
}

/** The rows whose target is no padding. */
function realRows(features: ArrayLike<number>, targets: readonly number[], size: number): number[] {
  return Array.from(features).filter((_, i) => targets[Math.floor(i / size)] !== 0);
}
