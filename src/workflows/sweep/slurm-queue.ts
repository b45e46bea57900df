import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { InputError, RunError, systemCode } from '../../support/errors.ts';

/** An array index, or a separate job, that is still in Slurm's queue. */
export interface Queued {
  readonly waiting: boolean;
  /** Why it waits, in Slurm's words: `in the queue (Resources)`. */
  readonly reason: string;
}

/**
 * Which of these jobs are still in Slurm's queue: array indices as `JOB_INDEX`, other jobs as `JOB`. Slurm is called
 * only if there are any. `squeue` works on clusters without accounting; it forgets ended jobs, but we do not need
 * those.
 */
export function slurmQueue(jobs: readonly string[]): ReadonlyMap<string, Queued> {
  if (jobs.length === 0) return new Map();
  // by user, not by job: squeue fails for a job it has forgotten
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
 * Runs one of Slurm's programs. @returns its output
 * @throws InputError if this machine has no Slurm, RunError with Slurm's message if it fails
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
