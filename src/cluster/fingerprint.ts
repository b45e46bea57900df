import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError, RunError } from '../support/errors.ts';
import { version } from '../support/version.ts';
import { type Cluster, gatherValues } from './cluster.ts';

/**
 * Checks that all workers are about to do the same. Called by all of them.
 * @param facts what must not differ, by its name for people
 * @throws InputError that tells which worker differs from the first, and in what
 */
export async function checkSameFacts(
  cluster: Cluster,
  facts: Readonly<Record<string, string>>,
  names: readonly string[],
): Promise<void> {
  const own: Record<string, string> = {
    ...facts,
    'version of attn': version,
    code: codeHash(),
  };
  const [first = {}, ...others] = await gatherValues(cluster, own);
  for (const [i, other] of others.entries()) {
    const different = Object.keys({ ...first, ...other }).filter((key) => first[key] !== other[key]);
    if (different.length === 0) continue;
    const details = different.map((key) => `${key} ${short(other[key])}, not ${short(first[key])}`);
    throw new InputError(`the workers of a training do not agree: ${names[i + 1]} has ${details.join('; ')}`, {
      where: names[0] ?? '',
      remedy:
        'start all of them with the same installation, options and data; a file system that all hosts share is the simplest way',
    });
  }
}

function short(value: string | undefined): string {
  return value === undefined ? 'none' : /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
}

/** SHA-256 over the program's own files. */
function codeHash(): string {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.[jt]s$/.test(name)) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

/**
 * Checks that all workers have the same values, bit for bit. Called by all of them.
 * @throws RunError that names a worker whose values differ from the first one's
 */
export async function checkSameValues(
  cluster: Cluster,
  values: Readonly<Record<string, { readonly data: Float32Array | Int32Array }>>,
  names: readonly string[],
): Promise<void> {
  const hash = createHash('sha256');
  for (const { data } of Object.values(values))
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const hashes = await gatherValues(cluster, hash.digest('hex'));
  const other = hashes.findIndex((text) => text !== hashes[0]);
  if (other < 0) return;
  throw new RunError(`the parameters of ${names[other]} are no longer those of ${names[0]}`, {
    remedy:
      'continue from the last save: --resume; if it happens again, the processors of the hosts, or the memory of one, differ',
  });
}
