// One training step of the GRU encoder-decoder with dot attention: eager, compiled in float32 and bfloat16, and
// PyTorch's nn.GRU, on the same shapes of random words. They take turns in rounds; the median of all steps counts. The
// fraction is of the machine's own rate of matrix products, measured in the same run.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { runSchema } from '../src/config/run.ts';
import { createModel, initialParameters } from '../src/models/create.ts';
import type { Seq2Seq } from '../src/models/seq2seq.ts';
import { Random } from '../src/support/random.ts';
import { matrixRate } from '../src/tensor/matrix-rate.ts';
import { adam } from '../src/tensor/optimizers.ts';
import { openRuntime, type RuntimeOptions } from '../src/tensor/runtime.ts';
import type { HostTensor } from '../src/tensor/session.ts';
import { trainingVariables } from '../src/training/state.ts';
import { SHARDS, trainingStep } from '../src/training/step.ts';
import { runPython } from './peer.ts';
import type { Benchmark, BenchRow } from './row.ts';

const [BATCH, LENGTH, ROUNDS, REPEATS] = [64, 15, 3, 15];
const SIZES = [
  { embedding: 128, hidden: 256, vocabulary: 4000 },
  { embedding: 256, hidden: 512, vocabulary: 8000 },
] as const;
type Size = (typeof SIZES)[number];

const WAYS = {
  eager: { eager: true },
  'compiled float32': {},
  'compiled bfloat16': { precision: 'bfloat16' },
  'compiled float32, XLA': { xla: true },
} as const satisfies Record<string, RuntimeOptions>;
type Way = keyof typeof WAYS;

export const run: Benchmark = async ({ python }) => {
  const threads = availableParallelism();
  const rows: BenchRow[] = [];
  const rates = {
    float32: (await matrixRate({ threads })).gflops,
    bfloat16: (await matrixRate({ threads, precision: 'bfloat16' })).gflops,
  };
  for (const [precision, rate] of Object.entries(rates)) {
    rows.push({ what: `matrix products, ${precision}`, value: rate, unit: 'GFLOP/s' });
  }
  for (const size of SIZES) {
    const times: Record<Way | 'PyTorch', number[]> = {
      eager: [],
      'compiled float32': [],
      'compiled bfloat16': [],
      'compiled float32, XLA': [],
      PyTorch: [],
    };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [way, options] of Object.entries(WAYS) as [Way, RuntimeOptions][]) {
        // XLA takes long to compile: one round shows whether it is worth it
        if (options.xla && round > 0) continue;
        times[way].push(...(await stepTimes(size, { ...options, threads }, way === 'eager' ? 4 : REPEATS)));
      }
      if (python === undefined) continue;
      const script = fileURLToPath(new URL('step.py', import.meta.url));
      const input = { ...size, batch: BATCH, length: LENGTH, repeats: REPEATS, threads };
      times.PyTorch.push(...(await runPython<number[]>(python, ['-W', 'ignore', script], input)));
    }
    const name = `E${size.embedding} H${size.hidden} V${size.vocabulary}`;
    const eager = median(times.eager);
    const peer = median(times.PyTorch);
    const beside = (value: number) =>
      python === undefined ? {} : { peer: 'PyTorch float32', peerValue: peer, ratio: peer / value };
    for (const way of Object.keys(WAYS) as Way[]) {
      rows.push({
        what: `${name}, ${way}`,
        value: median(times[way]),
        unit: 'ms per step',
        ...beside(median(times[way])),
      });
    }
    for (const way of ['compiled float32', 'compiled bfloat16'] as const) {
      const value = median(times[way]);
      rows.push({
        what: `${name}, ${way}`,
        value,
        unit: 'ms per step',
        peer: 'eager',
        peerValue: eager,
        ratio: eager / value,
      });
    }
    for (const precision of ['float32', 'bfloat16'] as const) {
      const rate = operations(size) / median(times[`compiled ${precision}`]) / 1e6;
      rows.push({
        what: `${name}, fraction of the machine's ${precision} rate`,
        value: (100 * rate) / rates[precision],
        unit: '%',
      });
    }
  }
  return rows;
};

/** Multiplications and additions in the matrix products of one step: each once forward, twice backward. */
function operations({ embedding: E, hidden: H, vocabulary: V }: Size): number {
  const position = 2 * (E * 3 * H + H * 3 * H);
  const attention = 2 * (2 * LENGTH * H) + 2 * 2 * H * H;
  return 3 * BATCH * LENGTH * (2 * position + attention + 2 * H * V);
}

async function stepTimes(size: Size, options: RuntimeOptions, repeats: number): Promise<number[]> {
  const runtime = await openRuntime({ ...options, streams: SHARDS });
  const model = modelOf(size);
  const optimizer = adam();
  const trained = Object.keys(model.parameters);
  const initial = trainingVariables(initialParameters(model, 'pytorch', 1), trained, optimizer, {
    ema: 0,
    accumulate: 1,
  });
  const parts = {
    ...{ model, optimizer, trained, options: { dropout: 0, labelSmoothing: 0, clipNorm: 0 } },
    shards: runtime.compiled ? SHARDS : 1,
  };
  const step = runtime.compile(trainingStep(parts), await runtime.variables(initial));
  const random = new Random(1, 'words');
  const words = (): HostTensor => ({
    shape: [BATCH, LENGTH],
    data: Int32Array.from({ length: BATCH * LENGTH }, () => 4 + random.integer(size.vocabulary - 4)),
  });
  const batch = {
    source: words(),
    targetInput: words(),
    targetOutput: words(),
    seed: { shape: [2], data: new Int32Array(2) },
  };
  const times: number[] = [];
  for (let i = 1; i <= repeats + 3; i++) {
    const scalars = Object.entries(optimizer.scalars(i, 1e-3)).map(([name, value]) => [
      name,
      { shape: [], data: Float32Array.of(value) },
    ]);
    const start = performance.now();
    await step({ ...batch, ...Object.fromEntries(scalars) });
    if (i > 3) times.push(performance.now() - start);
  }
  runtime.close();
  return times;
}

function modelOf({ embedding, hidden, vocabulary }: Size): Seq2Seq {
  const options = runSchema.parse({ embedding, hidden });
  return createModel({ ...options, sourceVocabulary: vocabulary, targetVocabulary: vocabulary });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
