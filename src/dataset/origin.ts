import { statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { InputError, systemCode } from '../support/errors.ts';
import { reading } from '../support/file-failures.ts';
import { sha256OfFile } from '../support/sha256.ts';
import type { Origin } from './manifest.ts';

/**
 * The record for a manifest in `directory` about a file that it is made from.
 * @throws InputError with this remedy if the file cannot be read
 */
export function describeOrigin(path: string, directory: string, remedy: string): Origin {
  const describe = (): Origin => {
    // The time is read before the content: a change while reading makes the two disagree, and is noticed later.
    const { size, mtimeMs } = statSync(path);
    return {
      path: relative(resolve(directory), resolve(path)).split(sep).join('/'),
      bytes: size,
      modified: mtimeMs,
      sha256: sha256OfFile(path),
    };
  };
  return reading(path, describe, remedy);
}

/**
 * Rejects data whose origin has changed since. An origin that no longer exists, or is not accessible, is fine: prepared
 * data can be moved and shared.
 * @throws InputError if the file exists and differs
 */
export function checkOrigin(origin: Origin, directory: string): void {
  const path = resolve(directory, origin.path);
  if (!hasChanged(origin, path)) return;
  throw new InputError(`has changed since the data in ${directory} was prepared from it`, {
    where: relative('', path),
    remedy: 'prepare it again: attn prepare',
  });
}

/** System errors for a path that is not accessible, or leads nowhere. */
const noFile = new Set(['EACCES', 'EPERM', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE']);

function hasChanged(origin: Origin, path: string): boolean {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || (stat.size === origin.bytes && stat.mtimeMs === origin.modified)) return false;
    return stat.size !== origin.bytes || sha256OfFile(path) !== origin.sha256;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EISDIR') return true;
    if (code !== undefined && noFile.has(code)) return false;
    throw error;
  }
}
