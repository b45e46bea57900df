import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadTraining } from '../../src/checkpoints/checkpoint.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { readMetrics } from '../../src/training/metrics.ts';
import type { TrainingState } from '../../src/training/train.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { inWorkers, type Mpi, mpis } from '../helpers/mpi.ts';
import { preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const withoutTensorFlow = hasTensorFlow() ? false : needsTensorFlow;

let folder: string;
let data: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attn-workers-'));
  data = await preparedWords(join(folder, 'corpus'), 400);
});
after(() => rmSync(folder, { recursive: true, force: true }));

function attn(words: readonly string[], prefix: readonly string[] = []) {
  const [program = '', ...rest] = [
    ...prefix,
    ...[process.execPath, '--import', 'tsx', 'test/helpers/attn.ts', ...words],
  ];
  const { ATTN_MPI: _, ...env } = process.env;
  return spawnSync(program, rest, { encoding: 'utf8', env, timeout: 180_000, killSignal: 'SIGKILL' });
}

function isFirst(mpi: Mpi): boolean {
  return mpis.find(({ skip }) => skip === false)?.name === mpi.name;
}

/** The largest difference between the parameters of two training runs. */
function difference(a: Readonly<Record<string, ArrayLike<number>>>, b: typeof a): number {
  assert.deepEqual(Object.keys(a), Object.keys(b));
  return Math.max(
    ...Object.entries(a).flatMap(([name, values]) =>
      Array.from(values, (value, i) => Math.abs(value - (b[name]?.[i] ?? Number.NaN))),
    ),
  );
}

/** Parameters and moments saved by `attn train`, without those that only accumulation has. */
function saved(out: string): Record<string, ArrayLike<number>> {
  const { tensors } = loadTraining<TrainingState>(runFolder(out).last);
  const entries = Object.entries(tensors.all ?? {}).filter(([name]) => !name.startsWith('accumulated/'));
  return Object.fromEntries(entries.map(([name, { data }]) => [name, data as ArrayLike<number>]));
}

for (const mpi of mpis)
  describe(`training with workers connected by ${mpi.name}`, { skip: mpi.skip || withoutTensorFlow }, () => {
    const run = (workers: number, accumulate: number, backend = 'tensorflow', updates = 50) => {
      const out = join(folder, `${mpi.family}-${workers}-${accumulate}-${backend}.json`);
      const words = [data, out, backend, String(accumulate), String(updates)];
      const alone: Mpi = { ...mpi, words: () => ['env'] };
      const { status, stdout, stderr } = inWorkers(workers === 1 ? alone : mpi, workers, 'mpi-training.ts', ...words);
      assert.equal(status, 0, stderr + stdout);
      const hashes = stdout.trim().split('\n');
      assert.equal(hashes.length, workers);
      assert.equal(new Set(hashes.map((line) => line.split(': ')[1])).size, 1, 'the same bits in every worker');
      return JSON.parse(readFileSync(out, 'utf8')) as {
        parameters: Record<string, number[]>;
        losses: number[];
        epoch: number;
      };
    };
    const batchesAdded = new Map<number, ReturnType<typeof run>>();

    const pairs = [
      [2, 1],
      [4, 1],
      [2, 2],
    ] as const;
    // what does not depend on the engine is tested with the first available one
    for (const [workers, accumulate] of isFirst(mpi) ? pairs : pairs.slice(0, 1))
      test(`${workers} of them with ${accumulate} batches each are one process with the batches of all, to 1e-5 over 50 updates`, () => {
        const batches = workers * accumulate;
        const expected = batchesAdded.get(batches) ?? run(1, batches);
        batchesAdded.set(batches, expected);
        const { accumulated, ...parameters } = groups(expected.parameters);
        const found = groups(run(workers, accumulate).parameters);
        delete found.accumulated;
        for (const [group, values] of Object.entries(parameters)) {
          const worst = difference(found[group] ?? {}, values);
          assert.ok(worst < 1e-5, `${group}: ${worst}`);
        }
        assert.ok(accumulated !== undefined);
      });

    test('without TensorFlow it is the same', { skip: !isFirst(mpi) }, () => {
      const { parameters } = run(1, 2, 'wasm', 5);
      const own = Object.fromEntries(Object.entries(parameters).filter(([name]) => !name.startsWith('accumulated/')));
      assert.ok(difference(run(2, 1, 'wasm', 5).parameters, own) < 1e-5);
    });

    test('attn train with 2 workers, stopped and continued, ends with the same bits; it also continues with 3, 1 and 2', () => {
      const flags = (out: string, steps: number) => [...tinyTrainingFlags(data, out, steps), '--schedule', 'constant'];
      const train = (workers: number, words: string[]) => {
        const { status, stderr } = attn(['train', ...words], workers === 1 ? [] : mpi.words(workers));
        assert.equal(status, 0, stderr);
      };
      const whole = join(folder, `${mpi.family}-whole`);
      train(2, flags(whole, 30));
      const stopped = join(folder, `${mpi.family}-stopped`);
      train(2, flags(stopped, 13));
      train(2, [...flags(stopped, 30), '--resume']);
      assert.equal(difference(saved(whole), saved(stopped)), 0);
      assert.deepEqual(
        readMetrics(runFolder(stopped).metrics)
          .map(({ step, kind, loss }) => [step, kind, loss])
          .filter(([s]) => s === 30),
        readMetrics(runFolder(whole).metrics)
          .map(({ step, kind, loss }) => [step, kind, loss])
          .filter(([s]) => s === 30),
      );
      // a single process continues from a position left by three workers, and vice versa
      for (const [workers, steps] of [
        [3, 34],
        [1, 37],
        [2, 40],
      ] as const) {
        train(workers, [...flags(stopped, steps), '--workers', String(workers), '--resume']);
        assert.equal(loadTraining<TrainingState>(runFolder(stopped).last).step, steps);
      }
      assert.ok(existsSync(runFolder(stopped).finished));
    });
  });

/** Variables by the group prefix of their names. */
function groups(values: Record<string, number[]>): Record<string, Record<string, number[]>> {
  const result: Record<string, Record<string, number[]>> = {};
  for (const [name, value] of Object.entries(values)) {
    const group = name.includes('/') ? name.slice(0, name.indexOf('/')) : 'parameters';
    result[group] ??= {};
    result[group][name] = value;
  }
  return result;
}
