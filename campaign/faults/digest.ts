import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadTensors } from '../../src/checkpoints/safetensors.ts';
import { LOCK_FILE } from '../../src/support/folder-lock.ts';

/**
 * The content of the files below some paths, without what differs from run to run: times, speeds, and the pages that
 * show them.
 * @returns one line per file: its path and a hash of its content; a file that cannot be read throws
 */
export function digest(folder: string, paths: readonly string[]): string {
  const lines = paths
    .flatMap((path) => filesBelow(folder, path))
    .filter((path) => !path.endsWith('.tmp') && !path.includes('.evaluating') && basename(path) !== LOCK_FILE)
    // a resumed run has several
    .map((path) => `${path.replace(/events\.out\..*/, 'events')} ${contentOf(join(folder, path))}`);
  return [...new Set(lines)].sort().join('\n');
}

/** Files with temporary names below a folder. */
export function leftovers(folder: string): string[] {
  return filesBelow(folder, '.').filter((path) => path.endsWith('.tmp'));
}

function filesBelow(folder: string, path: string): string[] {
  const full = join(folder, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full).flatMap((name) => filesBelow(folder, join(path, name)));
}

const presence: readonly RegExp[] = [/\.(md|html)$/, /^events\.out\./];

function contentOf(path: string): string {
  const name = basename(path);
  if (presence.some((pattern) => pattern.test(name))) return 'there';
  if (name.endsWith('.safetensors')) {
    const { tensors, metadata } = loadTensors(path);
    const hash = createHash('sha256').update(metadata.step ?? '');
    for (const key of Object.keys(tensors).sort()) hash.update(key).update(tensors[key]?.data ?? '');
    return hash.digest('hex');
  }
  const text = readFileSync(path, 'utf8');
  if (name.endsWith('.json')) return sha256(timeless(JSON.parse(text)));
  if (name.endsWith('.jsonl'))
    return sha256(
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => timeless(JSON.parse(line)))
        .join('\n'),
    );
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

const times = new Set(['created', 'seconds', 'modified', 'targetTokensPerSecond', 'tokensPerSecond', 'version']);

function timeless(value: unknown): string {
  return JSON.stringify(value, (key, part) => (times.has(key) ? undefined : part));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
