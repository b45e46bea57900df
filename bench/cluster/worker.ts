// One worker of a measured training: full batches of 150 x 20 random words through the GRU with dot attention, E256 H256
// V4000, on one thread. Started alone or by mpiexec; the first worker prints one line of JSON.
import { alone } from '../../src/cluster/cluster.ts';
import { launchOf } from '../../src/cluster/launch.ts';
import { joinMpi } from '../../src/cluster/mpi.ts';
import { reduce, type Wire } from '../../src/cluster/reduce.ts';
import { type Run, runSchema } from '../../src/config/run.ts';
import { makeBatch } from '../../src/dataset/batch.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import { Random } from '../../src/support/random.ts';
import { openRuntime } from '../../src/tensor/runtime.ts';
import { createOptimizer, trainingVariables } from '../../src/training/state.ts';
import { Updates } from '../../src/training/updates.ts';

const [wire = 'float32', steps = '12'] = process.argv.slice(2) as [Wire, string];
const launch = launchOf();
const cluster = launch ? joinMpi(launch) : alone;
const VOCABULARY = 4000;
const shape = { batch: 150, sourceLength: 20, targetLength: 20 };
const run = { ...runSchema.parse({ reduce: wire, dropout: 0.2 }), out: '', batchTokens: 3000, maxShapes: 1 } as Run;
const words = { sourceVocabulary: VOCABULARY, targetVocabulary: VOCABULARY };
const model = createModel({ ...run, ...words });
const runtime = await openRuntime({ threads: 1, device: 'cpu' });
const optimizer = createOptimizer(run);
const trained = Object.keys(model.parameters);
const variables = await runtime.variables(
  trainingVariables(initialParameters(model, 'pytorch', 1), trained, optimizer, run),
  trained,
);
const random = new Random('words', cluster.rank);
const side = () => Int32Array.from({ length: 19 }, () => 4 + random.integer(VOCABULARY - 4));
const pair = () => ({ source: side(), target: side() });
const sentences = Int32Array.from({ length: shape.batch }, (_, i) => i);
const batch = makeBatch(shape, sentences, pair);
const position = { epoch: 0, batch: 0 };
const sampler = { batchesPerEpoch: 1, position, next: () => batch, skip: () => batch.targetTokens };
const updates = new Updates({ runtime, model, optimizer, trained, variables, run, sampler, cluster });
await updates.prepare([shape]);
const times: number[] = [];
for (let step = 0; step < Number(steps) + 2; step++) {
  const start = performance.now();
  await updates.make({ step, position, rate: () => 1e-3, stops: () => true });
  if (step >= 2) times.push(performance.now() - start);
}
const size = trained.reduce((sum, name) => sum + (variables.shapes[name] as number[]).reduce((a, b) => a * b, 1), 0);
const gradient = new Float32Array(size).fill(1);
const sums: number[] = [];
for (let i = 0; i < (cluster.size === 1 ? 0 : Math.min(8, Number(steps))); i++) {
  await cluster.barrier();
  const start = performance.now();
  await reduce(cluster, gradient, wire);
  sums.push(performance.now() - start);
}
if (cluster.rank === 0) {
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const update = median(times);
  const tokens = (1000 * cluster.size * batch.targetTokens) / update;
  process.stdout.write(
    `${JSON.stringify({ workers: cluster.size, wire, parameters: size, update, reduce: median(sums), tokens })}\n`,
  );
}
runtime.close();
await cluster.close();
