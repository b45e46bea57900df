// Trains a tiny model with batches of different shapes at each step: one worker of several, or alone with as many
// accumulated batches. Prints a hash of the parameters; the first worker writes them to a file.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { alone } from '../../src/cluster/cluster.ts';
import { launchOf } from '../../src/cluster/launch.ts';
import { joinMpi } from '../../src/cluster/mpi.ts';
import { completeRun, runSchema } from '../../src/config/run.ts';
import { openDataset } from '../../src/dataset/dataset.ts';
import { Sampler } from '../../src/dataset/sampler.ts';
import { chooseShapes } from '../../src/dataset/shapes.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import { openRuntime } from '../../src/tensor/runtime.ts';
import { createOptimizer, trainedNames, trainingVariables } from '../../src/training/state.ts';
import { Updates } from '../../src/training/updates.ts';

const [data = '', out = '', backend = 'tensorflow', accumulate = '1', updates = '50'] = process.argv.slice(2);
const launch = launchOf();
const cluster = launch ? joinMpi(launch) : alone;
const run = completeRun(
  runSchema.parse({
    ...{ embedding: 12, hidden: 12, batchTokens: 12, maxShapes: 8, dropout: 0.2, seed: 5 },
    ...{ accumulate: Number(accumulate), workers: cluster.size },
  }),
);
const dataset = openDataset(data);
const { source, target } = dataset.manifest.vocabularies;
const model = createModel({ ...run, sourceVocabulary: source.size, targetVocabulary: target.size });
const split = dataset.split('train');
const shapes = chooseShapes(split.lengthCounts(), run);
// within an epoch that was planned by one worker, batches of any shape are neighbours
const position = { epoch: 0, batch: 1 };
const sampler = new Sampler(split, shapes, run.seed, position, undefined, cluster.size);
const runtime = await openRuntime({ backend: backend as 'tensorflow' | 'wasm', threads: 1 });
const optimizer = createOptimizer(run);
const trained = trainedNames(model, new Set());
const initial = trainingVariables(initialParameters(model, 'pytorch', run.seed), trained, optimizer, run);
const variables = await runtime.variables(initial, trained);
const maker = new Updates({ runtime, model, optimizer, trained, variables, run, sampler, cluster });
await maker.prepare(shapes);
const losses: number[] = [];
let step = 0;
let at = position;
while (step < Number(updates)) {
  for (const made of await maker.make({ step, position: at, rate: () => 0.01, stops: () => true })) {
    losses.push(made.loss, made.targetTokens);
    at = made.position;
    step++;
  }
}
const values = await variables.read();
const hash = createHash('sha256');
for (const { data } of Object.values(values))
  hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
process.stdout.write(`worker ${cluster.rank}: ${hash.digest('hex')}\n`);
if (cluster.rank === 0) {
  const parameters = Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, [...data]]));
  writeFileSync(out, JSON.stringify({ parameters, losses, epoch: at.epoch }));
}
runtime.close();
dataset.close();
await cluster.close();
