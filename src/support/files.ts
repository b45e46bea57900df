import {
  appendFileSync,
  closeSync,
  existsSync,
  fsync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  write,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { AttnError, InputError, RunError, systemCode } from './errors.ts';
import { writeFailure, writing } from './file-failures.ts';
import { removeLeftovers, temporaryPath } from './temporary-names.ts';

const writeLater = promisify(write);
const fsyncLater = promisify(fsync);

/**
 * A file that appears whole or not at all: it is written under a temporary name in the same folder, synced, then
 * renamed to `path` (or to what `path` links to). Call `commit()` when everything is written; `abort()` or a failed
 * write leaves the old file unchanged.
 */
export class AtomicFile {
  readonly path: string;
  readonly temporaryPath: string;
  #descriptor: number;
  #synced = false;
  #done = false;

  constructor(path: string) {
    this.path = destination(resolve(path));
    this.temporaryPath = temporaryPath(this.path);
    try {
      makeFolder(dirname(this.path));
      removeLeftovers(dirname(this.path));
      this.#descriptor = openSync(this.temporaryPath, 'wx');
    } catch (error) {
      throw writeFailure(this.path, error);
    }
  }

  write(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
    try {
      for (let offset = 0; offset < bytes.length; ) {
        offset += writeSync(this.#descriptor, bytes, offset, bytes.length - offset);
      }
    } catch (error) {
      this.abort();
      throw writeFailure(this.path, error);
    }
  }

  /** Like `write`, but off this thread. Call nothing else until it is done. */
  async writeAside(bytes: Uint8Array): Promise<void> {
    try {
      for (let offset = 0; offset < bytes.length; ) {
        const { bytesWritten } = await writeLater(this.#descriptor, bytes, offset, bytes.length - offset);
        offset += bytesWritten;
      }
    } catch (error) {
      this.abort();
      throw writeFailure(this.path, error);
    }
  }

  /** Like `commit`, but the slow part, the syncing, runs off this thread. */
  async commitAside(): Promise<void> {
    try {
      await fsyncLater(this.#descriptor);
    } catch (error) {
      this.abort();
      throw writeFailure(this.path, error);
    }
    this.commit();
  }

  /**
   * Flushes what was written to disk and closes the file, still under its temporary name. Nothing may be written after
   * it.
   */
  sync(): void {
    if (this.#synced) return;
    try {
      fsyncSync(this.#descriptor);
      const descriptor = this.#descriptor;
      // closed only once, even if that fails: a moment later the descriptor may belong to another file
      this.#descriptor = -1;
      closeSync(descriptor);
      this.#synced = true;
    } catch (error) {
      this.abort();
      throw writeFailure(this.path, error);
    }
  }

  /** Syncs and renames: after this the file is on disk under its final name. */
  commit(): void {
    this.sync();
    try {
      renameSync(this.temporaryPath, this.path);
      this.#done = true;
      syncFolder(dirname(this.path));
    } catch (error) {
      this.abort();
      throw writeFailure(this.path, error);
    }
  }

  /**
   * Gives up and removes the temporary file. Safe to call twice and after `commit`. Never throws, because the caller
   * already has an error to report.
   */
  abort(): void {
    if (this.#done) return;
    this.#done = true;
    closeQuietly(this.#descriptor);
    removeQuietly(this.temporaryPath);
  }
}

/**
 * Closes a file that was only read, or was abandoned. A failure here changes nothing and must not hide an earlier
 * error.
 */
export function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {}
}

/**
 * Fills `buffer` from a position in a file; the system may return less at a time.
 * @returns the number of bytes read: fewer where the file ends
 */
export function readFully(descriptor: number, buffer: Uint8Array, position: number): number {
  let done = 0;
  while (done < buffer.length) {
    const read = readSync(descriptor, buffer, done, buffer.length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

/** Removes a file or folder if possible: for cleaning up after another failure. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {}
}

/**
 * Where a file of this path is really written: the target of a link, so that the link survives.
 * @throws InputError for a device or a pipe, which a file would replace
 */
function destination(path: string): string {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return path;
    if (stat.isFile()) return lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
    if (stat.isDirectory()) throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
  } catch (error) {
    throw writeFailure(path, error);
  }
  throw new InputError('is not a regular file', { where: path, remedy: 'name another file' });
}

/**
 * Appends to a file that others may read meanwhile, such as a log. It is not kept open, so there is nothing to close
 * when a training run fails.
 * @throws InputError, RunError if it cannot be written
 */
export function appendToFile(path: string, data: string | Uint8Array): void {
  writing(path, () => appendFileSync(path, data));
}

/** Writes `data` to `path`, whole or not at all (see `AtomicFile`). */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  const file = new AtomicFile(path);
  file.write(data);
  file.commit();
}

/**
 * Makes a folder and checks that files can be written in it: for use before long work, not after.
 * @throws InputError if they cannot
 */
export function makeWritableFolder(path: string): void {
  try {
    new AtomicFile(join(path, 'trial')).abort();
  } catch (error) {
    throw error instanceof AttnError && error.cause !== undefined ? writeFailure(path, error.cause) : error;
  }
}

/**
 * Makes a folder and its missing parents. Node's own recursive option never returns where the system denies that an
 * existing parent exists, as under /proc.
 * @returns the folders that were missing, outermost first
 */
export function makeFolder(path: string): readonly string[] {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // another process may have been faster
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
    }
  }
  return missing;
}

/** Makes a private folder where the system keeps temporary files. The caller removes it. */
export function makeTemporaryFolder(prefix: string): string {
  const home = tmpdir();
  try {
    return mkdtempSync(join(home, prefix));
  } catch (error) {
    throw new RunError(`no temporary folder can be made there (${systemCode(error)})`, {
      where: home,
      remedy: 'set TMPDIR to an existing, writable folder',
      cause: error,
    });
  }
}

/** Syncs a folder's entries, so that a rename in it survives a power cut. */
export function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeQuietly(descriptor);
  }
}
