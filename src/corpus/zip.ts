import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInflateRaw } from 'node:zlib';
import { InputError, systemCode } from '../support/errors.ts';
import { AtomicFile, commitTogether } from '../support/files.ts';

/** A file in a zip archive, as the archive's central directory lists it. */
interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  readonly offset: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * Unpacks the files of a zip archive into `folder`, without the archive's own folders; hidden files and what macOS adds
 * are left out. All appear together or, where the archive is damaged, none. Sizes and CRC-32 are checked.
 * Source: PKWARE's APPNOTE.TXT 6.3, without encryption and zip64.
 * @returns the names of the files.
 * @throws InputError for an archive that is damaged, encrypted or larger than 4 GB.
 */
export async function unzip(path: string, folder: string): Promise<string[]> {
  const handle = await open(path, 'r');
  const files: AtomicFile[] = [];
  try {
    const entries = (await readDirectory(handle, path)).filter(({ name }) => isWanted(name));
    const names = entries.map(({ name }) => plainName(name));
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw damaged(path, `has two files called ${twice}`);
    for (const [i, entry] of entries.entries()) {
      const file = new AtomicFile(join(folder, names[i]!));
      files.push(file);
      await extract(handle, path, entry, file);
    }
    commitTogether(files);
    return names;
  } finally {
    for (const file of files) file.abort();
    await handle.close();
  }
}

function isWanted(name: string): boolean {
  return !name.endsWith('/') && !name.startsWith('__MACOSX/') && !plainName(name).startsWith('.');
}

/** The last part of a name: an archive never writes outside the folder it is unpacked into. */
function plainName(name: string): string {
  return basename(name.replaceAll('\\', '/'));
}

async function readDirectory(handle: FileHandle, path: string): Promise<ZipEntry[]> {
  const { size } = await handle.stat();
  const tail = await readAt(handle, Math.max(0, size - 65_557), Math.min(size, 65_557));
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end--;
  if (end < 0) throw damaged(path, 'is no complete zip archive');
  const count = tail.readUInt16LE(end + 10);
  const directorySize = tail.readUInt32LE(end + 12);
  const directoryOffset = tail.readUInt32LE(end + 16);
  if (count === 0xffff || directoryOffset === 0xffffffff) throw tooLarge(path);
  const directory = await readAt(handle, directoryOffset, directorySize);
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== DIRECTORY_ENTRY) {
      throw damaged(path, 'has a damaged directory');
    }
    const nameLength = directory.readUInt16LE(at + 28);
    const entry: ZipEntry = {
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      crc32: directory.readUInt32LE(at + 16),
      packedSize: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    };
    if (entry.size === 0xffffffff || entry.packedSize === 0xffffffff) throw tooLarge(path);
    entries.push(entry);
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function extract(handle: FileHandle, path: string, entry: ZipEntry, file: AtomicFile): Promise<void> {
  const broken = () => damaged(`${path}: ${entry.name}`, 'is damaged');
  if (entry.encrypted || (entry.method !== STORED && entry.method !== DEFLATED)) {
    throw damaged(`${path}: ${entry.name}`, entry.encrypted ? 'is encrypted' : `is packed by method ${entry.method}`);
  }
  const header = await readAt(handle, entry.offset, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== LOCAL_HEADER) throw broken();
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  let size = 0;
  let crc = 0;
  try {
    for await (const chunk of unpacked(path, start, entry)) {
      size += chunk.length;
      if (size > entry.size) throw broken();
      crc = crc32(chunk, crc);
      file.write(chunk);
    }
  } catch (error) {
    throw systemCode(error)?.startsWith('Z_') ? broken() : error;
  }
  if (size !== entry.size || crc !== entry.crc32) throw broken();
}

async function* unpacked(path: string, start: number, entry: ZipEntry): AsyncGenerator<Buffer> {
  if (entry.packedSize === 0) return;
  const packed = createReadStream(path, { start, end: start + entry.packedSize - 1 });
  if (entry.method === STORED) {
    yield* packed;
    return;
  }
  const inflate = createInflateRaw();
  packed.on('error', (error) => inflate.destroy(error));
  yield* packed.pipe(inflate);
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 (ISO 3309) of `bytes`, continuing `crc`. Node's own is missing from the first releases of Node 20. */
export function crc32(bytes: Uint8Array, crc = 0): number {
  let state = ~crc;
  for (const byte of bytes) state = (state >>> 8) ^ crcTable[(state ^ byte) & 255]!;
  return ~state >>> 0;
}

function damaged(where: string, message: string): InputError {
  return new InputError(message, { where, remedy: 'download it again, or unpack it with another program' });
}

function tooLarge(path: string): InputError {
  return new InputError('is a zip64 archive, for more than 4 GB', {
    where: path,
    remedy: 'unpack it with another program',
  });
}
