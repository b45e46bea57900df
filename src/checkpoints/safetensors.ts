import { createHash, type Hash } from 'node:crypto';
import { fstatSync, openSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { reading, readWhole } from '../support/file-failures.ts';
import { AtomicFile, closeQuietly, readFully } from '../support/files.ts';
import { type HalfType, toHalf } from './half-precision.ts';
import {
  type Block,
  damaged,
  LARGEST_HEADER_BYTES,
  type Metadata,
  metadataOf,
  type NamedTensors,
  parseHeader,
  parseSafetensors,
  sizeOf,
  tensorsOf,
} from './safetensors-content.ts';

export type { Metadata, NamedTensors } from './safetensors-content.ts';

/** How float32 numbers are written: unchanged, or rounded to 16 bits. */
export type FloatType = 'F32' | HalfType;

/** The metadata entry with a hash of the file's content, so that a change is noticed. */
export const CHECKSUM = 'sha256';

/**
 * Writes a safetensors file, whole or not at all: an 8-byte length, a JSON header, the numbers in little-endian order,
 * which is native on every machine that TensorFlow supports (https://github.com/huggingface/safetensors). A SHA-256 of
 * names, shapes, values and metadata is added to the metadata (docs/formats.md).
 * @param floats the type in which float32 tensors are written
 * @throws RunError if the disk is full, InputError if the folder is not writable; the old file stays
 */
export function saveTensors(
  path: string,
  tensors: NamedTensors,
  metadata: Metadata = {},
  floats: FloatType = 'F32',
): void {
  const blocks = layOut(tensors, floats);
  const hash = contentHash(blocks, metadata);
  for (const { bytes } of sorted(blocks)) hash.update(bytes);
  const file = new AtomicFile(path);
  for (const bytes of partsOf(blocks, metadata, hash)) file.write(bytes);
  file.commit();
}

/** Bytes hashed before other work gets its turn: a few milliseconds. */
const HASHED_AT_ONCE = 1 << 22;

/**
 * Like `saveTensors`, in parallel with this thread's other work: hashed piece by piece, written and synced by the
 * system's threads. The tensors must not change meanwhile.
 */
export async function saveTensorsAside(path: string, tensors: NamedTensors, metadata: Metadata = {}): Promise<void> {
  const blocks = layOut(tensors, 'F32');
  const hash = contentHash(blocks, metadata);
  for (const { bytes } of sorted(blocks)) {
    for (let start = 0; start < bytes.length; start += HASHED_AT_ONCE) {
      hash.update(bytes.subarray(start, start + HASHED_AT_ONCE));
      await setImmediate();
    }
  }
  const file = new AtomicFile(path);
  for (const bytes of partsOf(blocks, metadata, hash)) await file.writeAside(bytes);
  await file.commitAside();
}

/** The position of each tensor in the file. */
function layOut(tensors: NamedTensors, floats: FloatType): readonly Block[] {
  let end = 0;
  return Object.entries(tensors).map(([name, { shape, data }]): Block => {
    if (data.length !== sizeOf(shape)) {
      throw new RangeError(`${name} has ${data.length} values for the shape [${shape.join(', ')}]`);
    }
    const dtype = data instanceof Float32Array ? floats : 'I32';
    const written = data instanceof Float32Array && floats !== 'F32' ? toHalf(data, floats) : data;
    const begin = end;
    end += written.byteLength;
    return { name, dtype, shape, begin, bytes: new Uint8Array(written.buffer, written.byteOffset, written.byteLength) };
  });
}

/** The bytes of a file in order. @param hash of its whole content */
function partsOf(blocks: readonly Block[], metadata: Metadata, hash: Hash): readonly Uint8Array[] {
  const entries = blocks.map(({ name, dtype, shape, begin, bytes }) => [
    name,
    { dtype, shape, data_offsets: [begin, begin + bytes.length] },
  ]);
  const text = JSON.stringify(
    Object.fromEntries([['__metadata__', { ...metadata, [CHECKSUM]: hash.digest('hex') }], ...entries]),
  );
  // Spaces align the values to a multiple of 8 bytes, so that a reader can use views of them.
  const padded = Buffer.from(text + ' '.repeat(-Buffer.byteLength(text) & 7));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return [length, padded, ...blocks.map((block) => block.bytes)];
}

/**
 * Reads a safetensors file at once. float32 and int32 values are views of the file's bytes, float16 and bfloat16 ones
 * become float32, int64 ones int32. Files of other programs have no checksum in their metadata; callers that rely on
 * one check that it is there.
 * @throws InputError that tells what is wrong with a file that is missing, truncated, changed or of another kind
 */
export function loadTensors(path: string): { readonly tensors: NamedTensors; readonly metadata: Metadata } {
  const file = readWhole(path);
  const { blocks, metadata } = parseSafetensors(file, path);
  const expected = metadata[CHECKSUM];
  if (expected !== undefined && expected !== checksum(blocks, metadata)) {
    throw damaged(path, 'its content has changed since it was written (the SHA-256 differs)');
  }
  return { tensors: tensorsOf(blocks, path), metadata };
}

/**
 * Reads the metadata of a file, without the tensors.
 * @throws InputError for a file that is missing or does not start like a safetensors file
 */
export function loadMetadata(path: string): Metadata {
  return reading(path, () => {
    const file = openSync(path, 'r');
    try {
      const length = Buffer.alloc(8);
      readFully(file, length, 0);
      const headerBytes = Number(length.readBigUInt64LE());
      if (headerBytes > Math.min(LARGEST_HEADER_BYTES, fstatSync(file).size))
        throw damaged(path, 'it does not begin like a safetensors file');
      const header = Buffer.alloc(headerBytes);
      readFully(file, header, 8);
      return metadataOf(parseHeader(header, path), path);
    } finally {
      closeQuietly(file);
    }
  });
}

/** SHA-256 of a file's content, independent of the order of tensors and metadata. */
function checksum(blocks: readonly Block[], metadata: Metadata): string {
  const hash = contentHash(blocks, metadata);
  for (const { bytes } of sorted(blocks)) hash.update(bytes);
  return hash.digest('hex');
}

/** The start of the checksum: everything but the values, which follow in the order of `sorted`. */
function contentHash(blocks: readonly Block[], metadata: Metadata): Hash {
  // what is undefined is not written
  const names = Object.keys(metadata).filter((name) => name !== CHECKSUM && metadata[name] !== undefined);
  const texts = names.sort().map((name) => [name, metadata[name]]);
  const shapes = sorted(blocks).map(({ name, dtype, shape }) => [name, dtype, shape]);
  return createHash('sha256').update(JSON.stringify([texts, shapes]));
}

function sorted(blocks: readonly Block[]): readonly Block[] {
  return blocks.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
