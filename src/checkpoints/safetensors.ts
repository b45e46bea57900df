import { createHash, type Hash } from 'node:crypto';
import { fstatSync, openSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { InputError, systemCode } from '../support/errors.ts';
import { AtomicFile, closeQuietly, readFully } from '../support/files.ts';
import type { HostTensor } from '../tensor/session.ts';
import { fromHalf, type HalfType, toHalf } from './half-precision.ts';

/** Tensors by name, as a PyTorch state dict. */
export type NamedTensors = Readonly<Record<string, HostTensor>>;

/** Texts beside the tensors of a file. */
export type Metadata = Readonly<Record<string, string>>;

/** How float32 numbers are written: as they are, or rounded to 16 bits. */
export type FloatType = 'F32' | HalfType;

/** The metadata entry that names the content of a file, so that a change to it is noticed. */
export const CHECKSUM = 'sha256';

/** The reference implementation's bound on a header. */
const LARGEST_HEADER_BYTES = 100_000_000;

/**
 * Writes a safetensors file, whole or not at all: an 8-byte length, a JSON header, the numbers in little-endian order, as
 * every machine that TensorFlow runs on holds them (https://github.com/huggingface/safetensors). The metadata gains a
 * SHA-256 of names, shapes, values and metadata (docs/formats.md).
 * @param floats the type in which float32 tensors are written
 * @throws RunError when the disk is full, InputError where the folder may not be written; the old file stays.
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

/** Bytes that are hashed before others have their turn: some milliseconds. */
const HASHED_AT_ONCE = 1 << 22;

/**
 * As `saveTensors`, beside what else this thread does: hashed piece by piece, written and synced by the system's threads.
 * The tensors are not to change meanwhile.
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

/** Where each tensor lies in the file. */
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

/** The bytes of a file in their order. @param hash of its whole content */
function partsOf(blocks: readonly Block[], metadata: Metadata, hash: Hash): readonly Uint8Array[] {
  const entries = blocks.map(({ name, dtype, shape, begin, bytes }) => [
    name,
    { dtype, shape, data_offsets: [begin, begin + bytes.length] },
  ]);
  const text = JSON.stringify(
    Object.fromEntries([['__metadata__', { ...metadata, [CHECKSUM]: hash.digest('hex') }], ...entries]),
  );
  // Spaces bring the values to a multiple of 8 bytes, so that a reader may view them where they lie.
  const padded = Buffer.from(text + ' '.repeat(-Buffer.byteLength(text) & 7));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return [length, padded, ...blocks.map((block) => block.bytes)];
}

/**
 * Reads a safetensors file at once; float32 and int32 values are views on what was read, float16 and bfloat16
 * ones become float32, int64 ones int32.
 * A file of another writer has no checksum in its metadata; whoever relies on one looks that it is there.
 * @throws InputError that says what is wrong with a file that is missing, truncated, changed or of another kind.
 */
export function loadTensors(path: string): { readonly tensors: NamedTensors; readonly metadata: Metadata } {
  const file = readWhole(path);
  const { blocks, metadata } = parse(file, path);
  const expected = metadata[CHECKSUM];
  if (expected !== undefined && expected !== checksum(blocks, metadata)) {
    throw damaged(path, 'its content has changed since it was written (the SHA-256 differs)');
  }
  const tensors = blocks.map(({ name, dtype, shape, bytes }) => [
    name,
    { shape, data: decode(dtype, bytes, `${path}: ${name}`) },
  ]);
  return { tensors: Object.fromEntries(tensors), metadata };
}

/**
 * Reads what stands beside the tensors of a file, without the tensors.
 * @throws InputError for a file that is missing or does not begin as a safetensors file does
 */
export function loadMetadata(path: string): Metadata {
  const file = openToRead(path);
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
}

/** A tensor as it lies in a file. */
interface Block {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where its bytes begin, counted from the end of the header. */
  readonly begin: number;
  readonly bytes: Uint8Array;
}

/** Bytes of one value of the types that are read. */
const valueBytes: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2, I32: 4, I64: 8 };

function readWhole(path: string): Buffer {
  return refusing(path, () => readFileSync(path));
}

function openToRead(path: string): number {
  return refusing(path, () => openSync(path, 'r'));
}

function refusing<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = systemCode(error);
    throw new InputError(code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`, {
      where: path,
      cause: error,
    });
  }
}

function metadataOf(header: Record<string, unknown>, path: string): Metadata {
  const metadata = header.__metadata__ ?? {};
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw damaged(path, 'its metadata is not a map of strings');
  }
  return metadata as Metadata;
}

/** Checks the header against the file: every byte belongs to exactly one tensor, of the size its shape says. */
function parse(file: Buffer, path: string): { readonly blocks: readonly Block[]; readonly metadata: Metadata } {
  if (file.length < 8) throw damaged(path, `it has ${file.length} bytes: not a safetensors file, or truncated`);
  const headerBytes = Number(file.readBigUInt64LE(0));
  if (headerBytes > LARGEST_HEADER_BYTES) throw damaged(path, 'it does not begin like a safetensors file');
  const values = file.subarray(8 + headerBytes);
  if (8 + headerBytes > file.length) {
    throw damaged(path, `it is truncated: a header of ${headerBytes} bytes in a file of ${file.length}`);
  }
  const header = parseHeader(file.subarray(8, 8 + headerBytes), path);
  const metadata = metadataOf(header, path);
  const blocks = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => parseEntry(name, entry, values, path))
    .sort((a, b) => a.begin - b.begin || a.bytes.length - b.bytes.length);
  let end = 0;
  for (const { name, begin, bytes } of blocks) {
    if (begin !== end) {
      throw damaged(path, `${name} ${begin < end ? 'overlaps the tensor before it' : 'leaves a gap before it'}`);
    }
    end = begin + bytes.length;
  }
  if (end !== values.length) {
    throw damaged(path, `it has ${values.length} bytes of values where its header says ${end}`);
  }
  return { blocks, metadata };
}

function parseHeader(bytes: Buffer, path: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw damaged(path, 'its header is not JSON', error);
  }
  if (!isRecord(header)) throw damaged(path, 'its header is not a JSON object');
  return header;
}

function parseEntry(name: string, entry: unknown, values: Buffer, path: string): Block {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (typeof dtype !== 'string' || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw damaged(path, `${name} lacks its type, shape or offsets`);
  }
  const [begin, end] = offsets as [number, number];
  const perValue = valueBytes[dtype];
  if (perValue === undefined) {
    throw new InputError(`${name} is of type ${dtype}`, {
      where: path,
      remedy: `attn reads ${Object.keys(valueBytes).join(', ')}: save it as float32`,
    });
  }
  if (end > values.length) {
    throw damaged(
      path,
      `it is truncated: ${name} ends at byte ${end} of the values, of which there are ${values.length}`,
    );
  }
  if (end - begin !== sizeOf(shape) * perValue) {
    throw damaged(path, `${name} has ${end - begin} bytes for ${dtype} values of shape [${shape.join(', ')}]`);
  }
  return { name, dtype, shape, begin, bytes: values.subarray(begin, end) };
}

function decode(dtype: string, bytes: Uint8Array, where: string): Float32Array | Int32Array {
  const size = valueBytes[dtype] as number;
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const length = bytes.length / size;
  if (dtype === 'F32') return new Float32Array(buffer, byteOffset, length);
  if (dtype === 'I32') return new Int32Array(buffer, byteOffset, length);
  if (dtype === 'F16' || dtype === 'BF16') return fromHalf(new Uint16Array(buffer, byteOffset, length), dtype);
  return Int32Array.from(new BigInt64Array(buffer, byteOffset, length), (value) => {
    if (BigInt.asIntN(32, value) !== value) throw new InputError(`${value} is beyond 32 bits`, { where });
    return Number(value);
  });
}

/** SHA-256 of what a file says, in whatever order its tensors and metadata stand. */
function checksum(blocks: readonly Block[], metadata: Metadata): string {
  const hash = contentHash(blocks, metadata);
  for (const { bytes } of sorted(blocks)) hash.update(bytes);
  return hash.digest('hex');
}

/** The beginning of the checksum: all but the values, which follow in the order of `sorted`. */
function contentHash(blocks: readonly Block[], metadata: Metadata): Hash {
  const names = Object.keys(metadata).filter((name) => name !== CHECKSUM);
  const texts = names.sort().map((name) => [name, metadata[name]]);
  const shapes = sorted(blocks).map(({ name, dtype, shape }) => [name, dtype, shape]);
  return createHash('sha256').update(JSON.stringify([texts, shapes]));
}

function sorted(blocks: readonly Block[]): readonly Block[] {
  return blocks.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function damaged(path: string, problem: string, cause?: unknown): InputError {
  return new InputError(`not a complete safetensors file: ${problem}`, {
    where: path,
    remedy: 'use another copy of the file, or train again',
    cause,
  });
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
