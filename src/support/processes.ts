import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from './errors.ts';

/** Identifies a process, so that no later one with the same number is mistaken for it. */
export interface ProcessName {
  /** Where its number is valid: `processSpace()`. */
  readonly space: string;
  readonly host: string;
  readonly process: number;
  /** When it was started, from `startOf`. */
  readonly started: string;
}

/** This process. */
export function thisProcess(): ProcessName {
  own ??= processName(process.pid);
  return own;
}
let own: ProcessName | undefined;

/** Identifies a running process of this machine. */
export function processName(pid: number): ProcessName {
  return { space: processSpace(), host: hostname(), process: pid, started: startOf(pid) ?? '' };
}

/**
 * Names this process's table of processes: the host, and on Linux also the boot and the container (its PID namespace),
 * because each of them numbers processes separately. Processes of another table cannot be checked.
 */
export function processSpace(): string {
  const parts = [
    hostname(),
    ...linux(() => [readText('/proc/sys/kernel/random/boot_id'), readlinkSync('/proc/self/ns/pid')]),
  ];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

/** Whether a process of this table is still running. A zombie (ended, but not yet reaped by its parent) is not. */
export function isRunning({ process: pid, started }: Pick<ProcessName, 'process' | 'started'>): boolean {
  if (!isListed(pid)) return false;
  const now = startOf(pid);
  // undefined: a process of another user, about which the system reveals nothing else
  return now === undefined || (now === started && now !== ENDED);
}

/** What `startOf` returns for a process that has ended and is still listed. */
const ENDED = 'ended';

/**
 * When a listed process of this table was started, in a form that differs from any other process with its number: clock
 * ticks since boot on Linux (proc(5)), elsewhere the output of `ps`. Undefined if the system does not tell.
 */
export function startOf(pid: number): string | undefined {
  if (process.platform === 'win32') return undefined;
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout?.trim() || undefined;
  }
  const [text] = linux(() => [readText(`/proc/${pid}/stat`)]);
  if (text === undefined) return undefined;
  // the second field is the program's name in parentheses, which may contain anything
  const [state = '', ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return 'ZX'.includes(state) ? ENDED : fields[18];
}

/** Whether a process of this number exists, even one of another user. */
export function isListed(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function readText(path: string): string {
  return readFileSync(path, 'utf8').trim();
}

/** Reads from Linux's /proc; empty elsewhere, or if it is not mounted. */
function linux(read: () => string[]): string[] {
  try {
    return process.platform === 'linux' ? read() : [];
  } catch {
    return [];
  }
}
