// attn's side of the speed tables of scripts/gpu-check.sh: target tokens per second in training steps, as lines of
// JSON.
//   node --import tsx bench/gpu/speed.ts DEVICE PRECISION SECONDS whole|tiny [KIND TOKENS]

import type { DeviceName } from '../../src/config/device.ts';
import { presets } from '../../src/config/presets.ts';
import { runSchema } from '../../src/config/run.ts';
import type { RunOptions } from '../../src/config/run-options.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import { Random } from '../../src/support/random.ts';
import { adam } from '../../src/tensor/optimizers.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import { trainingVariables } from '../../src/training/state.ts';
import { SHARDS, trainingStep } from '../../src/training/step.ts';

const [device, precision, seconds, size, onlyKind, onlyTokens] = process.argv.slice(2) as [
  DeviceName,
  'float32' | 'bfloat16',
  string,
  'whole' | 'tiny',
  string?,
  string?,
];
type Kind = Partial<RunOptions> & { readonly vocabulary: number };

const LENGTH = 12;
const tiny = { embedding: 16, hidden: 16, vocabulary: 100 };
const kinds: Readonly<Record<string, Kind>> =
  size === 'tiny'
    ? { 'gru E16 H16 V100': tiny, 'transformer E16 H16 V100': { ...presets.transformer, ...tiny, layers: 1 } }
    : {
        'gru E256 H256 V4000': { embedding: 256, hidden: 256, vocabulary: 4000 },
        'gru E512 H1024 V8000': { embedding: 512, hidden: 1024, vocabulary: 8000 },
        'transformer E192 H192 V4000': { ...presets.transformer, vocabulary: 4000 },
      };
const batches = size === 'tiny' ? [120] : [3000, 12000, 48000];
const STEPS = size === 'tiny' ? 2 : 16;

/** Target tokens per second in the median of some sequences of steps, and the seconds to the first result. */
async function measure(runtime: Runtime, { vocabulary, ...options }: Kind, tokens: number) {
  const sizes = { sourceVocabulary: vocabulary, targetVocabulary: vocabulary };
  const model = createModel({ ...runSchema.parse(options), ...sizes });
  const names = Object.keys(model.parameters);
  const optimizer = adam();
  const initial = trainingVariables(initialParameters(model, 'pytorch', 1), names, optimizer, {
    ...{ ema: 0, accumulate: 1 },
  });
  const variables = await runtime.variables(initial, names);
  const settings = { dropout: 0, labelSmoothing: 0, clipNorm: 0 };
  const parts = { model, optimizer, trained: names, options: settings };
  const step = runtime.compile(trainingStep(parts), variables, { hostInputs: ['seed'] });
  const random = new Random(1, 'words');
  const words = () => ({
    shape: [tokens / LENGTH, LENGTH],
    data: Int32Array.from({ length: tokens }, () => 4 + random.integer(vocabulary - 4)),
  });
  const seed = { shape: [2], data: new Int32Array(2) };
  const data = { source: words(), targetInput: words(), targetOutput: words(), seed };
  let number = 1;
  const calls = () =>
    Array.from({ length: STEPS }, () => {
      const scalars = Object.entries(optimizer.scalars(number++, 1e-3));
      return {
        ...data,
        ...Object.fromEntries(scalars.map(([name, value]) => [name, { shape: [], data: Float32Array.of(value) }])),
      };
    });
  const first = performance.now();
  await step.sequence(calls().slice(0, 2));
  const compiling = (performance.now() - first) / 1000;
  let results = await step.sequence(calls());
  const rates: number[] = [];
  for (const end = performance.now() + 1000 * Number(seconds); performance.now() < end || rates.length < 3; ) {
    const begun = performance.now();
    results = await step.sequence(calls());
    rates.push((1000 * STEPS * tokens) / (performance.now() - begun));
  }
  rates.sort((a, b) => a - b);
  return { rate: rates[rates.length >> 1], compiling, loss: results.at(-1)?.loss?.data[0] };
}

for (const [kind, options] of Object.entries(kinds)) {
  if (onlyKind !== undefined && !kind.startsWith(onlyKind)) continue;
  // one runtime each: the memory of a model is freed before the next is measured
  const runtime = await openRuntime({ precision, device, streams: SHARDS });
  for (const tokens of batches) {
    if (onlyTokens !== undefined && Number(onlyTokens) !== tokens) continue;
    const row = { kind, tokens, mode: precision };
    try {
      console.log(JSON.stringify({ ...row, ...(await measure(runtime, options, tokens)) }));
    } catch (error) {
      console.log(JSON.stringify({ ...row, error: error instanceof Error ? error.message.split('\n')[0] : error }));
    }
  }
  runtime.close();
}
