import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AttnError, InputError, RunError, systemCode } from './errors.ts';
import { makeFolder, removeQuietly, temporaryPath, writeFailure } from './files.ts';
import { isRunning, processSpace, thisProcess } from './processes.ts';
import { shellWord } from './shell.ts';

/** The file of a folder that says who writes in it. */
export const LOCK_FILE = '.attn.lock';

const ownerSchema = z.object({
  /** What it does there: `a training`. */
  activity: z.string(),
  host: z.string(),
  space: z.string(),
  process: z.number(),
  started: z.string(),
  command: z.string(),
  since: z.string(),
  /** Different for every lock. */
  token: z.string(),
});

/** The process that writes in a folder, as its lock says. */
export type Owner = z.output<typeof ownerSchema> & {
  /** Seconds since it last showed that it is alive: only of use for a process that cannot be asked after. */
  readonly silent: number;
  /** Whether it is of another table of processes (another host or container), and cannot be asked after. */
  readonly elsewhere: boolean;
};

/** Milliseconds between two signs of life. */
const BEAT = 20_000;

/** Seconds without a sign of life after which a process elsewhere is taken for dead: many times `BEAT`, as work can hold it up. */
const DEAD = 300;

/** How often taking a lock is tried: others may be taking it, or removing a dead one, at the same moment. */
const TRIES = 10;

/** The locks that this process holds, to be given back also where it ends at once (`process.exit`). */
const held = new Set<FolderLock>();
function releaseAll(): void {
  for (const lock of held) lock.release();
}

/**
 * The right to write in a folder, for one process at a time. The lock is a file in the folder that names its owner
 * (docs/decisions/locks.md); that of a process that has ended, however it ended, does not count.
 */
export class FolderLock {
  readonly token = randomBytes(8).toString('hex');
  readonly #folder: string;
  readonly #path: string;
  readonly #text: string;
  /** Folders that were made for it. */
  readonly #made: readonly string[];
  readonly #beat: NodeJS.Timeout;

  /**
   * Makes the folder where it is missing, and takes it.
   * @param activity what is done there, for whoever comes second: `a training`
   * @throws InputError that names the owner where the folder has one, or where it may not be written; RunError when the
   *   disk is full
   */
  constructor(folder: string, activity: string) {
    this.#folder = folder;
    this.#path = join(folder, LOCK_FILE);
    const command = ['attn', ...process.argv.slice(2).map(shellWord)].join(' ').slice(0, 500);
    const since = new Date().toISOString();
    this.#text = `${JSON.stringify({ activity, ...thisProcess(), command, since, token: this.token })}\n`;
    try {
      this.#made = makeFolder(folder);
      this.#take();
    } catch (error) {
      throw error instanceof AttnError ? error : writeFailure(folder, error);
    }
    held.add(this);
    if (!process.listeners('exit').includes(releaseAll)) process.on('exit', releaseAll);
    this.#beat = setInterval(() => this.#showLife(), BEAT).unref();
  }

  /**
   * Called before what must not be mixed with the work of another: a process that was stopped for long has lost its folder.
   * @throws RunError where the folder is no longer this process's
   */
  check(): void {
    if (readText(this.#path) === this.#text) return;
    const owner = ownerOf(this.#folder);
    throw new RunError(
      owner ? `the folder was taken over by ${describe(owner)}` : `its lock was removed (${LOCK_FILE})`,
      { where: this.#folder, remedy: 'nothing more was written; the existing files are complete' },
    );
  }

  /** Gives the folder back; it is removed where it was made for it and is still empty, as are those above it. Safe to call twice. */
  release(): void {
    clearInterval(this.#beat);
    if (!held.delete(this)) return;
    try {
      if (readText(this.#path) === this.#text) rmSync(this.#path, { force: true });
      for (const made of this.#made.toReversed()) rmdirSync(made);
    } catch {
      // it holds something, as it should; or it may not be written any more, and the lock counts no longer once we have ended
    }
  }

  #take(): void {
    for (let tries = 0; tries < TRIES; tries++) {
      const created = createWhole(this.#path, this.#text);
      if (created.done) return;
      const text = readText(this.#path);
      if (text === undefined) continue;
      if (text === '' && tries < TRIES / 2) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
        continue;
      }
      const owner = text === '' ? undefined : parse(this.#path, text, created.now);
      if (owner !== undefined && isAlive(owner)) throw refusal(this.#folder, owner);
      removeStale(this.#path, text);
    }
    throw new RunError(`${LOCK_FILE} keeps appearing and disappearing`, {
      where: this.#folder,
      remedy: 'run the same command again',
    });
  }

  /** Writes the same text again: the file system's own clock then says when. Setting the time ourselves would set it by the clock of this host. */
  #showLife(): void {
    try {
      if (readText(this.#path) !== this.#text) return;
      const file = openSync(this.#path, 'r+');
      try {
        writeSync(file, this.#text, 0);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch {
      // the next one may come through; `check` says where the lock is lost
    }
  }
}

/** Does `work` as the only one that writes in a folder. @throws as `FolderLock` and `work` */
export async function whileOwning<T>(
  folder: string,
  activity: string,
  work: (lock: FolderLock) => T | Promise<T>,
): Promise<T> {
  const lock = new FolderLock(folder, activity);
  try {
    return await work(lock);
  } finally {
    lock.release();
  }
}

/** The living process that writes in a folder, on whatever host; undefined where there is none. */
export function ownerOf(folder: string): Owner | undefined {
  const path = join(folder, LOCK_FILE);
  const text = readText(path);
  const owner = text ? parse(path, text) : undefined;
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

/** `process 4711 on node3`. */
export function describe({ process: pid, host, elsewhere }: Owner): string {
  return `process ${pid}${elsewhere ? ` on ${host}` : ''}`;
}

function isAlive(owner: Owner): boolean {
  if (owner.elsewhere) return owner.silent < DEAD;
  // one of this process that it could not remove when it gave the folder back
  if (owner.process === process.pid && ![...held].some(({ token }) => token === owner.token)) return false;
  return isRunning(owner);
}

function refusal(folder: string, owner: Owner): InputError {
  const { process: pid, since, command, silent, elsewhere } = owner;
  const sign = elsewhere ? `, last seen ${Math.max(0, Math.round(silent))} s ago` : '';
  const own = pid === process.pid && !elsewhere;
  return new InputError(
    `${owner.activity} is under way in this folder: ${own ? 'this very process' : describe(owner)}, since ${since}${sign}`,
    {
      where: folder,
      remedy: [
        `its command: ${command}`,
        'wait until it has ended, stop it, or name another folder',
        ...(elsewhere ? [`if you know that it has ended: rm ${shellWord(join(folder, LOCK_FILE))}`] : []),
      ].join('\n  '),
    },
  );
}

/** @param now the time in milliseconds by the clock that the file's time is of; by ours by default */
function parse(path: string, text: string, now = Date.now()): Owner {
  try {
    const owner = ownerSchema.parse(JSON.parse(text));
    const silent = (now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)) / 1000;
    return { ...owner, silent, elsewhere: owner.space !== processSpace() };
  } catch (error) {
    throw new InputError('is not a lock file written by attn', {
      where: path,
      remedy: 'if no attn process is using the folder, remove the file',
      cause: error,
    });
  }
}

/** What a file system says that has no links to files. */
const noLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/**
 * Creates a file with all its text at once, where there is none yet.
 * @returns whether it did, and what time it is by the clock of the file system: those of two hosts differ
 */
function createWhole(path: string, text: string): { readonly done: boolean; readonly now: number } {
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
      // for a moment there is a file without its text, which whoever reads it waits for
      writeFileSync(path, text, { flag: 'wx' });
    }
    return { done: true, now };
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return { done: false, now };
    throw error;
  } finally {
    // the lock is there or is not, whatever becomes of these
    try {
      closeSync(file);
    } catch {}
    removeQuietly(partial);
  }
}

/**
 * Removes the lock of a dead process. Two may find it at once, and the slower must not remove the lock that the faster has put
 * in its place: it is moved away, which only one can, and put back where it turns out to be another.
 */
function removeStale(path: string, text: string): void {
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

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}
