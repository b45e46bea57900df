import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/**
 * Unpacks the members of a zip archive that `wanted` accepts under `target`, each streamed: a member may be larger than
 * memory. Source: PKWARE's APPNOTE.TXT, 4.3 (no zip64, no encryption: wheels have neither).
 * @returns {Promise<Record<string, {size: number, sha256: string}>>} what was written, by member name
 */
export async function unzip(archive, target, wanted) {
  const written = {};
  const file = await open(archive);
  try {
    for (const member of await listMembers(file)) {
      if (member.name.endsWith('/') || !wanted(member.name)) continue;
      if (member.name.split('/').includes('..')) throw new Error(`${archive}: ${member.name} leads out of the archive`);
      written[member.name] = await extract(file, archive, member, join(target, member.name));
    }
  } finally {
    await file.close();
  }
  return written;
}

/** The central directory: name, method, sizes and place of each member. */
async function listMembers(file) {
  const { size } = await file.stat();
  const tail = await read(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06'));
  if (end < 0) throw new Error('not a zip archive');
  const directory = await read(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const members = [];
  for (let at = 0; at < directory.length; ) {
    const nameLength = directory.readUInt16LE(at + 28);
    members.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      packedSize: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return members;
}

async function extract(file, archive, member, path) {
  const header = await read(file, member.offset, 30);
  const start = member.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
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
  const packed =
    member.packedSize === 0 ? [] : createReadStream(archive, { start, end: start + member.packedSize - 1 });
  const inflate = member.method === 0 ? [] : [createInflateRaw()];
  await pipeline(packed, ...inflate, measure, createWriteStream(path));
  if (size !== member.size) throw new Error(`${archive}: ${member.name} has ${size} bytes, not ${member.size}`);
  return { size, sha256: hash.digest('hex') };
}

async function read(file, position, length) {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new Error('the zip archive ends too early');
  return buffer;
}
