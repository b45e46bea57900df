import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Unpacks the members of a zip archive that `wanted` accepts into `target`, each streamed: a member may be larger than
 * memory. yauzl rejects names that lead out of the archive, and sizes that differ from its directory.
 * @returns {Promise<Record<string, {size: number, sha256: string}>>} what was written, by member name
 */
export async function unzip(archive, target, wanted) {
  // not at the top: set-up starts before the npm packages are installed, and gets here when they are
  const { openPromise } = await import('yauzl');
  const written = {};
  const file = await openPromise(archive);
  for await (const member of file.eachEntry()) {
    const name = member.fileName;
    if (name.endsWith('/') || !wanted(name)) continue;
    written[name] = await extract(await file.openReadStreamPromise(member), join(target, name));
  }
  return written;
}

async function extract(content, path) {
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  mkdirSync(dirname(path), { recursive: true });
  await pipeline(content, measure, createWriteStream(path));
  return { size, sha256: hash.digest('hex') };
}
