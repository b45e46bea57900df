import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, openSync } from 'node:fs';
import { runFolder } from '../../checkpoints/run-folder.ts';
import { allowedCores, divideCores, pinnedTo } from '../../support/cores.ts';
import { writeFailure } from '../../support/file-failures.ts';
import { makeWritableFolder } from '../../support/files.ts';
import { processName } from '../../support/processes.ts';
import { attnCommand } from '../../support/program.ts';
import { environmentForOthers } from '../../tensor/device.ts';
import { readMetrics } from '../../training/metrics.ts';
import { type PlannedRun, type SweepFolder, writeJob } from './folder.ts';
import { lastWords } from './state.ts';

export interface LocalOptions {
  /** Concurrent runs; each has its own share of the cores, and of the GPUs if there are enough. */
  readonly jobs: number;
  /** The number of this machine's GPUs, for runs that name none. */
  readonly cards: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** Milliseconds between checks of the runs' output. */
const LOOK_EVERY = 1000;

/**
 * Trains runs on this machine, each as a separate `attn train`. A failure is reported, and the rest continues. When
 * interrupted, running ones save their state, and no others start.
 */
export async function trainLocally(
  folder: SweepFolder,
  runs: readonly PlannedRun[],
  { jobs, cards, signal, say }: LocalOptions,
): Promise<void> {
  makeWritableFolder(folder.logs);
  const queue = [...runs];
  // what stops one, other than a failed training run, stops all: nothing is left running
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) stop.abort();
  const work = async (cores: readonly number[], cards: readonly number[]): Promise<void> => {
    for (let run = queue.shift(); run !== undefined && !stop.signal.aborted; run = queue.shift()) {
      const count = `[${runs.length - queue.length}/${runs.length}]`;
      await trainOne(folder, run, { cores, cards, count, signal: stop.signal, say });
    }
  };
  const places = Math.min(jobs, runs.length);
  const shares = divideCores(allowedCores(), places);
  const indices = Array.from({ length: cards }, (_, index) => index);
  const cardShares = cards === 0 ? [] : divideCores(indices, places);
  const ends = await Promise.allSettled(
    shares.map((cores, place) =>
      work(cores, cardShares[place] ?? []).catch((error) => {
        stop.abort();
        throw error;
      }),
    ),
  );
  signal.removeEventListener('abort', interrupt);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

interface OneOptions extends Omit<LocalOptions, 'jobs' | 'cards'> {
  readonly cores: readonly number[];
  /** The GPUs for a run that does not name one: its first, or one for each of its workers. */
  readonly cards: readonly number[];
  /** `[2/6]`, before the name. */
  readonly count: string;
}

async function trainOne(
  folder: SweepFolder,
  { name, run }: PlannedRun,
  { cores, cards, count, signal, say }: OneOptions,
): Promise<void> {
  const log = folder.log(name);
  const resume = existsSync(runFolder(run.out).last);
  // workers share the cores out themselves
  const threads = run.threads ?? (run.workers === 1 ? cores.length : undefined);
  const words = ['train', folder.config(name), resume ? '--resume' : '--overwrite'];
  if (threads !== undefined) words.push('--threads', String(threads));
  const given = run.device === undefined || run.device === 'gpu' ? cards : [];
  if (given.length > 0 && run.workers === 1) words.push('--device', `gpu:${given[0]}`);
  const [program = '', ...rest] = [...pinnedTo(cores), ...attnCommand(), ...words];
  say(`${count} ${name}: ${resume ? 'resumed' : 'started'}`);
  const output = openLog(log);
  // a process group of its own: Ctrl-C in the terminal reaches it through us, once
  const child = spawn(program, rest, {
    stdio: ['ignore', output, output],
    detached: true,
    env: environmentForOthers(given.length > 0 && run.workers > 1 ? given : undefined),
  });
  closeSync(output);
  const ended = exited(child);
  try {
    if (child.pid !== undefined) writeJob(folder.job(name), { executor: 'local', log, ...processName(child.pid) });
  } catch (error) {
    child.kill('SIGINT');
    await ended;
    throw error;
  }

  const interrupt = () => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt);
  const look = sayValidations(name, runFolder(run.out).metrics, say);
  const timer = setInterval(look, LOOK_EVERY);
  const problem = await ended;
  clearInterval(timer);
  look();
  signal.removeEventListener('abort', interrupt);
  if (problem !== undefined) appendFileSync(log, `${problem}\n`);
  if (existsSync(runFolder(run.out).finished)) say(`${count} ${name}: finished`);
  else if (!signal.aborted)
    say(`${count} ${name}: FAILED: ${lastWords(log).replace(`${run.out}: `, '')}\n  log: ${log}`);
}

function openLog(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/** Waits for a process. @returns what it could not report itself: that it could not be started, or was killed */
function exited(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`attn: could not be started: ${error.message}`));
    child.once('exit', (_, signal) => {
      if (signal === 'SIGINT') resolve('interrupted: before it started');
      else resolve(signal === null ? undefined : `attn: killed by ${signal}`);
    });
  });
}

/** Reports the validations since the last call, starting when the run resumed. */
function sayValidations(name: string, metrics: string, say: (text: string) => void): () => void {
  const validations = () => readMetrics(metrics).filter((record) => record.kind === 'validation');
  let known = validations().at(-1)?.step ?? 0;
  return () => {
    for (const record of validations().filter(({ step }) => step > known)) {
      known = record.step;
      say(
        `      ${name}: step ${record.step}, ${(record.seconds / 60).toFixed(1)} min, validation BLEU ${record.bleu.toFixed(2)}`,
      );
    }
  };
}
