import { createHash } from 'node:crypto';
import type { SplitName } from '../corpus/splits.ts';
import type { AtomicFile } from '../support/files.ts';
import { CHECKSUM_BYTES, checksumOf, ENTRY_BYTES, HEADER_BYTES, headerOf, type IdBytes } from './pair-file.ts';

/** Size and SHA-256 (hex) of a written file. */
export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes the two files of a split, pair by pair, in constant memory. The caller commits or aborts them. */
export class PairWriter {
  readonly #idBytes: IdBytes;
  readonly #pairs: HashedFile;
  readonly #index: HashedFile;
  #size = 0;

  /** @param open starts the files `NAME.pairs` and `NAME.index` */
  constructor(open: (name: string) => AtomicFile, name: SplitName, idBytes: IdBytes) {
    this.#idBytes = idBytes;
    this.#pairs = new HashedFile(open(`${name}.pairs`));
    this.#index = new HashedFile(open(`${name}.index`));
    headerOf('pairs', idBytes).copy(this.#pairs.reserve(HEADER_BYTES));
    headerOf('index', idBytes).copy(this.#index.reserve(HEADER_BYTES));
  }

  /** Appends a pair: its ids without bos and eos, and its sentences or the links of its words if they are to be kept. */
  append(
    source: ArrayLike<number>,
    target: ArrayLike<number>,
    more?: { readonly source: string; readonly target: string } | readonly number[],
  ): void {
    const rest = more === undefined ? undefined : bytesOf(more);
    const idsBytes = (source.length + target.length) * this.#idBytes;
    this.#entry(source.length, target.length);
    const record = this.#pairs.reserve(idsBytes + (rest?.length ?? 0) + CHECKSUM_BYTES);
    let at = this.#ids(record, 0, source);
    at = this.#ids(record, at, target);
    rest?.copy(record, at);
    const body = record.subarray(0, record.length - CHECKSUM_BYTES);
    record.writeUInt32LE(checksumOf(this.#size, source.length, target.length, body), body.length);
    this.#size++;
  }

  /** Flushes the buffers and closes the index. Nothing may be appended afterwards. */
  finish(): { readonly size: number; readonly pairs: WrittenFile; readonly index: WrittenFile } {
    this.#entry(0, 0);
    return { size: this.#size, pairs: this.#pairs.finish(), index: this.#index.finish() };
  }

  #entry(source: number, target: number): void {
    const offset = this.#pairs.bytes;
    const entry = this.#index.reserve(ENTRY_BYTES);
    entry.writeUIntLE(offset, 0, 6);
    entry.writeUInt16LE(source, 6);
    entry.writeUInt16LE(target, 8);
  }

  #ids(record: Buffer, start: number, ids: ArrayLike<number>): number {
    let at = start;
    for (let i = 0; i < ids.length; i++) at = record.writeUIntLE(ids[i] as number, at, this.#idBytes);
    return at;
  }
}

function bytesOf(more: { readonly source: string; readonly target: string } | readonly number[]): Buffer {
  if ('source' in more) return Buffer.from(`${more.source}\t${more.target}`, 'utf8');
  const bytes = Buffer.alloc(2 * more.length);
  more.forEach((number, i) => {
    bytes.writeUInt16LE(number, 2 * i);
  });
  return bytes;
}

const BUFFER_BYTES = 1 << 20;

/** A file under construction that tracks its size and hash. */
class HashedFile {
  readonly #file: AtomicFile;
  readonly #hash = createHash('sha256');
  #buffer = Buffer.alloc(BUFFER_BYTES);
  #used = 0;
  #flushed = 0;

  constructor(file: AtomicFile) {
    this.#file = file;
  }

  /** The bytes so far. */
  get bytes(): number {
    return this.#flushed + this.#used;
  }

  /** The next `count` bytes, to be filled in before the next call. */
  reserve(count: number): Buffer {
    if (this.#used + count > this.#buffer.length) this.#flush();
    if (count > this.#buffer.length) this.#buffer = Buffer.alloc(count);
    this.#used += count;
    return this.#buffer.subarray(this.#used - count, this.#used);
  }

  finish(): WrittenFile {
    this.#flush();
    return { bytes: this.#flushed, sha256: this.#hash.digest('hex') };
  }

  #flush(): void {
    const bytes = this.#buffer.subarray(0, this.#used);
    this.#file.write(bytes);
    this.#hash.update(bytes);
    this.#flushed += this.#used;
    this.#used = 0;
  }
}
