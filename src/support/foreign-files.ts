import { readdirSync } from 'node:fs';
import { InputError, systemCode } from './errors.ts';
import { LOCK_FILE } from './folder-lock.ts';
import { isTemporary, nameOfTemporary } from './temporary-names.ts';

/**
 * Refuses to write in a folder if that would touch files attn did not write. Called when the folder shows no signs of
 * the same kind of work, so whatever is there belongs to somebody else. If a temporary file of one of `names` is there
 * too, the files are leftovers of a killed command of that kind.
 * @param names what is about to be written; by default nothing, so the folder has to be empty
 * @throws InputError that names the first such file
 */
export function refuseForeign(folder: string, names?: readonly string[]): void {
  const entries = entriesOf(folder);
  if (names !== undefined && entries.some((name) => isTemporary(name) && names.includes(nameOfTemporary(name)))) return;
  const found = entries.find((name) => !isTemporary(name) && (names === undefined || names.includes(name)));
  if (found === undefined) return;
  throw new InputError(`holds ${found}, which attn did not write there and which could be mixed up or lost`, {
    where: folder,
    remedy: 'name another folder, or move the file away',
  });
}

/** The entries of a folder other than locks. */
function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name !== LOCK_FILE)
      .sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
