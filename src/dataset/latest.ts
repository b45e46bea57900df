import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AttnError } from '../support/errors.ts';
import { writeFileAtomic } from '../support/files.ts';
import { MANIFEST_FILE } from './manifest.ts';

/** Names the folder prepared last, so that `attn train` without `--data` takes it. */
const NOTE = '.attn/prepared';

/** Notes a prepared folder in the working directory; where nothing may be written there, the note is left out. */
export function recordLatestDataset(directory: string): void {
  try {
    writeFileAtomic(NOTE, `${directory}\n`);
  } catch (error) {
    if (!(error instanceof AttnError)) throw error;
  }
}

/** The folder prepared last from this working directory; undefined where there is none, or it is gone. */
export function latestDataset(): string | undefined {
  if (!existsSync(NOTE)) return undefined;
  const directory = readFileSync(NOTE, 'utf8').trim();
  return existsSync(join(resolve(directory), MANIFEST_FILE)) ? directory : undefined;
}
