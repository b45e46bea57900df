import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from './errors.ts';

/** A process, so that no later one with the same number is taken for it. */
export interface ProcessName {
  /** Where its number has a meaning: `processSpace()`. */
  readonly space: string;
  readonly host: string;
  readonly process: number;
  /** When it was started, as `startOf` says. */
  readonly started: string;
}

/** This process. */
export function thisProcess(): ProcessName {
  own ??= processName(process.pid);
  return own;
}
let own: ProcessName | undefined;

/** A process of this machine that runs. */
export function processName(pid: number): ProcessName {
  return { space: processSpace(), host: hostname(), process: pid, started: startOf(pid) ?? '' };
}

/**
 * Names the table of processes that this one is in: the host, and on Linux also the boot and the container (its PID
 * namespace), as each of them counts processes anew. Of a process of another table nothing can be asked.
 */
export function processSpace(): string {
  const parts = [
    hostname(),
    ...linux(() => [readText('/proc/sys/kernel/random/boot_id'), readlinkSync('/proc/self/ns/pid')]),
  ];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

/** Whether a process of this table still runs. One that has ended and that its parent has not asked after does not. */
export function isRunning({ process: pid, started }: Pick<ProcessName, 'process' | 'started'>): boolean {
  if (!isListed(pid)) return false;
  const now = startOf(pid);
  // undefined: a process of another user, of whom the system shows nothing else
  return now === undefined || (now === started && now !== ENDED);
}

/** What `startOf` says of a process that has ended and is still listed. */
const ENDED = 'ended';

/**
 * When a listed process of this table was started, in words that differ from those of any other process with its number:
 * clock ticks since the boot on Linux (proc(5)), else what `ps` says. Undefined where the system does not say.
 */
export function startOf(pid: number): string | undefined {
  if (process.platform === 'win32') return undefined;
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout?.trim() || undefined;
  }
  const [text] = linux(() => [readText(`/proc/${pid}/stat`)]);
  if (text === undefined) return undefined;
  // the second field is the program's name in brackets, which may hold anything
  const [state = '', ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return 'ZX'.includes(state) ? ENDED : fields[18];
}

/** Whether there is a process of this number, be it of another user. */
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

/** What Linux's /proc says; nothing elsewhere, or where it is not mounted. */
function linux(read: () => string[]): string[] {
  try {
    return process.platform === 'linux' ? read() : [];
  } catch {
    return [];
  }
}
