import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { createSearch } from '../../src/decoding/search.ts';
import { loadTensorFlow, withoutNativeStderr } from '../../src/tensor/library.ts';
import { findTensorFlow } from '../../src/tensor/location.ts';
import { adagrad, adam, type Optimizer, sgd } from '../../src/tensor/optimizers.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import { alone, kinds, nameOf, randomSentences, tinyModel } from '../decoding/models.ts';
import { tinyTraining } from '../helpers/copy-task.ts';
import { gpuGraphs } from '../helpers/gpu-graphs.ts';

// The library for GPUs, with its CPU kernels: TensorFlow checks every operation, type and shape when it imports a
// graph, which needs no GPU.
const location = findTensorFlow('gpu');
const skip = location === undefined ? 'TensorFlow for GPUs is not installed here: npx attn setup --gpu' : false;

const open: Runtime[] = [];
after(() => {
  for (const runtime of open) runtime.close();
});

/** A runtime on the library for GPUs: a process keeps the first library that it loads. */
async function onGpuLibrary(precision: 'float32' | 'bfloat16'): Promise<Runtime> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  withoutNativeStderr(() => loadTensorFlow(location));
  const runtime = await openRuntime({ backend: 'tensorflow', device: 'cpu', threads: 2, precision });
  open.push(runtime);
  const loaded = readFileSync('/proc/self/maps', 'utf8').match(/\S*libtensorflow_\S*/g) ?? [];
  assert.deepEqual(
    new Set(loaded),
    new Set([location?.library, location?.frameworkLibrary]),
    'also the binding takes this library, and no other',
  );
  return runtime;
}

for (const precision of ['float32', 'bfloat16'] as const) {
  test(`every model's training and search import into the library for GPUs, ${precision}`, { skip }, async () => {
    const runtime = await onGpuLibrary(precision);
    // products in bfloat16 are created in one place, so a few models cover all of them
    const wanted = precision === 'float32' ? kinds : kinds.filter(({ arch, cell }) => arch ?? cell);
    for (const kind of wanted) {
      const training = await tinyTraining(runtime, kind, { dropout: 0.1, shards: 2 });
      assert.ok(Number.isFinite(await training.update(0)), nameOf(kind));
      const { model, parameters } = tinyModel(kind);
      const search = createSearch(runtime, alone(model), await runtime.variables(parameters));
      const [hypotheses] = await search(randomSentences(2, 5), { beam: 3, nbest: 1 });
      assert.equal(hypotheses?.length, 1, nameOf(kind));
    }
  });
}

test("the graphs for a GPU import, with cuDNN's layers in them; running them takes a GPU", { skip }, async () => {
  withoutNativeStderr(() => loadTensorFlow(location));
  const runtime = await gpuGraphs({ cudnn: true });
  open.push(runtime);
  for (const kind of kinds) {
    const training = await tinyTraining(runtime, kind, { dropout: 0.1 });
    const updated = training.update(0);
    if (kind.arch === 'transformer') assert.ok(Number.isFinite(await updated));
    else await assert.rejects(updated, /No OpKernel was registered to support Op 'CudnnRNN/, nameOf(kind));
  }
});

test('every optimizer imports into the library for GPUs', { skip }, async () => {
  const runtime = await onGpuLibrary('float32');
  const optimizers: readonly Optimizer[] = [adam(), adam(0.9, 0.999, 1e-8, 0.05), sgd(), adagrad()];
  for (const optimizer of optimizers) {
    const training = await tinyTraining(runtime, {}, { optimizer });
    assert.ok(Number.isFinite(await training.update(0)));
  }
});
