import { fstatSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { systemCode } from './errors.ts';
import { closeQuietly, removeQuietly } from './files.ts';
import { temporaryPath } from './temporary-names.ts';

/** System errors of file systems without hard links. */
const noLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/**
 * Creates a file with all its text at once, if there is none yet.
 * @returns whether it did, and the time by the file system's clock: the clocks of two hosts differ
 */
export function createWhole(path: string, text: string): { readonly done: boolean; readonly now: number } {
  const partial = temporaryPath(path);
  const file = openSync(partial, 'wx');
  let now = 0;
  try {
    writeFileSync(file, text);
    fsyncSync(file);
    now = fstatSync(file).mtimeMs;
    try {
      linkSync(partial, path);
    } catch (error) {
      if (!noLinks.has(systemCode(error) ?? '')) throw error;
      // for a moment the file exists without its text; readers wait for it
      writeFileSync(path, text, { flag: 'wx' });
    }
    return { done: true, now };
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return { done: false, now };
    throw error;
  } finally {
    // the lock exists or not, whatever happens to these
    closeQuietly(file);
    removeQuietly(partial);
  }
}

/**
 * Removes the lock of a dead process. Two processes may find it at once, and the slower must not remove the new lock of
 * the faster. So it is moved away, which only one can do, and put back if it turns out to be a different one.
 */
export function removeStale(path: string, text: string): void {
  const aside = temporaryPath(path);
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  try {
    if (readFileSync(aside, 'utf8') !== text) linkSync(aside, path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** The content of a lock; undefined if there is none. */
export function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}
