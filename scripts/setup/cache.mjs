import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { writing } from './problem.mjs';

/** The user's folder for what checkouts share: ATTN_CACHE, else `attn` in the user's cache. */
export function cacheFolder() {
  return resolve(process.env.ATTN_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'attn'));
}

/**
 * Calls `action` with a folder in the cache for half-finished things, which is removed whatever happens. What set-ups that
 * were killed left is removed first.
 */
export function inCache(cache, retry, action) {
  return writing(cache, `ATTN_CACHE=DIR ${retry}, with a folder you may write to`, async () => {
    mkdirSync(cache, { recursive: true });
    for (const name of readdirSync(cache).filter((entry) => entry.startsWith('partial-'))) {
      if (!isRunning(Number(name.slice('partial-'.length)))) {
        rmSync(join(cache, name), { recursive: true, force: true });
      }
    }
    const partial = join(cache, `partial-${process.pid}`);
    mkdirSync(partial);
    try {
      return await action(partial);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  });
}

export function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
