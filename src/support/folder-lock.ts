import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AttnError, InputError, RunError } from './errors.ts';
import { writeFailure } from './file-failures.ts';
import { makeFolder } from './files.ts';
import { createWhole, readLock, removeStale } from './lock-file.ts';
import { isRunning, processSpace, thisProcess } from './processes.ts';
import { shellWord } from './shell.ts';

/** The file that names the process writing in a folder. */
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
  /** Unique to each lock. */
  token: z.string(),
});

/** The process that writes in a folder, according to its lock. */
export type Owner = z.output<typeof ownerSchema> & {
  /** Seconds since its last sign of life: only needed for a process that cannot be checked. */
  readonly silent: number;
  /** Whether it belongs to another process table (another host or container) and cannot be checked. */
  readonly elsewhere: boolean;
};

/** Milliseconds between two signs of life. */
const BEAT = 20_000;

/**
 * Seconds without a sign of life after which a process elsewhere counts as dead: many times `BEAT`, because heavy work
 * can delay it.
 */
const DEAD = 300;

/** How often to try to take a lock: others may be taking it, or removing a dead one, at the same moment. */
const TRIES = 10;

/** The locks this process holds, so that they are also released on `process.exit`. */
const held = new Set<FolderLock>();
function releaseAll(): void {
  for (const lock of held) lock.release();
}

/**
 * The right to write in a folder, for one process at a time. The lock is a file in the folder that names its owner
 * (docs/decisions/locks.md); the lock of a process that has ended, for whatever reason, does not count.
 */
export class FolderLock {
  readonly token = randomBytes(8).toString('hex');
  readonly #folder: string;
  readonly #path: string;
  readonly #text: string;
  /** The folders that were created for it. */
  readonly #made: readonly string[];
  readonly #beat: NodeJS.Timeout;

  /**
   * Creates the folder if it is missing, and locks it.
   * @param activity what is done there, for the error of a second process: `a training`
   * @throws InputError that names the owner if the folder has one, or if the folder is not writable; RunError if the
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
   * Call this before work that must not be mixed with another process's: a process that was suspended for long has lost
   * its lock.
   * @throws RunError if this process no longer holds the folder
   */
  check(): void {
    if (readLock(this.#path) === this.#text) return;
    const owner = ownerOf(this.#folder);
    throw new RunError(
      owner ? `the folder was taken over by ${describe(owner)}` : `its lock was removed (${LOCK_FILE})`,
      { where: this.#folder, remedy: 'nothing more was written; the existing files are complete' },
    );
  }

  /**
   * Releases the folder, and removes it and its parents if they were created for the lock and are still empty. Safe to
   * call twice.
   */
  release(): void {
    clearInterval(this.#beat);
    if (!held.delete(this)) return;
    try {
      if (readLock(this.#path) === this.#text) rmSync(this.#path, { force: true });
      for (const made of this.#made.toReversed()) rmdirSync(made);
    } catch {
      // it has files in it, as it should; or it is no longer writable, and the lock expires when we end
    }
  }

  #take(): void {
    for (let tries = 0; tries < TRIES; tries++) {
      const created = createWhole(this.#path, this.#text);
      if (created.done) return;
      const text = readLock(this.#path);
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

  /**
   * Writes the same text again, so that the file system's clock sets the time. Setting it ourselves would use this
   * host's clock.
   */
  #showLife(): void {
    try {
      if (readLock(this.#path) !== this.#text) return;
      const file = openSync(this.#path, 'r+');
      try {
        writeSync(file, this.#text, 0);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch {
      // the next one may succeed; `check` reports a lost lock
    }
  }
}

/** Does `work` as the only process that writes in a folder. @throws like `FolderLock` and `work` */
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

/** The living process that writes in a folder, on any host; undefined if there is none. */
export function ownerOf(folder: string): Owner | undefined {
  const path = join(folder, LOCK_FILE);
  const text = readLock(path);
  const owner = text ? parse(path, text) : undefined;
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

/** `process 4711 on node3`. */
export function describe({ process: pid, host, elsewhere }: Owner): string {
  return `process ${pid}${elsewhere ? ` on ${host}` : ''}`;
}

function isAlive(owner: Owner): boolean {
  if (owner.elsewhere) return owner.silent < DEAD;
  // a lock of this process that it could not remove when it released the folder
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

/** @param now the time in milliseconds by the clock that stamps the file; by default our own */
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
