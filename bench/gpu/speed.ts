// attn's side of the speed tables of scripts/gpu-check.sh: target tokens per second in training steps, as lines of
// JSON.
//   node --import tsx bench/gpu/speed.ts PRECISION SECONDS [KIND TOKENS]

import { presets } from '../../src/config/presets.ts';
import { runSchema } from '../../src/config/run.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import { Random } from '../../src/support/random.ts';
import { adam } from '../../src/tensor/optimizers.ts';
import { openRuntime } from '../../src/tensor/runtime.ts';
import { trainingVariables } from '../../src/training/state.ts';
import { SHARDS, trainingStep } from '../../src/training/step.ts';

const [precision, seconds, onlyKind, onlyTokens] = process.argv.slice(2) as [
  'float32' | 'bfloat16',
  string,
  string?,
  string?,
];
const LENGTH = 12;
const STEPS = 16;
const kinds = {
  'gru E256 H256 V4000': { embedding: 256, hidden: 256, vocabulary: 4000 },
  'gru E512 H1024 V8000': { embedding: 512, hidden: 1024, vocabulary: 8000 },
  'transformer E192 H192 V4000': { ...presets.transformer, vocabulary: 4000 },
};

for (const [kind, { vocabulary, ...options }] of Object.entries(kinds)) {
  if (onlyKind !== undefined && !kind.startsWith(onlyKind)) continue;
  // one runtime each: the memory of a model is freed before the next is measured
  const runtime = await openRuntime({ precision, device: 'gpu', streams: SHARDS });
  const model = createModel({
    ...runSchema.parse(options),
    sourceVocabulary: vocabulary,
    targetVocabulary: vocabulary,
  });
  const names = Object.keys(model.parameters);
  const optimizer = adam();
  for (const tokens of [3000, 12000, 48000]) {
    if (onlyTokens !== undefined && Number(onlyTokens) !== tokens) continue;
    const initial = trainingVariables(initialParameters(model, 'pytorch', 1), names, optimizer, {
      ema: 0,
      accumulate: 1,
    });
    const variables = await runtime.variables(initial, names);
    const settings = { dropout: 0, labelSmoothing: 0, clipNorm: 0 };
    const parts = { model, optimizer, trained: names, options: settings };
    const step = runtime.compile(trainingStep(parts), variables, { hostInputs: ['seed'] });
    const random = new Random(1, 'words');
    const batch = tokens / LENGTH;
    const words = () => ({
      shape: [batch, LENGTH],
      data: Int32Array.from({ length: tokens }, () => 4 + random.integer(vocabulary - 4)),
    });
    const data = {
      source: words(),
      targetInput: words(),
      targetOutput: words(),
      seed: { shape: [2], data: new Int32Array(2) },
    };
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
    let results = await step.sequence(calls().slice(0, 2));
    const compiling = (performance.now() - first) / 1000;
    results = await step.sequence(calls());
    const rates: number[] = [];
    for (const end = performance.now() + 1000 * Number(seconds); performance.now() < end || rates.length < 3; ) {
      const begun = performance.now();
      results = await step.sequence(calls());
      rates.push((1000 * STEPS * tokens) / (performance.now() - begun));
    }
    rates.sort((a, b) => a - b);
    const rate = rates[rates.length >> 1];
    const loss = results.at(-1)?.loss?.data[0];
    console.log(JSON.stringify({ kind, tokens, mode: precision, rate, compiling, loss }));
  }
  runtime.close();
}
