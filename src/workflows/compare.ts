import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { loadRun } from '../checkpoints/checkpoint.ts';
import { removeRun, runFolder } from '../checkpoints/run-folder.ts';
import { checkModelOptions } from '../checkpoints/trained-options.ts';
import { changedOptions } from '../config/changes.ts';
import { resolveOptions, withCurrentNames } from '../config/options.ts';
import { completeRun, type Run, runSchema } from '../config/run.ts';
import type { RunOptions } from '../config/run-options.ts';
import { openDataset } from '../dataset/dataset.ts';
import { readManifest } from '../dataset/manifest.ts';
import type { Report } from '../reports/types.ts';
import { InputError, RunError } from '../support/errors.ts';
import { writeFileAtomic } from '../support/files.ts';
import { whileOwning } from '../support/folder-lock.ts';
import { readJsonFile } from '../support/json-file.ts';
import type { TrainingListener } from '../training/events.ts';
import { checkLengths } from './check-data.ts';
import { type EvaluationOptions, evaluate } from './evaluate.ts';
import type { ModelVariant } from './model-variants.ts';
import { preparedTestSet } from './test-set.ts';
import { trainByWorkers } from './train-by-workers.ts';
import { trainRun } from './train-run.ts';

/** What all runs of a comparison share: everything but what is compared, and where it is written. */
export type CommonOptions = Omit<RunOptions, 'arch' | 'score' | 'window' | 'seed' | 'out' | 'data'>;

/** A comparison: every variant trained with every seed on the same batches and the same budget. */
export interface ComparisonOptions {
  readonly variants: readonly ModelVariant[];
  readonly seeds: readonly number[];
  readonly common: CommonOptions;
  /** The prepared dataset. */
  readonly data: string;
  /** Folder of the report; the runs are in its `runs/`. */
  readonly out: string;
  /** Discard what an earlier comparison left in the folder. */
  readonly overwrite: boolean;
  readonly search: EvaluationOptions['search'];
  readonly attention: number;
  readonly notes?: readonly string[];
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** Those of runs that train in this process; workers are processes of their own, and report by `say`. */
  readonly listeners: readonly TrainingListener[];
}

/** A training run that did not end as it should. */
export interface Failure {
  readonly name: string;
  readonly problem: string;
}

export interface ComparisonResult {
  readonly report: Report;
  /** Runs missing from the report. */
  readonly failures: readonly Failure[];
}

/** One training run of the comparison. */
interface Entry {
  readonly name: string;
  readonly variant: string;
  readonly run: Run & { readonly data: string };
}

/**
 * Trains all, evaluates, and writes one report. Started again in the same folder, it keeps finished runs and resumes
 * the interrupted one, so that with a budget of steps or epochs the scores are those of a comparison that was never
 * stopped.
 *
 * Seeds are the outer loop: whenever it is stopped, the variants have been tried about equally often. A run that fails
 * is left out, the report mentions it, and the rest continues.
 * @returns undefined when it was interrupted
 * @throws InputError, before any work, for conflicting options, data or options other than those the folder's
 *   comparison was started with, and a folder that cannot be written or in which another process works; RunError if
 *   every run failed
 */
export function compare(options: ComparisonOptions): Promise<ComparisonResult | undefined> {
  return whileOwning(options.out, 'a comparison', () => compareOwned(options));
}

async function compareOwned(options: ComparisonOptions): Promise<ComparisonResult | undefined> {
  const { out, signal, say } = options;
  const entries = entriesOf(options);
  const test = preparedTestSet(options.data);
  const { splits } = readManifest(options.data);
  for (const { run } of entries) {
    checkLengths(run, splits, options.data);
    if (run.from !== undefined) checkModelOptions(loadRun(run.from), run, run.from);
  }
  if (options.overwrite) removeRuns(out);
  else checkSame(options);
  writeFileAtomic(planPath(out), planText(options));

  const failures: Failure[] = [];
  for (const [i, { name, run }] of entries.entries()) {
    const folder = runFolder(run.out);
    const count = `[${i + 1}/${entries.length}]`;
    if (existsSync(folder.finished)) {
      say(`${count} ${name}: already trained, kept`);
      continue;
    }
    const resume = existsSync(folder.last);
    say(`${count} ${name}${resume ? ': resuming' : ''}`);
    try {
      const start = resume ? 'resume' : 'overwrite';
      const config = join(out, 'configs', `${name}.yaml`);
      const reason =
        run.workers > 1
          ? await trainByWorkers(run, { start, config, signal, say })
          : (await trainRun(run, { start, signal, listeners: options.listeners })).reason;
      if (reason === 'interrupted') return undefined;
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      failures.push({ name, problem: error.problem });
      say(error.describe());
    }
  }

  const trained = entries.filter(({ run }) => existsSync(runFolder(run.out).finished));
  if (trained.length === 0) throw new RunError(`every training failed: ${failures[0]?.problem}`, { where: out });
  const groups = options.variants
    .map(({ name }) => ({ name, entries: trained.filter(({ variant }) => variant === name) }))
    .filter(({ entries: own }) => own.length > 0);
  const report = await evaluate({
    runs: groups.flatMap((group) => group.entries.map(({ name, run }) => ({ name, path: run.out }))),
    ...(options.seeds.length > 1 && {
      groups: groups.map((group) => ({ name: group.name, runs: group.entries.map(({ name }) => name) })),
    }),
    test,
    out,
    search: options.search,
    tokenize: options.common.tokenize,
    tokenizerModel: options.common.tokenizerModel,
    attention: options.attention,
    notes: [
      ...(options.notes ?? []),
      fairness(options),
      ...groups
        .filter(({ entries: own }) => own.length < options.seeds.length)
        .map(
          ({ name, entries: own }) =>
            `${name} has ${own.length} of ${options.seeds.length} seeds${own.length === 1 ? ': the tests cannot include the variation between seeds' : ''}.`,
        ),
      ...failures.map(({ name, problem }) => `${name} is missing: ${problem}.`),
    ],
    signal,
    say,
  });
  return report && { report, failures };
}

/** Every run with validated options, seed by seed. */
function entriesOf({ variants, seeds, common, data, out }: ComparisonOptions): Entry[] {
  checkDistinct(
    '--scores',
    variants.map(({ name }) => name),
  );
  checkDistinct('--seeds', seeds.map(String));
  return seeds.flatMap((seed) =>
    variants.map(({ name: variant, arch, score, window }) => {
      const name = seeds.length === 1 ? variant : `${variant}-${seed}`;
      const values = { ...common, arch, score, window, seed, data, out: join(out, 'runs', name) };
      const run = completeRun(resolveOptions(runSchema, [{ values, name: (key) => `${name}: ${key}` }]));
      return { name, variant, run: { ...run, data } };
    }),
  );
}

function checkDistinct(where: string, values: readonly string[]): void {
  if (values.length === 0) throw new InputError('names nothing to compare', { where });
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) throw new InputError(`names ${twice} twice`, { where });
}

/** What the runs of a folder have in common, so that nothing else is ever compared with them. */
interface Plan {
  /** Identifies exactly the data (`Dataset.fingerprint`). */
  readonly data: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Options that may differ between runs, or do not affect what they learn. */
const differing = ['arch', 'score', 'window', 'seed', 'out', 'data', 'preset', 'device', 'threads'];

function planPath(out: string): string {
  return join(out, 'comparison.json');
}

function planText(options: ComparisonOptions): string {
  return `${JSON.stringify(planOf(options), null, 2)}\n`;
}

function planOf({ common, data }: ComparisonOptions): Plan {
  const dataset = openDataset(data);
  dataset.close();
  const shared = Object.entries(common).filter(([key]) => !differing.includes(key));
  return { data: dataset.fingerprint, options: Object.fromEntries(shared) };
}

/** Removes the runs of a comparison, whatever it compared. */
function removeRuns(out: string): void {
  const runs = join(out, 'runs');
  if (!existsSync(planPath(out)) || !existsSync(runs)) return;
  for (const name of readdirSync(runs)) removeRun(join(runs, name));
}

/** @throws InputError if the folder contains a comparison of other data or with other options */
function checkSame(options: ComparisonOptions): void {
  const path = planPath(options.out);
  if (!existsSync(path)) return;
  const remedy = '--overwrite starts over, --out names another folder';
  const planSchema = z.object({ data: z.string(), options: z.record(z.string(), z.unknown()) });
  const before: Plan = readJsonFile(path, planSchema, 'attn compare', remedy);
  const now: Plan = JSON.parse(planText(options));
  if (before.data !== now.data) {
    throw new InputError('holds a comparison on other data', { where: options.out, remedy });
  }
  const changed = changedOptions(withCurrentNames(runSchema, before.options), now.options);
  if (changed.length === 0) return;
  throw new InputError(`holds a comparison with other options: ${changed.join('; ')}`, { where: options.out, remedy });
}

/** What makes the comparison fair, and what it does not cover, as a sentence for the report. */
function fairness({ common, seeds }: ComparisonOptions): string {
  const { maxSteps, epochs, maxMinutes } = completeRun({ ...runSchema.parse({}), ...common });
  const limits = [
    ...(maxSteps === undefined ? [] : [`${maxSteps} steps`]),
    ...(epochs === undefined ? [] : [`${epochs} epochs`]),
    ...(maxMinutes === undefined ? [] : [`${maxMinutes} minutes of training`]),
  ];
  const seeded =
    seeds.length === 1
      ? 'One seed: the tests say whether these trained models differ, not whether retrained ones would.'
      : `${seeds.length} seeds: the tests between groups include the variation between seeds as well as between test sentences.`;
  return `Every model was trained on the same batches with the same options, for ${limits.join(' or ')}. ${seeded}`;
}
