import { InputError } from '../support/errors.ts';
import type { HostTensor } from '../tensor/session.ts';
import { fromHalf } from './half-precision.ts';

/** Tensors by name, like a PyTorch state dict. */
export type NamedTensors = Readonly<Record<string, HostTensor>>;

/** Text entries of a file besides its tensors. */
export type Metadata = Readonly<Record<string, string>>;

/** The reference implementation's limit for a header. */
export const LARGEST_HEADER_BYTES = 100_000_000;

/** A tensor as stored in a file. */
export interface Block {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The start of its bytes, counted from the end of the header. */
  readonly begin: number;
  readonly bytes: Uint8Array;
}

/** Bytes per value of the supported types. */
const valueBytes: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2, I32: 4, I64: 8 };

/**
 * The tensors of a safetensors file: float32 and int32 values are views of its bytes, float16 and bfloat16 ones become
 * float32, int64 ones int32.
 * @param path names the file in messages
 * @throws InputError for int64 values beyond 32 bits
 */
export function tensorsOf(blocks: readonly Block[], path: string): NamedTensors {
  const tensors = blocks.map(({ name, dtype, shape, bytes }) => [
    name,
    { shape, data: decode(dtype, bytes, `${path}: ${name}`) },
  ]);
  return Object.fromEntries(tensors);
}

/** The text entries of a header. @throws InputError if they are invalid */
export function metadataOf(header: Record<string, unknown>, path: string): Metadata {
  const metadata = header.__metadata__ ?? {};
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw damaged(path, 'its metadata is not a map of strings');
  }
  return metadata as Metadata;
}

/** Checks the header against the file: every byte belongs to exactly one tensor, of the size its shape requires. */
export function parseSafetensors(
  file: Uint8Array,
  path: string,
): { readonly blocks: readonly Block[]; readonly metadata: Metadata } {
  if (file.length < 8) throw damaged(path, `it has ${file.length} bytes: not a safetensors file, or truncated`);
  const headerBytes = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
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

/** A header as JSON. @throws InputError if it is not */
export function parseHeader(bytes: Uint8Array, path: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw damaged(path, 'its header is not JSON', error);
  }
  if (!isRecord(header)) throw damaged(path, 'its header is not a JSON object');
  return header;
}

function parseEntry(name: string, entry: unknown, values: Uint8Array, path: string): Block {
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

/** The error for a file that has changed since it was written. */
export function damaged(path: string, problem: string, cause?: unknown): InputError {
  return new InputError(`not a complete safetensors file: ${problem}`, {
    where: path,
    remedy: 'use another copy of the file, or train again',
    cause,
  });
}

/** The number of values in a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
