import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isListed } from './processes.ts';

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
export function removeLeftovers(folder: string): void {
  if (cleared.has(folder)) return;
  cleared.add(folder);
  for (const name of readdirSync(folder)) {
    const [, pid, host] = TEMPORARY.exec(name) ?? [];
    if (host === hostDigits && !isListed(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
