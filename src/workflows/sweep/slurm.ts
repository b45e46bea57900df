import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { runFolder } from '../../checkpoints/run-folder.ts';
import { makeFolder, writeFileAtomic } from '../../support/files.ts';
import { readJsonFile } from '../../support/json-file.ts';
import { attnCommand } from '../../support/program.ts';
import { shellWord } from '../../support/shell.ts';
import type { SlurmOptions, Sweep } from './file.ts';
import { type SweepFolder, writeJob } from './folder.ts';
import { runSlurm, slurmQueue } from './slurm-queue.ts';

/** The parts of a sweep that its jobs depend on. */
export type SlurmSweep = Pick<Sweep, 'name' | 'runs' | 'slurm' | 'jobs'>;

/** Seconds before the time limit at which training is told to save. */
const WARNING = 60;

/**
 * Submits one job array of the runs at these positions in the sweep's list, and a job that evaluates after them and
 * after the jobs that still train others.
 * @param alive jobs of runs submitted before
 * @returns the array's job, if there is one, and the evaluation's
 * @throws InputError if there is no Slurm, RunError if it rejects the jobs
 */
export function submit(
  folder: SweepFolder,
  sweep: SlurmSweep,
  places: readonly number[],
  alive: readonly string[],
): { readonly array?: string; readonly evaluation: string } {
  makeFolder(folder.logs);
  const { train, evaluate } = scripts(folder);
  writeFileAtomic(train, trainScript(folder, sweep));
  writeFileAtomic(evaluate, evaluateScript(folder, sweep));
  const array = places.length === 0 ? undefined : submitted(arrayWords(folder, sweep, places));
  if (array !== undefined) {
    for (const index of places) {
      const name = sweep.runs[index]?.name ?? '';
      writeJob(folder.job(name), {
        executor: 'slurm',
        job: array,
        index,
        log: join(folder.logs, `${array}_${index}.log`),
      });
    }
  }
  const before = [...new Set([...alive, ...(array === undefined ? [] : [array])])];
  const evaluation = submitted(evaluationWords(folder, sweep, before));
  writeFileAtomic(evaluationRecord(folder), `${JSON.stringify({ job: evaluation })}\n`);
  return { ...(array !== undefined && { array }), evaluation };
}

/** The most recently submitted evaluation: whether Slurm still has it, and its log. */
export function lastEvaluation(folder: SweepFolder): { readonly alive: boolean; readonly log: string } | undefined {
  const record = evaluationRecord(folder);
  if (!existsSync(record)) return undefined;
  const { job } = readJsonFile(record, z.object({ job: z.string() }), 'attn sweep');
  return { alive: slurmQueue([job]).size > 0, log: join(folder.logs, `evaluation-${job}.log`) };
}

/** What `submit` would write and call, for people. */
export function describeSubmission(folder: SweepFolder, sweep: SlurmSweep): string {
  const { train, evaluate } = scripts(folder);
  const command = (words: readonly string[]) => ['sbatch', ...words].map(shellWord).join(' ');
  const places = sweep.runs.map((_, index) => index);
  return [
    command(arrayWords(folder, sweep, places)),
    command(evaluationWords(folder, sweep, ['ARRAY'])),
    `\n# ${train}\n${trainScript(folder, sweep)}`,
    `# ${evaluate}\n${evaluateScript(folder, sweep)}`,
  ].join('\n');
}

function scripts({ path }: SweepFolder): { readonly train: string; readonly evaluate: string } {
  return { train: join(path, 'train.sh'), evaluate: join(path, 'evaluate.sh') };
}

function evaluationRecord({ path }: SweepFolder): string {
  return join(path, 'evaluation.json');
}

/** @returns the job's number; in a federation `--parsable` also names the cluster */
function submitted(words: readonly string[]): string {
  return runSlurm('sbatch', words).trim().split(';')[0] ?? '';
}

function arrayWords(folder: SweepFolder, sweep: SlurmSweep, places: readonly number[]): string[] {
  const { name, slurm, jobs } = sweep;
  const workers = mostWorkers(sweep);
  return [
    ...['--parsable', `--job-name=${name}`],
    `--array=${places.join(',')}${jobs === undefined ? '' : `%${jobs}`}`,
    ...[`--output=${resolve(folder.logs)}/%A_%a.log`, `--signal=${workers === 1 ? 'B:' : ''}INT@${WARNING}`],
    ...(workers === 1 ? [] : [`--ntasks=${workers}`]),
    ...[...resourceWords(slurm), scripts(folder).train],
  ];
}

function evaluationWords(folder: SweepFolder, { name, slurm }: SlurmSweep, after: readonly string[]): string[] {
  // singleton: waits for others of this name, so that two evaluations never write to one folder
  const dependency = [...(after.length === 0 ? [] : [`afterany:${after.join(':')}`]), 'singleton'].join(',');
  return [
    ...['--parsable', `--job-name=${name}-evaluation`, `--dependency=${dependency}`],
    ...[`--output=${resolve(folder.logs)}/evaluation-%j.log`, ...resourceWords(slurm), scripts(folder).evaluate],
  ];
}

function resourceWords({ partition, account, qos, constraint, time, memory, cpus, gpus }: SlurmOptions): string[] {
  const words = { partition, account, qos, constraint, time, mem: memory, 'cpus-per-task': cpus, gpus };
  return Object.entries(words).flatMap(([key, value]) => (value === undefined ? [] : [`--${key}=${value}`]));
}

/** How many tasks a job needs: those of the run with most workers. */
function mostWorkers({ runs }: SlurmSweep): number {
  return runs.reduce((most, { run }) => Math.max(most, run.workers), 1);
}

/** The script of the array: each index resumes its run if any of it was saved, also when Slurm requeues it. */
function trainScript(folder: SweepFolder, sweep: SlurmSweep): string {
  const {
    runs,
    slurm: { setup, cpus, mpi },
  } = sweep;
  // srun hands Slurm's signal on to the workers; without it attn itself gets it
  const launch =
    mostWorkers(sweep) === 1
      ? ''
      : `srun ${mpi === undefined ? '' : `--mpi=${shellWord(mpi)} `}--ntasks="\${workers[$SLURM_ARRAY_TASK_ID]}" --cpus-per-task=${cpus} `;
  const saved = runFolder(join(folder.runs, '$name')).last;
  return `#!/bin/bash
# Trains one run of a sweep: the one at the place of its array index. Written by attn sweep.
${opening(setup)}
runs=(${runs.map(({ name }) => name).join(' ')})
workers=(${runs.map(({ run }) => run.workers).join(' ')})
threads=(${runs.map(({ run }) => run.threads ?? cpus).join(' ')})
name=\${runs[$SLURM_ARRAY_TASK_ID]}
resume=--overwrite
if [ -e ${quoted(saved)} ]; then resume=--resume; fi
# exec, so that Slurm's signal before the time is up reaches attn, which then saves
exec ${launch}${attnCommand().map(shellWord).join(' ')} train ${quoted(folder.config('$name'))} $resume --threads "\${threads[$SLURM_ARRAY_TASK_ID]}"
`;
}

function evaluateScript(folder: SweepFolder, { slurm: { setup } }: SlurmSweep): string {
  return `#!/bin/bash
# Scores the runs of a sweep that have finished. Written by attn sweep.
${opening(setup)}
exec ${attnCommand().map(shellWord).join(' ')} sweep evaluate ${shellWord(folder.path)}
`;
}

function opening(setup: string | undefined): string {
  return `cd ${shellWord(process.cwd())} || exit 1${setup === undefined ? '' : `\n${setup.trim()}`}`;
}

/** A path with a shell variable in it. */
function quoted(path: string): string {
  return `"${path.replace(/["\\`]/g, '\\$&')}"`;
}
