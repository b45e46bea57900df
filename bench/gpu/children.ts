// Processes that end in time, for scripts/gpu-check.sh.
import { type ChildProcess, spawn } from 'node:child_process';

/** What a process left behind. */
export interface Ended {
  /** Its exit code; null if it was stopped. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** How long it ran. */
  readonly seconds: number;
  /** Whether it was stopped because its time was over. */
  readonly late: boolean;
}

export interface ChildOptions {
  /** Seconds after which it is stopped. */
  readonly limit: number;
  /** Variables besides this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

const root = new URL('../..', import.meta.url).pathname;
const running = new Set<ChildProcess>();

/** Runs a program in the root of the checkout. Never fails: a program that cannot be started has code 127. */
export function run(command: string, args: readonly string[], { limit, environment }: ChildOptions): Promise<Ended> {
  const begun = performance.now();
  // a process group of its own, so that the processes that it starts end with it
  const child = spawn(command, args, {
    ...{ cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    env: { ...process.env, ...environment },
  });
  running.add(child);
  let [stdout, stderr, late] = ['', '', false];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const timer = setTimeout(() => {
    late = true;
    stop(child);
  }, 1000 * limit);
  return new Promise((resolve) => {
    const end = (code: number | null) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, stdout, stderr, late, seconds: (performance.now() - begun) / 1000 });
    };
    child.on('error', (error) => {
      stderr += error.message;
      end(127);
    });
    child.on('close', end);
  });
}

/** Stops everything that still runs. */
export function stopAll(): void {
  for (const child of running) stop(child);
}

function stop({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has just ended
  }
}

/** Why a process did not succeed, in one line; undefined if it did. */
export function problemOf({ code, stdout, stderr, seconds, late }: Ended): string | undefined {
  if (late) return `stopped after ${seconds.toFixed(0)} s`;
  if (code === 0) return undefined;
  const lines = (stderr || stdout).trim().split('\n');
  const telling = lines.filter((line) => /rror|attn:/.test(line)).slice(0, 3);
  return `failed (${code}): ${(telling.length > 0 ? telling : lines.slice(-3)).join(' / ').slice(0, 600)}`;
}

/** The lines of its output that are JSON. */
export function jsonLines<T>({ stdout }: Ended): T[] {
  return stdout.split('\n').flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line)] : []));
}

/** Runs at most `most` things at a time, the others in the order in which they came. */
export function queue(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
