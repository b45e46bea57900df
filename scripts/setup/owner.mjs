import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';

// The rules of src/support/folder-lock.ts and processes.ts, which set-up cannot import: it runs before the packages are there.

/** Milliseconds after which work of another host or container, which cannot be asked after, is taken for dead. */
const DEAD = 24 * 60 * 60 * 1000;

/** Names this process so that no other is taken for it, be it a later one with its number, or one of another host. */
export function thisProcess() {
  return [process.pid, startOf(process.pid), processSpace()].join('-');
}

/**
 * Whether the process of a name is still at work.
 * @param {string} name as `thisProcess` gives it
 * @param {string} path what it made; of a process elsewhere its age is all that is known
 */
export function isAtWork(name, path) {
  const [pid, start, space] = name.split('-');
  if (space === processSpace()) return isListed(Number(pid)) && startOf(Number(pid)) === start;
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < DEAD;
}

/** Removes a file or folder that nobody needs: that it stays is no reason to fail, nor to hide the error of the work itself. */
export function removeQuietly(path) {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {}
}

/** The table that a process's number belongs to: each host, boot and container has its own. */
function processSpace() {
  const boot = fromProc(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const namespace = fromProc(() => readlinkSync('/proc/self/ns/pid'));
  return createHash('sha256').update([hostname(), boot, namespace].join('\0')).digest('hex').slice(0, 10);
}

/** When a process was started (clock ticks since the boot, proc(5)); empty where the system does not say. */
function startOf(pid) {
  const text = fromProc(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // the second field is the program's name in brackets, which may hold anything
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isListed(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** What Linux's /proc says; empty elsewhere. */
function fromProc(read) {
  try {
    return read();
  } catch {
    return '';
  }
}
