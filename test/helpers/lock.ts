import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCK_FILE } from '../../src/support/folder-lock.ts';
import { thisProcess } from '../../src/support/processes.ts';

/** Puts a lock in a folder as if written by another process: by default one of another host. */
export function writeLock(folder: string, changes: Readonly<Record<string, unknown>> = {}): void {
  mkdirSync(folder, { recursive: true });
  const owner = {
    ...{ activity: 'a training', command: 'attn train', since: '2026-01-01T00:00:00Z', token: 'x' },
    ...{ ...thisProcess(), host: 'node3', space: 'that of node3', process: 4711 },
  };
  writeFileSync(join(folder, LOCK_FILE), `${JSON.stringify({ ...owner, ...changes })}\n`);
}
