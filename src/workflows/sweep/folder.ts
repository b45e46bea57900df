import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { loadRun } from '../../checkpoints/checkpoint.ts';
import { checkHasModel } from '../../checkpoints/run-folder.ts';
import { checkModelOptions } from '../../checkpoints/trained-options.ts';
import { changedOptions } from '../../config/changes.ts';
import { withCurrentNames } from '../../config/options.ts';
import { type Run, runSchema } from '../../config/run.ts';
import { toYaml } from '../../config/run-file.ts';
import { openDataset } from '../../dataset/dataset.ts';
import { InputError } from '../../support/errors.ts';
import { writeFileAtomic } from '../../support/files.ts';
import { readJsonFile } from '../../support/json-file.ts';
import { NAME, type Sweep, type SweepRun } from './file.ts';

/** The paths of a sweep; the runs are in `runs/NAME`. */
export interface SweepFolder {
  readonly path: string;
  readonly plan: string;
  /** The table as Markdown and as JSON. */
  readonly table: string;
  readonly results: string;
  /** The options of a run, in the form `attn train` reads. */
  config(name: string): string;
  /** Where a run was started. */
  job(name: string): string;
  /** The output of a training run on this machine. */
  log(name: string): string;
  /** The folder of all logs. */
  readonly logs: string;
  readonly runs: string;
}

/** The files that a sweep writes in its folder, besides the report. */
export const ownNames = ['plan.json', 'sweep.md', 'sweep.json', 'train.sh', 'evaluate.sh', 'evaluation.json'];

/** The paths of a sweep's folder, whether it exists or not. */
export function sweepFolder(path: string): SweepFolder {
  const logs = join(path, 'logs');
  return {
    path,
    plan: join(path, 'plan.json'),
    table: join(path, 'sweep.md'),
    results: join(path, 'sweep.json'),
    config: (name) => join(path, 'configs', `${name}.yaml`),
    job: (name) => join(path, 'jobs', `${name}.json`),
    log: (name) => join(logs, `${name}.log`),
    logs,
    runs: join(path, 'runs'),
  };
}

/** One run in `plan.json`. */
export interface PlannedRun extends SweepRun {
  /** Identifies exactly the data (`Dataset.fingerprint`). */
  readonly fingerprint: string;
}

/** What a sweep trains: `plan.json`, everything its later commands need to know. */
export interface SweepPlan {
  readonly name: string;
  readonly sortBy: Sweep['sortBy'];
  readonly runs: readonly PlannedRun[];
  /** Runs no longer in the file: their folders still exist, so their names are taken. */
  readonly former?: readonly PlannedRun[];
}

/**
 * The plan of a sweep whose runs all have their data, and the models they start from.
 * @throws InputError if data or models are missing, a run differs from the model it starts from, or test sets differ:
 *   one table needs one test set
 */
export function makePlan({ name, sortBy, runs }: Sweep, defaultData: string | undefined): SweepPlan {
  for (const { run } of runs) {
    if (run.from === undefined) continue;
    checkHasModel(run.from);
    checkModelOptions(loadRun(run.from), run, run.from);
  }
  const datasets = new Map<string, { fingerprint: string; test: string }>();
  const planned = runs.map((one): PlannedRun => {
    const data = one.run.data ?? defaultData ?? '';
    if (!datasets.has(data)) {
      const dataset = openDataset(data);
      dataset.close();
      datasets.set(data, { fingerprint: dataset.fingerprint, test: dataset.manifest.splits.test.corpus.sha256 });
    }
    return { ...one, run: { ...one.run, data }, fingerprint: datasets.get(data)?.fingerprint ?? '' };
  });
  const [first, ...others] = datasets;
  const other = others.find(([, { test }]) => test !== first?.[1].test);
  if (other !== undefined) {
    throw new InputError(`${first?.[0]} and ${other[0]} have different test sets, so their scores cannot be compared`, {
      where: 'data',
      remedy: 'prepare both with the same --test FILE.tsv',
    });
  }
  return { name, sortBy, runs: planned };
}

/** Options that may change between two calls: locations, and what does not affect what is learned. */
const free: readonly string[] = ['out', 'data', 'preset', 'device', 'threads'];

/**
 * Writes the plan and the runs' options.
 * @throws InputError if a run of the folder was started with other options or on other data
 */
export function writePlan(folder: SweepFolder, plan: SweepPlan): void {
  const before = allRuns(folder);
  checkSame(folder, before, plan);
  const former = before.filter(({ name }) => plan.runs.every((run) => run.name !== name));
  for (const { name, run } of plan.runs) writeFileAtomic(folder.config(name), toYaml(run));
  writeFileAtomic(folder.plan, `${JSON.stringify({ ...plan, ...(former.length > 0 && { former }) }, null, 2)}\n`);
}

/** Every run the folder's sweep has ever had. */
export function allRuns(folder: SweepFolder): readonly PlannedRun[] {
  if (!existsSync(folder.plan)) return [];
  const { runs, former = [] } = readPlan(folder.path);
  return [...runs, ...former];
}

function checkSame(folder: SweepFolder, before: readonly PlannedRun[], now: SweepPlan): void {
  const remedy = '--overwrite starts over, --out names another folder; runs with new names can be added';
  for (const { name, fingerprint, run } of now.runs) {
    const old = before.find((one) => one.name === name);
    if (old === undefined) continue;
    if (old.fingerprint !== fingerprint) {
      throw new InputError(`${name} was started on other data`, { where: folder.path, remedy });
    }
    const changed = changedOptions(old.run, run, free);
    if (changed.length === 0) continue;
    throw new InputError(`${name} was started with other options: ${changed.join('; ')}`, {
      where: folder.path,
      remedy,
    });
  }
}

/** Reads the plan of a started sweep. @throws InputError if there is none */
export function readPlan(path: string): SweepPlan {
  const { plan } = sweepFolder(path);
  if (!existsSync(plan)) {
    throw new InputError('holds no sweep', { where: path, remedy: 'start one: attn sweep FILE.yaml' });
  }
  const { name, sortBy, runs, former } = readJsonFile(
    plan,
    planSchema,
    'attn sweep',
    'start the sweep over: --overwrite',
  );
  return { name, sortBy, runs, ...(former && { former }) };
}

const plannedSchema = z.object({
  name: z.string().regex(NAME),
  group: z.string(),
  // an earlier version wrote other names
  varied: z.record(z.string(), z.unknown()).transform((varied) => withCurrentNames(runSchema, varied)),
  run: z.looseObject({ out: z.string() }).transform((run) => withCurrentNames(runSchema, run) as unknown as Run),
  fingerprint: z.string(),
});
const planSchema = z.object({
  name: z.string(),
  sortBy: z.enum(['bleu', 'chrf']),
  runs: z.array(plannedSchema),
  former: z.array(plannedSchema).optional(),
});

const jobSchema = z.discriminatedUnion('executor', [
  z.object({
    executor: z.literal('local'),
    log: z.string(),
    ...{ host: z.string(), process: z.number() },
    // absent from records of older versions
    ...{ space: z.string().default(''), started: z.string().default('') },
  }),
  z.object({ executor: z.literal('slurm'), log: z.string(), job: z.string(), index: z.number() }),
]);

/** Where a run was started last: as a process of a machine, or as an index of a Slurm array. */
export type JobRecord = z.output<typeof jobSchema>;

export function writeJob(path: string, record: JobRecord): void {
  writeFileAtomic(path, `${JSON.stringify(record)}\n`);
}

/** Undefined if it was not started. @throws InputError if the file is not what attn writes */
export function readJob(path: string): JobRecord | undefined {
  if (!existsSync(path)) return undefined;
  return readJsonFile(path, jobSchema, 'attn sweep');
}
