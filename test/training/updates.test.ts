import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { completeRun, runSchema } from '../../src/config/run.ts';
import type { RunOptions } from '../../src/config/run-options.ts';
import { openDataset } from '../../src/dataset/dataset.ts';
import { Sampler } from '../../src/dataset/sampler.ts';
import { chooseShapes } from '../../src/dataset/shapes.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import { RunError } from '../../src/support/errors.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import { broadcast, type StepInfo } from '../../src/training/events.ts';
import { beginning, train } from '../../src/training/train.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { gpuGraphs } from '../helpers/gpu-graphs.ts';
import { preparedWords } from '../helpers/word-corpus.ts';

describe('updates made together, as on a GPU', { skip: hasTensorFlow() ? false : needsTensorFlow }, () => {
  let folder: string;
  let data: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'attn-updates-'));
    data = await preparedWords(join(folder, 'corpus'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What training reported to its listener, and what it saved, without seconds. */
  async function trained(runtime: Runtime, changes: Partial<RunOptions>) {
    const sizes = { embedding: 12, hidden: 12, batchTokens: 60, maxShapes: 3, logEvery: 5, dropout: 0 };
    const run = completeRun({ ...runSchema.parse(sizes), ...changes });
    const dataset = openDataset(data);
    const { source, target } = dataset.manifest.vocabularies;
    const model = createModel({ ...run, sourceVocabulary: source.size, targetVocabulary: target.size });
    const split = dataset.split('train');
    const steps: StepInfo[] = [];
    const events: string[] = [];
    try {
      await train({
        ...{ runtime, model, run, state: beginning, frozen: new Set<string>(), guessLoss: Math.log(target.size) },
        sampler: new Sampler(split, chooseShapes(split.lengthCounts(), run), run.seed),
        variables: initialParameters(model, 'pytorch', run.seed),
        listener: broadcast([{ stepped: (info) => steps.push(info) }], run.logEvery),
        signal: new AbortController().signal,
        validate: async () => {
          events.push(`validated after ${steps.length}`);
          return {
            scores: { loss: 1, perplexity: 2, bleu: steps.length, chrf: 0 },
            sample: { source: '', reference: '', hypothesis: '' },
          };
        },
        keep: async () => {},
        capture: async (_, { step, sampler }) => {
          events.push(`saved at ${step}, epoch ${sampler.epoch}, batch ${sampler.batch}`);
          return { save: () => {}, saveAside: async () => {} };
        },
      });
    } finally {
      runtime.close();
      dataset.close();
    }
    return { steps, events };
  }

  test('a batch that does not fit in GPU memory is named, together with one half as large', async () => {
    const runtime = await gpuGraphs();
    const full = new RunError('TensorFlow: OOM when allocating tensor with shape[48000,8000] and type float on GPU:0');
    const compile: Runtime['compile'] = (...given) =>
      Object.assign(runtime.compile(...given), { sequence: async () => Promise.reject(full) });
    await assert.rejects(trained({ ...runtime, compile }, { maxSteps: 5 }), (error: RunError) => {
      assert.match(error.message, /a batch of 60 tokens does not fit/);
      assert.match(error.remedy ?? '', /--batch-tokens 30 .*--accumulate 2/);
      return true;
    });
  });

  for (const [name, changes] of Object.entries({
    'a limit of updates, an average': { maxSteps: 41, validateEvery: 17, ema: 0.9, warmup: 5 },
    'a limit of epochs': { epochs: 1, validateEvery: 1000, schedule: 'cosine' },
    'gradients that are added up': { maxSteps: 9, validateEvery: 4, accumulate: 3 },
  } as const)) {
    test(`${name}: they equal those made one by one, and stop where those do`, async () => {
      const one = await trained(await openRuntime({ threads: 2 }), changes);
      const many = await trained(await gpuGraphs(), changes);
      assert.deepEqual(many.events, one.events);
      assert.equal(many.steps.length, one.steps.length);
      for (const [i, { loss, gradientNorm, ...info }] of many.steps.entries()) {
        const expected = one.steps[i]!;
        for (const key of ['step', 'epoch', 'share', 'targetTokens', 'learningRate'] as const) {
          assert.equal(info[key], expected[key], `${key} of update ${i + 1}`);
        }
        assert.ok(Math.abs(loss - expected.loss) < 1e-3, `loss ${loss}, not ${expected.loss}`);
        assert.ok(Math.abs(gradientNorm / expected.gradientNorm - 1) < 1e-2, `norm ${gradientNorm}`);
      }
    });
  }
});
