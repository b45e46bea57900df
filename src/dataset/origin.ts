import { statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { InputError, systemCode } from '../support/errors.ts';
import { sha256OfFile } from '../support/sha256.ts';
import type { Origin } from './manifest.ts';

/**
 * What a manifest in `directory` says of a file that it is made from.
 * @throws InputError where it cannot be read, with this remedy.
 */
export function describeOrigin(path: string, directory: string, remedy: string): Origin {
  try {
    // The time is taken before the content: a change while reading makes the two disagree, and is noticed later.
    const { size, mtimeMs } = statSync(path);
    return {
      path: relative(resolve(directory), resolve(path)).split(sep).join('/'),
      bytes: size,
      modified: mtimeMs,
      sha256: sha256OfFile(path),
    };
  } catch (error) {
    const code = systemCode(error);
    const message = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'is a folder, not a file' : undefined;
    throw new InputError(message ?? `cannot be read (${code})`, { where: path, remedy, cause: error });
  }
}

/**
 * Refuses data whose origin has changed since. An origin that is gone, or that may not be looked at, is no fault: prepared
 * data can be taken elsewhere, and given to others.
 * @throws InputError where the file is there and is another one.
 */
export function checkOrigin(origin: Origin, directory: string): void {
  const path = resolve(directory, origin.path);
  if (!hasChanged(origin, path)) return;
  throw new InputError(`has changed since the data in ${directory} was prepared from it`, {
    where: relative('', path),
    remedy: 'prepare it again: attn prepare',
  });
}

/** What the system says of a path that may not be looked at, or that leads nowhere. */
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
