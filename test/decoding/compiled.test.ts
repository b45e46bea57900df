import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Hypothesis } from '../../src/decoding/hypothesis.ts';
import { createSearch } from '../../src/decoding/search.ts';
import type { SearchOptions } from '../../src/decoding/search-options.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { openRuntime, type Runtime, type RuntimeOptions } from '../../src/tensor/runtime.ts';
import type { DeviceTensor } from '../../src/tensor/session.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { alone, differences, kinds, nameOf, randomSentences, type TinyModel, tinyModel } from './models.ts';

const skip = hasTensorFlow() ? false : needsTensorFlow;

/** Records every device tensor that a runtime's steps return, so that a test can check whether all were disposed of. */
function watched(runtime: Runtime, given: DeviceTensor[]): Runtime {
  return {
    ...runtime,
    compile: (fn, state, options) => {
      const step = runtime.compile(fn, state, options);
      const runOnDevice: typeof step.runOnDevice = async (inputs, stay) => {
        const outputs = await step.runOnDevice(inputs, stay);
        given.push(...Object.values(outputs));
        return outputs;
      };
      return Object.assign((inputs: Parameters<typeof step>[0]) => step(inputs), {
        runOnDevice,
        sequence: step.sequence,
      });
    },
  };
}

/** Translates in its own runtime. */
async function translate(
  runtimeOptions: RuntimeOptions,
  tinyModels: readonly TinyModel[],
  sources: readonly number[][],
  options: SearchOptions,
): Promise<(readonly Hypothesis[])[][]> {
  const runtime = await openRuntime({ threads: 2, ...runtimeOptions });
  try {
    const results = [];
    for (const { model, parameters } of tinyModels) {
      const given: DeviceTensor[] = [];
      const variables = await runtime.variables(parameters);
      const search = createSearch(watched(runtime, given), alone(model), variables);
      results.push(await search(sources, options));
      assert.ok(given.length > 0);
      if (runtime.compiled) for (const held of given) assert.throws(() => held.shape, /after dispose/);
    }
    return results;
  } finally {
    runtime.close();
  }
}

const some = [[], ...randomSentences(5, 9)];
const options = { beam: 3, nbest: 3, pruning: 0, lengthPenalty: 0.6 };

test('a compiled search finds the same as the eager one, for every kind of model', { skip }, async () => {
  const tinyModels = kinds.map((kind) => tinyModel(kind));
  const compiled = await translate({}, tinyModels, some, options);
  const eager = await translate({ backend: 'cpu' }, tinyModels, some, options);
  for (const [m, results] of compiled.entries()) {
    for (const [i, hypotheses] of results.entries()) {
      assert.equal(differences(hypotheses, eager[m]![i]!), undefined, `${nameOf(kinds[m]!)}, sentence ${i}`);
    }
  }
});

test('a compiled search with rules, and one with sampling, find the same as the eager ones', { skip }, async () => {
  const model = [tinyModel({ score: 'dot' })];
  const sources = randomSentences(200, 12);
  for (const how of [
    { beam: 3, nbest: 3, noRepeatNgram: 1, repetitionPenalty: 1.4, prefix: { ids: [7, 9] } },
    { sample: true, nbest: 3, topP: 0.9 },
  ]) {
    const [compiled] = await translate({}, model, sources, how);
    const [eager] = await translate({ backend: 'cpu' }, model, sources, how);
    for (const [i, hypotheses] of compiled!.entries()) {
      assert.equal(differences(hypotheses, eager![i]!), undefined, `sentence ${i}`);
    }
  }
});

test('a WebAssembly search finds the same as the plain one, for every kind of model', async () => {
  const tinyModels = kinds.map((kind) => tinyModel(kind));
  const wasm = await translate({ backend: 'wasm' }, tinyModels, some, options);
  const plain = await translate({ backend: 'cpu' }, tinyModels, some, options);
  for (const [m, results] of wasm.entries()) {
    for (const [i, hypotheses] of results.entries()) {
      assert.equal(differences(hypotheses, plain[m]![i]!), undefined, `${nameOf(kinds[m]!)}, sentence ${i}`);
    }
  }
});

test('one, two and three sentences have room for a beam of any size', { skip }, async () => {
  const model = [tinyModel({ score: 'dot' })];
  for (const beam of [1, 2, 3, 4, 5, 6]) {
    for (const count of [1, 2, 3]) {
      const sources = randomSentences(count, 6);
      const [compiled] = await translate({}, model, sources, { beam, nbest: beam });
      const [eager] = await translate({ backend: 'cpu' }, model, sources, { beam, nbest: beam });
      for (const [i, hypotheses] of compiled!.entries()) {
        assert.equal(differences(hypotheses, eager![i]!), undefined, `beam ${beam}, sentence ${i} of ${count}`);
      }
    }
  }
});

test('many sentences of all lengths, in few shapes, are translated as eagerly one after another', {
  skip,
}, async () => {
  // a vocabulary large enough for the blocks of the top-k
  const model = [tinyModel({ score: 'dot', targetVocabulary: 1500 })];
  const sources = [...randomSentences(300, 20), ...randomSentences(3, 60)];
  const [compiled] = await translate({}, model, sources, { nbest: 2 });
  const [eager] = await translate({ backend: 'wasm' }, model, sources, { nbest: 2 });
  for (const [i, hypotheses] of compiled!.entries()) {
    assert.equal(differences(hypotheses, eager![i]!), undefined, `sentence ${i}`);
  }
});

test('long translations by a compiled transformer, with others coming and going, equal the eager ones', {
  skip,
}, async () => {
  const model = [tinyModel({ arch: 'transformer', layers: 1 })];
  const sources = randomSentences(120, 12);
  const long = { minOutputLength: 20, maxOutputLength: 70 };
  const [compiled] = await translate({}, model, sources, long);
  const [eager] = await translate({ backend: 'wasm' }, model, sources, long);
  assert.ok(eager!.some(([best]) => best!.ids.length > 64));
  for (const [i, hypotheses] of compiled!.entries()) {
    assert.equal(differences(hypotheses, eager![i]!, 1e-3), undefined, `sentence ${i}`);
  }
});

test('compiling a search leaves no tensor behind', { skip }, async () => {
  await translate({}, [tinyModel({ score: 'dot' })], some, options);
  const before = tf.memory().numTensors;
  await translate({}, [tinyModel({ score: 'concat' })], some, options);
  assert.equal(tf.memory().numTensors, before);
});
