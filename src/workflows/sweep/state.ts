import { existsSync, fstatSync, openSync, statSync } from 'node:fs';
import { z } from 'zod';
import { runFolder } from '../../checkpoints/run-folder.ts';
import type { Run } from '../../config/run.ts';
import { closeQuietly, readFully } from '../../support/files.ts';
import { ownerOf } from '../../support/folder-lock.ts';
import { readJsonFile } from '../../support/json-file.ts';
import { isRunning, processSpace } from '../../support/processes.ts';
import { readMetrics } from '../../training/metrics.ts';
import { type JobRecord, type PlannedRun, readJob, type SweepFolder, type SweepPlan } from './folder.ts';
import { slurmQueue } from './slurm-queue.ts';

/** How far a run is, according to its files. */
export interface Progress {
  readonly step: number;
  readonly seconds: number;
  /** Of the last validation, on dev. */
  readonly bleu?: number;
}

/** The state of a run in a sweep. */
export interface RunState {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'finished' | 'failed';
  /** Absent if nothing has been written yet. */
  readonly progress?: Progress;
  /** Why it waits or failed. */
  readonly reason?: string;
  /** The log of a failed run. */
  readonly log?: string;
  /** Its Slurm job. */
  readonly job?: string;
}

/**
 * The state of each run. It is finished if its folder says so; alive if its array index is, or if a process works in
 * its folder, on any host; failed if it was started; waiting again if it was only interrupted. Slurm is asked only
 * about its unfinished runs.
 */
export function statesOf(folder: SweepFolder, { runs }: SweepPlan): RunState[] {
  const jobs = runs.map(({ name, run }) => (isFinished(run) ? undefined : readJob(folder.job(name))));
  const queue = slurmQueue(jobs.flatMap((job) => (job?.executor === 'slurm' ? [job.job] : [])));
  return runs.map((run, i): RunState => {
    const { name } = run;
    const written = progressOf(run);
    const progress = written && { progress: written };
    if (isFinished(run.run)) return { name, ...progress, state: 'finished' };
    const job = jobs[i];
    if (job?.executor === 'slurm') {
      const place = queue.get(`${job.job}_${job.index}`);
      const alive = { name, ...progress, job: job.job };
      if (place?.waiting) return { ...alive, state: 'waiting', reason: place.reason };
      if (place !== undefined) return { ...alive, state: 'running' };
    }
    if (ownerOf(run.run.out) !== undefined || (job?.executor === 'local' && isStarting(folder, job))) {
      return { name, ...progress, state: 'running' };
    }
    if (job === undefined) return { name, ...progress, state: 'waiting' };
    const reason = lastWords(job.log).replace(`${run.run.out}: `, '');
    if (reason.startsWith(INTERRUPTED)) return { name, ...progress, state: 'waiting', reason };
    return { name, ...progress, state: 'failed', reason, log: job.log };
  });
}

function isFinished({ out }: Run): boolean {
  return existsSync(runFolder(out).finished);
}

function progressOf({ run }: PlannedRun): Progress | undefined {
  const { finished, metrics } = runFolder(run.out);
  const records = readMetrics(metrics);
  const validation = records.findLast((record) => record.kind === 'validation');
  const bleu = validation && { bleu: validation.bleu };
  if (existsSync(finished)) {
    const { step, seconds } = readJsonFile(finished, z.object({ step: z.number(), seconds: z.number() }), 'attn train');
    return { step, seconds, ...bleu };
  }
  const last = records.at(-1);
  return last && { step: last.step, seconds: last.seconds, ...bleu };
}

/**
 * Whether a training run was started but has not locked its folder yet: its process runs; on another machine, where
 * that cannot be checked, the sweep that started it runs, and it has printed nothing yet.
 */
function isStarting({ path }: SweepFolder, job: JobRecord & { readonly executor: 'local' }): boolean {
  if (job.space === processSpace()) return isRunning(job);
  return ownerOf(path)?.space === job.space && statSync(job.log, { throwIfNoEntry: false })?.size === 0;
}

/** How an interrupted training run starts its last line: it waits to be resumed. */
const INTERRUPTED = 'interrupted: ';

/** How much of a log is read to find its last words. */
const TAIL = 8192;

/** Why a training run ended, according to its log: the error of attn, or what Slurm wrote when it ended the job. */
export function lastWords(log: string): string {
  if (!existsSync(log)) return 'it ended before it started';
  const lines = tailOf(log).split('\n');
  const own = lines.findLast((line) => line.startsWith('attn: '))?.slice('attn: '.length);
  const slurm = lines
    .findLast((line) => /^(slurmstepd|srun): error: /.test(line))
    ?.replace(/^\w+: error: |\*\*\* ?/g, '');
  const interrupted = lines.findLast((line) => line.startsWith(INTERRUPTED))?.split(';')[0];
  return (own ?? interrupted ?? slurm ?? 'it ended without an error message').trim();
}

function tailOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(TAIL, size));
    readFully(file, bytes, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeQuietly(file);
  }
}
