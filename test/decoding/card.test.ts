import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createForcing, type ForcedResult } from '../../src/decoding/forcing.ts';
import type { Hypothesis } from '../../src/decoding/hypothesis.ts';
import { createSearch } from '../../src/decoding/search.ts';
import type { SearchOptions } from '../../src/decoding/search-options.ts';
import { RunError } from '../../src/support/errors.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import type { CompiledStep, Inputs } from '../../src/tensor/step.ts';
import { EOS } from '../../src/vocabulary/vocabulary.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { gpuGraphs } from '../helpers/gpu-graphs.ts';
import { alone, differences, kinds, nameOf, randomSentences, tinyModel } from './models.ts';

const skip = hasTensorFlow() ? false : needsTensorFlow;

for (const kind of kinds) {
  test(`${nameOf(kind)}: a search whose states stay on the GPU finds the same as any other`, { skip }, async () => {
    const { model, parameters } = tinyModel(kind);
    const sources = randomSentences(30, 9);
    const found = async (runtime: Runtime) => {
      try {
        const search = createSearch(runtime, alone(model), await runtime.variables(parameters));
        return await search(sources, { beam: 3, nbest: 2 });
      } finally {
        runtime.close();
      }
    };
    const expected = await found(await openRuntime({ threads: 2 }));
    const onCard = await found(await gpuGraphs());
    for (const [i, list] of expected.entries()) assert.equal(differences(list, onCard[i]!), undefined, `sentence ${i}`);
  });
}

const ways: Readonly<Record<string, SearchOptions>> = {
  'sampling with the attention of every head': { sample: true, nbest: 2, topK: 6, seed: 3, attention: 'heads' },
  'no repetition, coverage, minimum length': { beam: 2, noRepeatNgram: 2, coveragePenalty: 0.1, minOutputLength: 4 },
};

for (const kind of [{ score: 'dot', bidirectional: true }, { arch: 'transformer' }] as const) {
  test(`${nameOf(kind)}: on a GPU every search and scored pair is the same as on the CPU`, { skip }, async () => {
    const { model, parameters } = tinyModel(kind);
    const sources = randomSentences(12, 9);
    const pairs = sources.map((source, i) => ({ source, said: [...(sources.at(-1 - i) ?? []), EOS] }));
    const found = async (runtime: Runtime) => {
      try {
        const variables = await runtime.variables(parameters);
        const search = createSearch(runtime, alone(model), variables);
        const searched: (readonly Hypothesis[])[] = [];
        for (const options of Object.values(ways)) searched.push(...(await search(sources, options)));
        return { searched, forced: await createForcing(runtime, alone(model), variables)(pairs, 'heads') };
      } finally {
        runtime.close();
      }
    };
    const expected = await found(await openRuntime({ threads: 2 }));
    const onCard = await found(await gpuGraphs());
    for (const [i, list] of expected.searched.entries()) {
      assert.equal(differences(list, onCard.searched[i]!), undefined, `search ${i}`);
    }
    for (const [i, { logProbabilities, attention }] of expected.forced.entries()) {
      const other = onCard.forced[i]!;
      assert.deepEqual(Object.keys(other.attention), Object.keys(attention));
      const numbers = ({ logProbabilities, attention }: ForcedResult) => [
        ...logProbabilities,
        ...Object.values(attention).flatMap((rows) => rows.flatMap((row) => [...row])),
      ];
      const [ours, theirs] = [numbers(other), numbers({ logProbabilities, attention })];
      assert.equal(ours.length, theirs.length);
      for (const [k, x] of ours.entries()) assert.ok(Math.abs(x - theirs[k]!) < 1e-4, `pair ${i}`);
    }
  });
}

/** A runtime on a GPU whose memory is too small for steps of more rows than these. */
async function smallCard(rows: number): Promise<Runtime> {
  const runtime = await gpuGraphs();
  const full = new RunError('TensorFlow: OOM when allocating tensor with shape[4096,16,8] and type float on GPU:0');
  const compile: Runtime['compile'] = (...given) => {
    const step = runtime.compile(...given);
    const runOnDevice: CompiledStep['runOnDevice'] = (inputs, stay) =>
      Object.values(inputs).some(({ shape }) => (shape[0] as number) > rows)
        ? Promise.reject(full)
        : step.runOnDevice(inputs, stay);
    return Object.assign((inputs: Inputs) => step(inputs), step, { runOnDevice });
  };
  return { ...runtime, compile };
}

test('a search that does not fit into the memory of a GPU is tried again with fewer rows', { skip }, async () => {
  const { model, parameters } = tinyModel({ score: 'dot' });
  const sources = randomSentences(30, 9);
  const found = async (runtime: Runtime, beam = 3) => {
    try {
      const search = createSearch(runtime, alone(model), await runtime.variables(parameters));
      return await search(sources, { beam });
    } finally {
      runtime.close();
    }
  };
  const expected = await found(await gpuGraphs());
  const again = await found(await smallCard(16));
  for (const [i, list] of expected.entries()) assert.equal(differences(list, again[i]!), undefined, `sentence ${i}`);
  await assert.rejects(found(await smallCard(3)), (error: RunError) => {
    assert.match(error.message, /a search with beam 3 does not fit into the memory of the GPU/);
    assert.match(error.remedy ?? '', /smaller --beam.*--device cpu/);
    return true;
  });
});
