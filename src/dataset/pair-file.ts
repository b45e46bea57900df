import { fstatSync, openSync } from 'node:fs';
import { crc32c } from '../support/crc32.ts';
import { InputError, systemCode } from '../support/errors.ts';
import { readFailure } from '../support/file-failures.ts';
import { closeQuietly, readFully } from '../support/files.ts';
import { LengthHistogram } from './lengths.ts';

/**
 * The binary form of one split, two files (docs/formats.md): `NAME.pairs` has one record per pair; `NAME.index` tells
 * where each record starts and how long its sides are. Both start with a header of 16 bytes; all numbers are
 * little-endian.
 */
export const FORMAT_VERSION = 1;
export const HEADER_BYTES = 16;
/** Offset (6 bytes) and the two lengths (2 bytes each); one extra entry marks the end of the last record. */
export const ENTRY_BYTES = 10;
export const CHECKSUM_BYTES = 4;
/** The longest side, in ids, that fits in two bytes. */
export const LONGEST_SIDE = 65535;

/** Bytes per id: two, unless a vocabulary has more than 65,536 entries. */
export type IdBytes = 2 | 4;

/** The ids of a sentence and of its translation, without bos and eos. */
export interface EncodedPair {
  readonly source: Int32Array;
  readonly target: Int32Array;
  /**
   * Links between the words of the two sides, source, target, source, target...: for train, if prepared with
   * alignments.
   */
  readonly links?: ArrayLike<number>;
}

const marks = { pairs: 'attnpair', index: 'attnindx' } as const;

/** Whether a file starts like one of prepared data. */
export function isPairFile(path: string, kind: 'pairs' | 'index'): boolean {
  const mark = Buffer.alloc(8);
  try {
    const file = openSync(path, 'r');
    try {
      readFully(file, mark, 0);
    } finally {
      closeQuietly(file);
    }
  } catch {
    return false;
  }
  return mark.toString('latin1') === marks[kind];
}

/** A header: the kind of file, its version, its bytes per id. */
export function headerOf(kind: 'pairs' | 'index', idBytes: IdBytes): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(marks[kind], 'latin1');
  header.writeUInt32LE(FORMAT_VERSION, 8);
  header.writeUInt32LE(idBytes, 12);
  return header;
}

/**
 * The checksum of a record. It also covers the record's number and lengths, so that a damaged index is detected as
 * reliably as a damaged record.
 */
export function checksumOf(index: number, source: number, target: number, body: Uint8Array): number {
  scratch.setUint32(0, index, true);
  scratch.setUint16(4, source, true);
  scratch.setUint16(6, target, true);
  return crc32c(body, crc32c(scratchBytes));
}

const scratchBytes = new Uint8Array(8);
const scratch = new DataView(scratchBytes.buffer);

/** Reads single pairs by number; keeps nothing of the files in memory. */
export class PairFile {
  /** The number of pairs. */
  readonly size: number;
  readonly #path: string;
  readonly #idBytes: IdBytes;
  readonly #pairs: number;
  readonly #index: number;
  readonly #linked: boolean;
  readonly #pairsBytes: number;
  readonly #entry = Buffer.alloc(2 * ENTRY_BYTES);
  #record = Buffer.alloc(4096);

  /**
   * @param path without extension: `prepared/train`
   * @param linked whether records end with links instead of text
   * @throws InputError if a file is missing, or has another size or header
   */
  constructor(path: string, idBytes: IdBytes, size: number, pairsBytes: number, linked = false) {
    this.#path = path;
    this.#idBytes = idBytes;
    this.size = size;
    this.#pairsBytes = pairsBytes;
    this.#linked = linked;
    this.#pairs = openChecked(`${path}.pairs`, headerOf('pairs', idBytes), pairsBytes);
    try {
      this.#index = openChecked(`${path}.index`, headerOf('index', idBytes), indexBytes(size));
    } catch (error) {
      closeQuietly(this.#pairs);
      throw error;
    }
  }

  /** The number of ids on each side of a pair, without eos. */
  lengths(index: number): { readonly source: number; readonly target: number } {
    const { source, target } = this.#locate(index);
    return { source, target };
  }

  /** The ids of a pair. @throws InputError if the record is damaged */
  pair(index: number): EncodedPair {
    const { source, target, body } = this.#read(index);
    return {
      source: this.#ids(body, 0, source),
      target: this.#ids(body, source * this.#idBytes, target),
      ...(this.#linked && { links: readLinks(body.subarray((source + target) * this.#idBytes)) }),
    };
  }

  /** The sentences of a pair as they are in the corpus; undefined if the split was written without them. */
  text(index: number): { readonly source: string; readonly target: string } | undefined {
    if (this.#linked) return undefined;
    const { source, target, body } = this.#read(index);
    const text = body.toString('utf8', (source + target) * this.#idBytes);
    const tab = text.indexOf('\t');
    return tab < 0 ? undefined : { source: text.slice(0, tab), target: text.slice(tab + 1) };
  }

  /** The number of pairs of each two lengths, eos included: one pass over the index. */
  histogram(): LengthHistogram {
    const histogram = new LengthHistogram();
    const block = Buffer.alloc(ENTRY_BYTES * 8192);
    for (let first = 0; first < this.size; first += 8192) {
      const count = Math.min(8192, this.size - first);
      this.#fill(this.#index, block, count * ENTRY_BYTES, HEADER_BYTES + first * ENTRY_BYTES);
      for (let at = 0; at < count * ENTRY_BYTES; at += ENTRY_BYTES) {
        histogram.add(block.readUInt16LE(at + 6) + 1, block.readUInt16LE(at + 8) + 1);
      }
    }
    return histogram;
  }

  close(): void {
    closeQuietly(this.#pairs);
    closeQuietly(this.#index);
  }

  #locate(index: number): { offset: number; bytes: number; source: number; target: number } {
    if (!(index >= 0 && index < this.size)) throw new RangeError(`pair ${index} of ${this.size}`);
    this.#fill(this.#index, this.#entry, 2 * ENTRY_BYTES, HEADER_BYTES + index * ENTRY_BYTES);
    const offset = this.#entry.readUIntLE(0, 6);
    const source = this.#entry.readUInt16LE(6);
    const target = this.#entry.readUInt16LE(8);
    const bytes = this.#entry.readUIntLE(ENTRY_BYTES, 6) - offset;
    const least = (source + target) * this.#idBytes + CHECKSUM_BYTES;
    if (offset < HEADER_BYTES || bytes < least || offset + bytes > this.#pairsBytes) {
      throw damaged(`${this.#path}.index`, `entry ${index}`);
    }
    return { offset, bytes, source, target };
  }

  /** A record without its checksum: a view that is valid until the next read. */
  #read(index: number): { body: Buffer; source: number; target: number } {
    const { offset, bytes, source, target } = this.#locate(index);
    if (bytes > this.#record.length) this.#record = Buffer.alloc(bytes);
    this.#fill(this.#pairs, this.#record, bytes, offset);
    const body = this.#record.subarray(0, bytes - CHECKSUM_BYTES);
    if (this.#record.readUInt32LE(body.length) !== checksumOf(index, source, target, body)) {
      throw damaged(`${this.#path}.pairs`, `pair ${index}`);
    }
    return { body, source, target };
  }

  #ids(body: Buffer, at: number, count: number): Int32Array {
    const ids = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      ids[i] = this.#idBytes === 2 ? body.readUInt16LE(at + 2 * i) : body.readInt32LE(at + 4 * i);
    }
    return ids;
  }

  #fill(descriptor: number, buffer: Buffer, bytes: number, position: number): void {
    if (readFully(descriptor, buffer.subarray(0, bytes), position) < bytes) {
      throw damaged(this.#path, 'a file became shorter while it was read');
    }
  }
}

/** Two bytes for each number. */
function readLinks(bytes: Buffer): Uint16Array {
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readUInt16LE(2 * i));
}

/** The size of the index for this many pairs. */
export function indexBytes(size: number): number {
  return HEADER_BYTES + (size + 1) * ENTRY_BYTES;
}

/** The error for prepared data that has changed since it was written. */
export function damaged(where: string, what: string): InputError {
  return new InputError(`the prepared data is damaged (${what})`, { where, remedy: 'write it again: attn prepare' });
}

/**
 * Reads something from a file of prepared data. @throws InputError from `damaged` if it is missing, otherwise like
 * `reading`
 */
export function readingPrepared<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw systemCode(error) === 'ENOENT' ? damaged(path, 'the file is missing') : readFailure(path, error);
  }
}

function openChecked(path: string, header: Buffer, bytes: number): number {
  const descriptor = readingPrepared(path, () => openSync(path, 'r'));
  try {
    const size = fstatSync(descriptor).size;
    if (size !== bytes) throw damaged(path, `${size} bytes instead of ${bytes}`);
    const found = Buffer.alloc(HEADER_BYTES);
    readFully(descriptor, found, 0);
    if (!found.equals(header)) throw damaged(path, 'another header');
    return descriptor;
  } catch (error) {
    closeQuietly(descriptor);
    throw error;
  }
}
