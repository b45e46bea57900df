import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';

// The rules of src/support/folder-lock.ts and processes.ts, which set-up cannot import, because it runs before the
// packages are installed.

/** Milliseconds after which work of another host or container, which cannot be checked, counts as dead. */
const DEAD = 24 * 60 * 60 * 1000;

/**
 * Identifies this process, so that no other is mistaken for it: a later one with its number, or one of another host.
 */
export function thisProcess() {
  return [process.pid, startOf(process.pid), processSpace()].join('-');
}

/**
 * Whether a named process is still working.
 * @param {string} name from `thisProcess`
 * @param {string} path what it made; for a process elsewhere only its age is known
 */
export function isAtWork(name, path) {
  const [pid, start, space] = name.split('-');
  if (space === processSpace()) return isListed(Number(pid)) && startOf(Number(pid)) === start;
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < DEAD;
}

/**
 * Removes a file or folder that is no longer needed: failing to do so is no reason to stop, nor to hide the real error.
 */
export function removeQuietly(path) {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {}
}

/** The table to which a process number belongs: each host, boot and container has its own. */
function processSpace() {
  const boot = fromProc(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const namespace = fromProc(() => readlinkSync('/proc/self/ns/pid'));
  return createHash('sha256').update([hostname(), boot, namespace].join('\0')).digest('hex').slice(0, 10);
}

/** When a process was started (clock ticks since the boot, proc(5)); empty if the system does not tell. */
function startOf(pid) {
  const text = fromProc(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // the second field is the program's name in parentheses, which may contain anything
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isListed(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Reads from Linux's /proc; empty elsewhere. */
function fromProc(read) {
  try {
    return read();
  } catch {
    return '';
  }
}
