import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createForcing } from '../../src/decoding/forcing.ts';
import { createSearch } from '../../src/decoding/search.ts';
import type { SearchOptions } from '../../src/decoding/search-options.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import type { ModelOptions } from '../../src/models/seq2seq.ts';
import { Random } from '../../src/support/random.ts';
import { type FlatVariable, sizeOf } from '../../src/tensor/flat.ts';
import { dataTypes } from '../../src/tensor/graph-def.ts';
import { loadTensorFlow, withoutNativeStderr } from '../../src/tensor/library.ts';
import { findTensorFlow } from '../../src/tensor/location.ts';
import { adagrad, adam, type Optimizer, sgd } from '../../src/tensor/optimizers.ts';
import type { RecordingOptions } from '../../src/tensor/recorded-nodes.ts';
import type { Runtime } from '../../src/tensor/runtime.ts';
import type { SessionVariables } from '../../src/tensor/session-variables.ts';
import type { StepFunction } from '../../src/tensor/step.ts';
import { AVERAGE, trainingVariables } from '../../src/training/state.ts';
import {
  accumulationStep,
  averagingStep,
  gradientStep,
  trainingStep,
  updateStep,
  validationStep,
} from '../../src/training/step.ts';
import { EOS } from '../../src/vocabulary/vocabulary.ts';
import { alone, kinds, nameOf, randomSentences, tinyModel } from '../decoding/models.ts';
import { copyBatch, tinyOptions, wordForWord } from '../helpers/copy-task.ts';
import { gpuGraphs } from '../helpers/gpu-graphs.ts';
import { type GraphNode, kernelLookup, nodesOf } from '../helpers/registered-kernels.ts';

// Whatever a model can be asked for, its graph for a GPU is accepted by TensorFlow, and every operation in it has a
// kernel for GPUs: without one, TensorFlow would silently compute that operation on the CPU and copy its inputs there.
const location = findTensorFlow('gpu');
const skip = location === undefined ? 'TensorFlow for GPUs is not installed here: npx attn setup --gpu' : false;

const open: Runtime[] = [];
after(() => {
  for (const runtime of open) runtime.close();
});

/** A runtime that records for a GPU, and the nodes it has recorded so far. */
async function recording(options: Partial<RecordingOptions>): Promise<{ runtime: Runtime; nodes: GraphNode[] }> {
  withoutNativeStderr(() => loadTensorFlow(location));
  const nodes: GraphNode[] = [];
  const runtime = await gpuGraphs(options, (graph) => nodes.push(...nodesOf(graph)));
  open.push(runtime);
  return { runtime, nodes };
}

/** Runs, which on this machine's CPU may fail because of cuDNN's layers, and because of nothing else. */
async function tried(running: Promise<unknown>): Promise<void> {
  await running.catch((error: Error) => {
    if (!/No OpKernel was registered to support Op 'CudnnRNN/.test(error.message)) throw error;
  });
}

function assertOnCard(nodes: readonly GraphNode[]): void {
  const has = kernelLookup(location?.library ?? '');
  const without = { op: 'StringJoin', types: {} };
  assert.deepEqual([has(without, 'CPU'), has(without, 'GPU')], [true, false], 'one that only CPUs have');
  assert.ok(!has({ op: 'Tanh', types: { T: [dataTypes.string] } }, 'GPU'), 'a type that it does not have');
  const missing = nodes.filter((node) => !has(node, 'GPU')).map(({ op, types }) => `${op} ${JSON.stringify(types)}`);
  assert.deepEqual([...new Set(missing)], []);
  assert.deepEqual(
    nodes.filter(({ op }) => op.startsWith('Attn')),
    [],
    "attn's own operations are for CPUs",
  );
}

/** Every step of a training with a model. */
async function recordTraining(runtime: Runtime, kind: Partial<ModelOptions>, optimizer: Optimizer): Promise<void> {
  const full = tinyOptions({
    ...kind,
    ...(kind.arch === 'transformer' && { activation: 'gelu', positions: 'learned' }),
  });
  const model = createModel(full);
  const names = Object.keys(model.parameters);
  const guidedWeight = kind.score === 'none' ? 0 : 0.5;
  const scalar = (value: number) => ({ shape: [], data: Float32Array.of(value) });
  const words = copyBatch(new Random(5, 'batches'), { batch: 4, length: 6, vocabulary: full.sourceVocabulary });
  const batch = {
    ...words,
    ...(guidedWeight > 0 && { alignment: wordForWord(words) }),
    ...{ seed: { shape: [2], data: Int32Array.of(1, 7) }, tokens: scalar(20) },
  };
  const scalars = Object.fromEntries(
    Object.entries(optimizer.scalars(1, 0.01)).map(([name, value]) => [name, scalar(value)]),
  );
  // all parameters are trained, or the encoder keeps its own
  for (const trained of [names, names.filter((name) => !name.startsWith('encoder'))]) {
    const initial = trainingVariables(initialParameters(model, 'pytorch', 3), trained, optimizer, {
      ...{ ema: 0.9, accumulate: 2 },
    });
    const variables = await runtime.variables(initial, trained);
    const options = { dropout: 0.2, labelSmoothing: 0.1, clipNorm: 1, guidedWeight };
    const parts = { model, optimizer, trained, options };
    const compile = (step: StepFunction) => runtime.compile(step, variables, { hostInputs: ['seed'] });
    await tried(compile(accumulationStep(parts)).sequence([batch, batch]));
    await tried(
      compile(trainingStep(parts, 2)).sequence([
        { ...batch, ...scalars },
        { ...batch, ...scalars },
      ]),
    );
    await tried(compile(trainingStep(parts))({ ...batch, ...scalars }));
    await tried(compile(gradientStep(parts))(batch));
    const [{ shape }] = (variables as SessionVariables).flat as [FlatVariable];
    const gradient = { shape: [sizeOf(shape)], data: new Float32Array(sizeOf(shape)) };
    await runtime.compile(updateStep(parts), variables)({ ...scalars, gradient });
    await tried(runtime.compile(validationStep(model), variables)(words));
    await runtime.compile(averagingStep(model), variables)({ decay: scalar(0.9) });
    await tried(runtime.compile(validationStep(model, AVERAGE), variables)(words));
  }
}

const searches: readonly SearchOptions[] = [
  { beam: 3, nbest: 2 },
  { sample: true, nbest: 2, topK: 4, attention: 'none' },
  { beam: 2, noRepeatNgram: 2, coveragePenalty: 0.1 },
];

/** Every step of translating with a model and of scoring its translations, and with two models together. */
async function recordDecoding(runtime: Runtime, kind: Partial<ModelOptions>): Promise<void> {
  const { model, parameters } = tinyModel(kind);
  const variables = await runtime.variables(
    Object.fromEntries(
      ['', 'other/'].flatMap((prefix) =>
        Object.entries(parameters).map(([name, value]) => [`${prefix}${name}`, value] as const),
      ),
    ),
  );
  const sources = randomSentences(5, 9);
  for (const members of [alone(model), [...alone(model), { model, prefix: 'other/' }]]) {
    const search = createSearch(runtime, members, variables);
    for (const options of searches) await tried(search(sources, options));
    const forcing = createForcing(runtime, members, variables);
    await tried(
      forcing(
        sources.map((source) => ({ source, said: [...source, EOS] })),
        'heads',
      ),
    );
  }
}

for (const precision of ['float32', 'bfloat16'] as const) {
  for (const [i, kind] of kinds.entries()) {
    test(`${nameOf(kind)}, ${precision}: every operation of its graphs has a kernel for GPUs`, { skip }, async () => {
      const { runtime, nodes } = await recording({ cudnn: true, precision });
      await recordTraining(runtime, kind, [adam(0.9, 0.999, 1e-8, 0.05), sgd(), adagrad()][i % 3] as Optimizer);
      await recordDecoding(runtime, kind);
      // cuDNN never runs the single step of a search, but without a card its encoder keeps a search from getting there
      const search = await recording({ precision });
      await recordDecoding(search.runtime, kind);
      assertOnCard([...nodes, ...search.nodes]);
    });
  }
}
