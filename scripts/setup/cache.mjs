import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { isAtWork, removeQuietly, thisProcess } from './owner.mjs';
import { writing } from './problem.mjs';

/** The user's folder for what checkouts share: ATTN_CACHE, else `attn` in the user's cache. */
export function cacheFolder() {
  return resolve(process.env.ATTN_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'attn'));
}

/**
 * Calls `action` with a private folder in the cache for unfinished work, which is always removed afterwards. Leftovers
 * of killed set-ups are removed first.
 */
export function inCache(cache, retry, action) {
  return writing(cache, `ATTN_CACHE=DIR ${retry}, with a folder that you can write to`, async () => {
    mkdirSync(cache, { recursive: true });
    for (const name of readdirSync(cache).filter((entry) => entry.startsWith(PARTIAL))) {
      const left = join(cache, name);
      if (!isAtWork(name.slice(PARTIAL.length), left)) removeQuietly(left);
    }
    const partial = mkdtempSync(join(cache, `${PARTIAL}${thisProcess()}-`));
    try {
      return await action(partial);
    } finally {
      removeQuietly(partial);
    }
  });
}

const PARTIAL = 'partial-';
