import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AttnError } from '../support/errors.ts';
import { writeFileAtomic } from '../support/files.ts';
import { MANIFEST_FILE } from './manifest.ts';

/** Names the most recently prepared folder, which `attn train` uses without `--data`. */
const NOTE = '.attn/prepared';

/** Records a prepared folder in the working directory; skipped if the directory is not writable. */
export function recordLatestDataset(directory: string): void {
  try {
    writeFileAtomic(NOTE, `${directory}\n`);
  } catch (error) {
    if (!(error instanceof AttnError)) throw error;
  }
}

/**
 * The folder most recently prepared from this working directory; undefined if there is none, or it no longer exists.
 */
export function latestDataset(): string | undefined {
  if (!existsSync(NOTE)) return undefined;
  const directory = readFileSync(NOTE, 'utf8').trim();
  return existsSync(join(resolve(directory), MANIFEST_FILE)) ? directory : undefined;
}
