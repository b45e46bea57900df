import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSearch } from '../../src/decoding/search.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
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
