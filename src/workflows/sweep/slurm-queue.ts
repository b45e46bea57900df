import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { InputError, RunError, systemCode } from '../../support/errors.ts';

/** An array index, or a job of its own, that Slurm has not done with. */
export interface Queued {
  readonly waiting: boolean;
  /** Why it waits, with Slurm's word: `in the queue (Resources)`. */
  readonly reason: string;
}

/**
 * What of these jobs is still in Slurm's queue: array indices as `JOB_INDEX`, other jobs as `JOB`. Slurm is asked only if
 * there are any; `squeue` works on clusters without accounting, and knows no longer what has ended, which is all we need.
 */
export function slurmQueue(jobs: readonly string[]): ReadonlyMap<string, Queued> {
  if (jobs.length === 0) return new Map();
  // by user, not by job: asked for a job that it has forgotten, squeue fails
  const format = '%F %K %T %r';
  const text = runSlurm('squeue', ['--noheader', '--array', '--user', userInfo().username, '--format', format]);
  const lines = text.split('\n').filter((line) => line !== '');
  const all = lines.map((line): [string, Queued] => {
    const [job = '', index = '', state = '', ...reason] = line.trim().split(/\s+/);
    const key = /^\d+$/.test(index) ? `${job}_${index}` : job;
    const why = ['', 'None'].includes(reason.join(' ')) ? '' : ` (${reason.join(' ')})`;
    return [key, { waiting: state === 'PENDING', reason: `in the queue${why}` }];
  });
  return new Map(all.filter(([key]) => jobs.includes(key.split('_')[0] ?? '')));
}

/**
 * Runs a program of Slurm's. @returns what it printed
 * @throws InputError where there is no Slurm on this machine, RunError with its words where it fails
 */
export function runSlurm(program: 'sbatch' | 'squeue', words: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (systemCode(error) === 'ENOENT') {
    throw new InputError(`there is no ${program} on this machine`, {
      where: 'executor slurm',
      remedy: 'run it on a machine that can submit to a Slurm cluster, or train here: --executor local',
    });
  }
  if (error !== undefined || status !== 0) {
    throw new RunError(
      stderr?.trim().replace(new RegExp(`^${program}: (error: )?`), '') || `it failed (${error ?? status})`,
      {
        where: program,
        remedy: 'fix what it reports (slurm: in the sweep’s file), then run attn sweep again',
        cause: error,
      },
    );
  }
  return stdout;
}
