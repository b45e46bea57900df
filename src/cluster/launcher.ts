import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { InputError } from '../support/errors.ts';
import { environmentForOthers } from '../tensor/device.ts';
import { findMpi, findMpiexec, type MpiLibrary } from './library.ts';

/**
 * Set by the launcher for its workers: when they are to stop, the first one's standard input ends or receives
 * something.
 */
export const LAUNCHED = 'ATTN_LAUNCHED';

/** Those of workers that have done their work, or said why not. */
const exitCodes = new Set([0, 1, 2, 129, 130, 143]);

export interface Launching {
  /** The command that starts one worker. */
  readonly command: readonly string[];
  readonly workers: number;
  /** Tells the workers to save and stop. */
  readonly signal: AbortSignal;
  /** Where the workers' results and messages go. */
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/**
 * Starts workers on this machine with the `mpiexec` of its MPI, and waits until they have ended.
 * @returns the exit code
 * @throws InputError if there is no MPI, or no `mpiexec` that belongs to it
 */
export async function launchWorkers({ command, workers, signal, stdout, stderr }: Launching): Promise<number> {
  const library = workers === 1 ? undefined : findMpi();
  const [program = '', ...words] = [...(library ? mpiexecWords(library, workers) : []), ...command];
  const child = spawn(program, words, {
    stdio: 'pipe',
    env: { ...environmentForOthers(), ...(library && { ATTN_MPI: library.path }), [LAUNCHED]: '1' },
    // Ctrl-C in a terminal goes to a whole group of processes, and mpiexec would end the workers without a save
    detached: true,
  });
  const stop = () => child.stdin.end();
  child.stdin.on('error', () => {});
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  const banner = new Banner();
  for (const [input, output] of [
    [child.stdout, stdout],
    [child.stderr, stderr],
  ] as const) {
    createInterface({ input }).on('line', (line) => {
      if (!banner.includes(line)) output.write(`${line}\n`);
    });
  }
  try {
    const [code, killer] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve([code, signal]));
    });
    if (code !== null && exitCodes.has(code)) return code;
    stderr.write(`attn: a worker has failed: ${banner.killed ?? killer ?? `exit code ${code}`}\n`);
    return 1;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** @throws InputError if there is no `mpiexec` that belongs to the library */
function mpiexecWords(library: MpiLibrary, workers: number): string[] {
  const mpiexec = findMpiexec(library);
  if (mpiexec === undefined) {
    throw new InputError(`${library.version} has no mpiexec on this machine, which starts the workers`, {
      where: library.path,
      remedy: 'attn setup --mpi fetches an MPI that has one',
    });
  }
  if (library.family === 'mpich') return [mpiexec, '-launcher', 'fork', '-host', 'localhost', '-n', String(workers)];
  const root = process.getuid?.() === 0 ? ['--allow-run-as-root'] : [];
  return [
    mpiexec,
    ...root,
    '--host',
    `localhost:${workers}`,
    '--bind-to',
    'none',
    '--oversubscribe',
    '-n',
    String(workers),
  ];
}

/** The messages of `mpiexec` about a failed program: they add little to the program's own, unless it was killed. */
class Banner {
  /** A killed worker, described for people. */
  killed: string | undefined;
  #process = '';
  #inside = false;

  includes(line: string): boolean {
    const [, pid, host] = /PID (\d+) (?:RUNNING AT|on node) (\S+)/.exec(line) ?? [];
    if (pid !== undefined) this.#process = `process ${pid} on ${host}`;
    const signal = /EXIT STRING: (.*\(signal \d+\))|exited on signal (\d+.*)\.$/.exec(line);
    if (signal !== null) this.killed ??= `${this.#process} was ended: ${signal[1] ?? `signal ${signal[2]}`}`;
    if (/^-{20,}$/.test(line)) {
      this.#inside = !this.#inside;
      return true;
    }
    return (
      this.#inside ||
      /^=( {3}|={20,}$)|^YOUR APPLICATION|^This typically refers to|^Please see the FAQ|^Abort\(\d+\) on node|^\[(proxy|mpiexec)[:@]/.test(
        line,
      )
    );
  }
}
