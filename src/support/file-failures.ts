import { readFileSync } from 'node:fs';
import { AttnError, InputError, RunError, systemCode } from './errors.ts';
import { systemFailure } from './system-failure.ts';

/** System errors for a path that no file can be read from; Node's own is for a path with a NUL byte. */
const notReadable = new Set(['ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ENXIO', 'EINVAL', 'ERR_INVALID_ARG_VALUE']);

/**
 * Describes a failed read for the user: the same words for every kind of file. Errors that already explain themselves
 * pass through, and so do those that the system did not report.
 * @param remedy where to get such a file, if it is not there
 */
export function readFailure(path: string, error: unknown, remedy?: string): unknown {
  const code = systemCode(error);
  const bad = (problem: string, advice: string) =>
    new InputError(problem, { where: path, remedy: advice, cause: error });
  if (code === 'ENOENT') return bad('no such file', remedy ?? 'check the path');
  if (code === 'EISDIR') return bad('is a folder, not a file', remedy ?? 'name a file in it');
  if (code === 'EACCES' || code === 'EPERM') return bad('permission denied', 'check the permissions of the file');
  if (code !== undefined && notReadable.has(code)) return bad(`cannot be read (${code})`, remedy ?? 'check the path');
  const failure = systemFailure(error, path);
  if (failure !== undefined || code === undefined) return failure ?? error;
  return new RunError(`reading failed: ${(error as Error).message}`, { where: path, cause: error });
}

/** Reads something from a path. @throws what `readFailure` returns */
export function reading<T>(path: string, read: () => T, remedy?: string): T {
  try {
    return read();
  } catch (error) {
    throw readFailure(path, error, remedy);
  }
}

/** A whole file. @throws what `readFailure` returns */
export function readWhole(path: string, remedy?: string): Buffer {
  return reading(path, () => readFileSync(path), remedy);
}

/** Does something with a path that is written to. @throws what `writeFailure` returns */
export function writing(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw error instanceof AttnError ? error : writeFailure(path, error);
  }
}

/** System errors for a path that cannot be written; /proc reports ENOENT. */
const notWritable = new Set([
  ...['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENAMETOOLONG', 'ELOOP'],
]);

/**
 * Describes a failed write for the user: a full disk is a failed run (1), a folder without write permission is bad
 * input (2).
 */
export function writeFailure(path: string, error: unknown): AttnError {
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new RunError('the disk is full; nothing was written', {
      where: path,
      remedy: 'free some space, then run the same command again',
      cause: error,
    });
  }
  if (code !== undefined && notWritable.has(code)) {
    return new InputError(`cannot be written (${code})`, {
      where: path,
      remedy: code === 'ENAMETOOLONG' ? 'give it a shorter name' : 'name a folder that you can write to',
      cause: error,
    });
  }
  return new RunError(`writing failed: ${error instanceof Error ? error.message : String(error)}`, {
    where: path,
    cause: error,
  });
}
