// Training and greedy decoding of a transformer compared with PyTorch's nn.Transformer of the same size, on the same
// shapes of random words, in float32 and in bfloat16 (PyTorch's by autocast). Ours and the peer take turns in rounds;
// the fastest of each counts. On a busy machine only the ratios mean anything; note that PyTorch's threads burn CPU time
// while they wait.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createSearch } from '../src/decoding/search.ts';
import { greedy } from '../src/decoding/search-options.ts';
import { createModel, initialParameters } from '../src/models/create.ts';
import type { ModelOptions } from '../src/models/seq2seq.ts';
import { Random } from '../src/support/random.ts';
import { adam } from '../src/tensor/optimizers.ts';
import { openRuntime, type Runtime } from '../src/tensor/runtime.ts';
import type { HostTensor } from '../src/tensor/session.ts';
import { trainingVariables } from '../src/training/state.ts';
import { SHARDS, trainingStep } from '../src/training/step.ts';
import { runPython } from './peer.ts';
import type { Benchmark, BenchRow } from './row.ts';

const SIZE = 256;
const HEADS = 4;
const LAYERS = 3;
const INNER = 1024;
const VOCABULARY = 4000;
const DROPOUT = 0.1;
/** [B, S, T]: Tatoeba's typical lengths at 3,000 tokens per batch. */
const SHAPES = [
  [375, 8, 8],
  [250, 10, 12],
  [166, 16, 18],
] as const;
const REPEATS = 2;
const DECODE = { batch: 64, source: 12, words: 16 };
const ROUNDS = 3;

const script = fileURLToPath(new URL('transformer.py', import.meta.url));

interface Cost {
  readonly seconds: number;
  readonly cpu: number;
}

type Work = 'training' | 'decoding';
type PeerWork = 'training' | 'whole' | 'cached';

const precisions = ['float32', 'bfloat16'] as const;
type Precision = (typeof precisions)[number];

export const run: Benchmark = async ({ python }) => {
  const threads = availableParallelism();
  const ours: Record<Precision, Record<Work, Cost>[]> = { float32: [], bfloat16: [] };
  const theirs: Record<Precision, Record<PeerWork, Cost>>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const precision of precisions) {
      const runtime = await openRuntime({ precision, threads, streams: SHARDS });
      ours[precision].push({ training: await training(runtime), decoding: await decoding(runtime) });
      runtime.close();
    }
    if (python !== undefined) theirs.push(await runPython(python, ['-W', 'ignore', script], peerInput(threads)));
  }
  const trained = REPEATS * SHAPES.reduce((sum, [batch, , target]) => sum + batch * target, 0);
  const rows: BenchRow[] = [];
  const add = (what: string, tokens: number, own: readonly Cost[], peer: string, other: readonly Cost[]) => {
    for (const [unit, of] of [
      ['target tokens/s', ({ seconds }: Cost) => seconds],
      ['target tokens per CPU second', ({ cpu }: Cost) => cpu],
    ] as const) {
      const value = tokens / Math.min(...own.map(of));
      const peerValue = tokens / Math.min(...other.map(of));
      rows.push({ what, value, unit, ...(other.length > 0 && { peer, peerValue, ratio: value / peerValue }) });
    }
  };
  for (const precision of precisions) {
    const own = (work: Work) => ours[precision].map((costs) => costs[work]);
    const peer = (work: PeerWork) => theirs.map((costs) => costs[precision][work]);
    add(`training, ${precision}`, trained, own('training'), 'nn.Transformer', peer('training'));
    const words = DECODE.batch * DECODE.words;
    add(`greedy decoding, ${precision}`, words, own('decoding'), 'nn.Transformer, no cache', peer('whole'));
    add(`greedy decoding, ${precision}`, words, own('decoding'), 'the same, cache by hand', peer('cached'));
  }
  return rows;
};

const options: ModelOptions = {
  arch: 'transformer',
  score: 'dot',
  window: 'global',
  windowSize: 10,
  inputFeeding: false,
  cell: 'gru',
  resetAfter: true,
  embedding: SIZE,
  hidden: SIZE,
  layers: LAYERS,
  bidirectional: false,
  tieEmbeddings: true,
  shareEmbeddings: false,
  maxPositions: 128,
  heads: HEADS,
  feedForward: INNER,
  activation: 'relu',
  positions: 'sinusoidal',
  sourceVocabulary: VOCABULARY,
  targetVocabulary: VOCABULARY,
};
const model = createModel(options);
const parameters = initialParameters(model, 'pytorch', 1);

async function training(runtime: Runtime): Promise<Cost> {
  const optimizer = adam();
  const trained = Object.keys(model.parameters);
  const variables = await runtime.variables(
    trainingVariables(parameters, trained, optimizer, { ema: 0, accumulate: 1 }),
  );
  const parts = {
    ...{ model, optimizer, trained, options: { dropout: DROPOUT, labelSmoothing: 0.1, clipNorm: 1 } },
    shards: SHARDS,
  };
  const step = runtime.compile(trainingStep(parts), variables);
  const random = new Random(1, 'bench');
  const ids = (...shape: number[]): HostTensor => ({
    shape,
    data: Int32Array.from(
      { length: (shape[0] as number) * (shape[1] as number) },
      () => 4 + random.integer(VOCABULARY - 4),
    ),
  });
  const batches = SHAPES.map(([batch, source, target]) => ({
    source: ids(batch, source),
    targetInput: ids(batch, target),
    targetOutput: ids(batch, target),
  }));
  let updates = 0;
  const steps = async (count: number) => {
    for (let i = 0; i < count; i++) {
      for (const batch of batches) {
        const scalars = Object.entries(optimizer.scalars(++updates, 1e-4));
        await step({
          ...batch,
          seed: { shape: [2], data: Int32Array.of(1, updates) },
          ...Object.fromEntries(scalars.map(([name, value]) => [name, { shape: [], data: Float32Array.of(value) }])),
        });
      }
    }
  };
  await steps(2);
  return timed(() => steps(REPEATS));
}

async function decoding(runtime: Runtime): Promise<Cost> {
  const variables = await runtime.variables(parameters);
  const search = createSearch(runtime, [{ model, prefix: '' }], variables);
  const random = new Random(2, 'bench');
  const sources = Array.from({ length: DECODE.batch }, () =>
    Array.from({ length: DECODE.source - 1 }, () => 4 + random.integer(VOCABULARY - 4)),
  );
  // the same number of words for every sentence, as in the peer
  const exactly = { minOutputLength: DECODE.words, maxOutputLength: DECODE.words };
  const decode = () => search(sources, { ...greedy, ...exactly });
  await decode();
  return timed(decode);
}

async function timed(work: () => Promise<unknown>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpu: (user + system) / 1e6 };
}

function peerInput(threads: number): object {
  return {
    ...{ size: SIZE, heads: HEADS, layers: LAYERS, inner: INNER, vocabulary: VOCABULARY, dropout: DROPOUT, threads },
    ...{ shapes: SHAPES, repeats: REPEATS, decode: DECODE },
  };
}
