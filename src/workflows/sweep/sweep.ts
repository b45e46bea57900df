import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeRun } from '../../checkpoints/run-folder.ts';
import { InputError } from '../../support/errors.ts';
import { whileOwning } from '../../support/folder-lock.ts';
import { refuseForeign } from '../../support/foreign-files.ts';
import { shellWord } from '../../support/shell.ts';
import type { Sweep } from './file.ts';
import { allRuns, makePlan, ownNames, type SweepFolder, type SweepPlan, sweepFolder, writePlan } from './folder.ts';
import { trainLocally } from './local.ts';
import { currentResults, evaluateSweep, type SweepResults } from './results.ts';
import { lastEvaluation, submit } from './slurm.ts';
import { runSlurm } from './slurm-queue.ts';
import { lastWords, type RunState, statesOf } from './state.ts';

export interface SweepOptions {
  /** The prepared dataset for runs whose file names none. */
  readonly defaultData?: string;
  /** The number of this machine's GPUs, for runs that do not name a device; each gets one. */
  readonly cards?: number;
  /** Discard what an earlier sweep left in the folder. */
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** The result of a call: the table; or jobs that are running; or nothing, when it was interrupted. */
export type SweepOutcome =
  | { readonly kind: 'results'; readonly results: SweepResults }
  | { readonly kind: 'underway'; readonly states: readonly RunState[] }
  | { readonly kind: 'interrupted' };

/**
 * Trains the missing runs of a sweep and evaluates. Called again on the same folder it keeps finished runs, resumes
 * interrupted ones, and retries failed ones. On Slurm it submits and returns.
 * @throws InputError, before any work, for missing data, a folder with another sweep, runs that another process is
 *   training, and a machine without Slurm; RunError if every run failed
 */
export function sweep(definition: Sweep, options: SweepOptions): Promise<SweepOutcome> {
  return whileOwning(definition.out, 'a sweep', () => sweepOwned(definition, options));
}

async function sweepOwned(definition: Sweep, options: SweepOptions): Promise<SweepOutcome> {
  const { signal, say } = options;
  if (definition.executor === 'slurm') runSlurm('sbatch', ['--version']);
  const folder = sweepFolder(definition.out);
  const plan = makePlan(definition, options.defaultData);
  if (!existsSync(folder.plan)) refuseForeign(folder.path, ownNames);
  if (options.overwrite) clear(folder, plan);
  const states = statesOf(folder, plan);
  if (definition.executor === 'local') refuseAlive(folder, states);
  writePlan(folder, plan);
  for (const { name, state } of states) if (state === 'finished') say(`${name}: already trained, kept`);
  if (definition.executor === 'slurm') {
    const underway = trainOnSlurm(folder, plan, states, definition, say);
    if (underway) return { kind: 'underway', states: statesOf(folder, plan) };
  } else {
    const wanted = plan.runs.filter((_, i) => states[i]?.state !== 'finished');
    const { cards = 0 } = options;
    const jobs = definition.jobs ?? Math.max(1, cards);
    if (wanted.length > 0) await trainLocally(folder, wanted, { jobs, cards, signal, say });
    if (signal.aborted) return { kind: 'interrupted' };
  }
  const current = currentResults(folder, plan, statesOf(folder, plan));
  const results = current ?? (await evaluateSweep(folder, plan, { signal, say }));
  return results === undefined ? { kind: 'interrupted' } : { kind: 'results', results };
}

/** Submits the wanted runs that are not in the queue. @returns whether anything is in the queue now */
function trainOnSlurm(
  folder: SweepFolder,
  plan: SweepPlan,
  states: readonly RunState[],
  definition: Sweep,
  say: (text: string) => void,
): boolean {
  const wanted = states.flatMap((state, i) => (state.state === 'finished' || isAlive(state) ? [] : [i]));
  const alive = states.filter(isAlive);
  const scored = wanted.length === 0 && alive.length === 0 && currentResults(folder, plan, states) !== undefined;
  if (scored) return false;
  const evaluated = lastEvaluation(folder);
  if (wanted.length === 0 && evaluated?.alive) return true;
  if (wanted.length === 0 && alive.length === 0 && evaluated) {
    say(`the last evaluation ended without a table: ${lastWords(evaluated.log)}\n  log: ${evaluated.log}`);
  }
  const before = alive.flatMap(({ job }) => (job === undefined ? [] : [job]));
  const { array, evaluation } = submit(folder, definition, wanted, before);
  if (array !== undefined) {
    say(`submitted job array ${array}: ${wanted.map((i) => plan.runs[i]?.name).join(', ')}`);
  }
  say(`submitted job ${evaluation}: the evaluation, after them`);
  return true;
}

/** Waiting in Slurm's queue, or being trained. */
function isAlive({ state, job }: RunState): boolean {
  return state === 'running' || (state === 'waiting' && job !== undefined);
}

function refuseAlive(folder: SweepFolder, states: readonly RunState[]): void {
  const alive = states.filter(isAlive);
  if (alive.length === 0) return;
  throw new InputError(
    `${alive.map(({ name }) => name).join(', ')} ${alive.length === 1 ? 'is' : 'are'} already being trained`,
    {
      where: folder.path,
      remedy: `attn sweep status ${shellWord(folder.path)} shows the progress; run this again when they have ended`,
    },
  );
}

/** Removes a sweep that is not running, but nothing that it did not write. */
function clear(folder: SweepFolder, plan: SweepPlan): void {
  const known = new Map([...allRuns(folder), ...plan.runs].map((run) => [run.name, run]));
  const runs = [...known.values()];
  refuseAlive(folder, statesOf(folder, { ...plan, runs }));
  for (const { name } of runs) {
    removeRun(join(folder.runs, name));
    for (const path of [folder.job(name), folder.config(name)]) rmSync(path, { force: true });
  }
  for (const path of [folder.plan, folder.results, folder.table]) rmSync(path, { force: true });
}
