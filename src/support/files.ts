import { createHash, randomBytes } from 'node:crypto';
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
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  write,
  writeSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { AttnError, InputError, RunError, systemCode } from './errors.ts';
import { isListed } from './processes.ts';

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

/** The end of a temporary file's name: the process ID, four hex digits for its host, and six random ones. */
const TEMPORARY = /\.(\d+)-([0-9a-f]{4})[0-9a-f]{6}\.tmp$/;
const hostDigits = createHash('sha256').update(hostname()).digest('hex').slice(0, 4);

/** A unique temporary name beside `path`. */
export function temporaryPath(path: string): string {
  return `${path}.${process.pid}-${hostDigits}${randomBytes(3).toString('hex')}.tmp`;
}

/** Whether a file of this name is a temporary one, of any process. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** The name that a temporary file would have had in the end. */
export function nameOfTemporary(name: string): string {
  return name.replace(TEMPORARY, '');
}

/** Folders that `removeLeftovers` has already checked. */
const cleared = new Set<string>();

/**
 * Removes temporary files whose process ended before it could do so. Those of other hosts stay, and so do files whose
 * names have another form.
 */
function removeLeftovers(folder: string): void {
  if (cleared.has(folder)) return;
  cleared.add(folder);
  for (const name of readdirSync(folder)) {
    const [, pid, host] = TEMPORARY.exec(name) ?? [];
    if (host === hostDigits && !isListed(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
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

/** Commits files that belong together: all are on disk before the first takes its name. Then as `replaceTogether`. */
export function commitTogether(files: readonly AtomicFile[]): void {
  try {
    for (const file of files) file.sync();
    replaceTogether(files.map((file) => ({ path: file.path, put: () => file.commit() })));
  } catch (error) {
    for (const file of files) file.abort();
    throw error;
  }
}

/**
 * Puts files or folders that belong together in their places, and restores the old ones if one cannot be placed. The
 * old ones are moved away from last to first, then the new ones are placed from first to last. If the process is killed
 * in between, the last one is missing, and old and new are never mixed.
 */
export function replaceTogether(items: readonly { readonly path: string; readonly put: () => void }[]): void {
  const moved: { readonly path: string; readonly away: string }[] = [];
  const put: string[] = [];
  try {
    for (const { path } of [...items].reverse()) {
      if (!existsSync(path)) continue;
      const away = temporaryPath(path);
      refusing(path, () => renameSync(path, away));
      moved.push({ path, away });
    }
    for (const item of items) {
      put.push(item.path);
      refusing(item.path, item.put);
    }
  } catch (error) {
    for (const path of put) removeQuietly(path);
    for (const { path, away } of moved.reverse()) {
      try {
        renameSync(away, path);
      } catch {
        // the others may still be restored
      }
    }
    throw error;
  }
  for (const { away } of moved) removeQuietly(away);
}

/** Does something with a path. @throws what `writeFailure` returns */
function refusing(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw error instanceof AttnError ? error : writeFailure(path, error);
  }
}

/**
 * Appends to a file that others may read meanwhile, such as a log. It is not kept open, so there is nothing to close
 * when a training run fails.
 * @throws InputError, RunError if it cannot be written
 */
export function appendToFile(path: string, data: string | Uint8Array): void {
  refusing(path, () => appendFileSync(path, data));
}

/** Writes files that belong together (see `commitTogether`). @throws like `writeFileAtomic` */
export function writeTogether(
  contents: readonly { readonly path: string; readonly data: string | Uint8Array }[],
): void {
  const files: AtomicFile[] = [];
  try {
    for (const { path, data } of contents) {
      const file = new AtomicFile(path);
      files.push(file);
      file.write(data);
    }
  } catch (error) {
    for (const file of files) file.abort();
    throw error;
  }
  commitTogether(files);
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
