import { createHash, timingSafeEqual } from 'node:crypto';
import { InputError } from '../support/errors.ts';
import { readWhole } from '../support/file-failures.ts';

/** The minimum length of a key: it must not be guessable. */
const SHORTEST = 16;

/** Finds the owner of a key: the name in the file, or undefined for an unknown key. */
export type KeyRing = (given: string) => string | undefined;

/**
 * Reads a file of API keys: a name and a key on each line, `#` starts a comment. Rejecting a key always takes the same
 * time: digests of equal length are all compared completely.
 * @throws InputError that names the line
 */
export function readKeys(path: string): KeyRing {
  const keys: { readonly name: string; readonly digest: Buffer }[] = [];
  for (const [i, line] of readWhole(path).toString('utf8').split(/\r?\n/).entries()) {
    const [name, key, ...more] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (name === undefined || name === '') continue;
    const where = `${path}:${i + 1}`;
    const remedy = 'a line is a name and a key; openssl rand -hex 24 makes a key';
    if (key === undefined || more.length > 0) {
      throw new InputError(`${more.length + (key === undefined ? 1 : 2)} words, not a name and a key`, {
        ...{ where, remedy },
      });
    }
    if (key.length < SHORTEST) throw new InputError(`the key has fewer than ${SHORTEST} characters`, { where, remedy });
    if (keys.some((other) => other.name === name)) throw new InputError(`'${name}' has a key already`, { where });
    keys.push({ name, digest: digestOf(key) });
  }
  if (keys.length === 0)
    throw new InputError('holds no key', { where: path, remedy: 'write a name and a key on a line' });
  return (given) => {
    const digest = digestOf(given);
    let found: string | undefined;
    for (const key of keys) if (timingSafeEqual(key.digest, digest)) found = key.name;
    return found;
  };
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
