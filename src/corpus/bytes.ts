import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InputError, systemCode } from '../support/errors.ts';
import { readFailure, reading } from '../support/file-failures.ts';
import { sha256OfFile } from '../support/sha256.ts';

/**
 * How much is read at a time: about a thousand pairs. Larger chunks are no faster, and the garbage of a chunk piles up
 * before it is collected: with a megabyte, preparing 10 million pairs took a third more memory than 350 thousand.
 */
const CHUNK_BYTES = 1 << 16;

/** How a file is opened and named. */
export interface InputOptions {
  /** What `-` reads; by default the process's standard input. */
  readonly stdin?: Readable;
  /** What messages call the file; by default its path, or `standard input` for `-`. */
  readonly name?: string;
}

/** What messages call an input. */
export function nameOf(path: string, options: InputOptions = {}): string {
  return options.name ?? (path === '-' ? 'standard input' : path);
}

/**
 * The bytes of a file, or of standard input for `-`; gzip, recognised by its first bytes and not by its name, is
 * unpacked.
 * @throws InputError for a missing file, a folder, truncated or damaged gzip, and files that are not text
 */
export async function* readBytes(path: string, options: InputOptions = {}): AsyncGenerator<Buffer> {
  const name = nameOf(path, options);
  const stored = openStored(path, options);
  let first = true;
  try {
    for await (const chunk of gunzipped(stored)) {
      if (first) refuseBinary(name, chunk);
      first = false;
      yield chunk;
    }
  } catch (error) {
    throw inputFailure(name, error);
  } finally {
    // a reader that stops early, or rejects what it reads, leaves no file open
    stored.destroy();
    if (path !== '-' && !stored.closed) await once(stored, 'close').catch(() => {});
  }
}

/** The stored bytes, without unpacking. */
export function openStored(path: string, options: InputOptions = {}): Readable {
  return path === '-' ? (options.stdin ?? process.stdin) : createReadStream(path, { highWaterMark: CHUNK_BYTES });
}

/** The SHA-256 of a corpus file as stored, in hex. @throws InputError if it cannot be read */
export function checksumOf(path: string): string {
  return reading(path, () => sha256OfFile(path));
}

async function* gunzipped(stored: Readable): AsyncGenerator<Buffer> {
  const chunks = buffers(stored);
  let head: Buffer = Buffer.alloc(0);
  // only as long as needed to tell: a line typed into a pipe must be answered at once
  while (head.length === 0 || (head.length < 2 && head[0] === 0x1f)) {
    const next = await chunks.next();
    if (next.done) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const whole = (async function* () {
    if (head.length > 0) yield head;
    yield* chunks;
  })();
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* whole;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // A failure of the source reaches the reader of `gunzip`, so the promise has nothing to add.
  pipeline(whole, gunzip).catch(() => {});
  yield* gunzip;
}

async function* buffers(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
}

/** What the first bytes reveal about files that are not UTF-8 text. */
const signatures: readonly { readonly bytes: readonly number[]; readonly what: string; readonly remedy: string }[] = [
  { bytes: [0x50, 0x4b, 3, 4], what: 'a zip archive', remedy: 'unzip it, or let `attn data fetch URL` do it' },
  { bytes: [0xff, 0xfe], what: 'UTF-16 text', remedy: 'convert it: iconv -f UTF-16 -t UTF-8 FILE' },
  { bytes: [0xfe, 0xff], what: 'UTF-16 text', remedy: 'convert it: iconv -f UTF-16 -t UTF-8 FILE' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'xz data', remedy: 'unpack it, or pipe it: xzcat FILE | attn ... -' },
  { bytes: [0x42, 0x5a, 0x68], what: 'bzip2 data', remedy: 'unpack it, or pipe it: bzcat FILE | attn ... -' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'zstd data', remedy: 'unpack it, or pipe it: zstdcat FILE | attn ... -' },
];

function refuseBinary(name: string, chunk: Buffer): void {
  const known = signatures.find(({ bytes }) => bytes.every((byte, i) => chunk[i] === byte));
  if (known) throw new InputError(`is ${known.what}, not UTF-8 text`, { where: name, remedy: known.remedy });
  const zero = chunk.indexOf(0);
  if (zero < 0) return;
  const { controls, even, odd } = countControls(chunk);
  if (chunk.length > 8 && Math.max(even, odd) > chunk.length / 5 && Math.min(even, odd) < chunk.length / 50) {
    throw new InputError('is UTF-16 text without a byte order mark, not UTF-8 text', {
      where: name,
      remedy: `convert it: iconv -f UTF-16${odd > even ? 'LE' : 'BE'} -t UTF-8 FILE`,
    });
  }
  // one or two stray bytes only affect their lines
  if (controls <= Math.max(chunk.length / 20, Math.min(8, chunk.length / 2))) return;
  throw new InputError(`is a binary file (a zero byte at offset ${zero})`, {
    where: name,
    remedy: 'give UTF-8 text, plain or gzip',
  });
}

/** How many bytes are not text, and how many are 0 at even and at odd positions. */
function countControls(chunk: Buffer): { controls: number; even: number; odd: number } {
  let controls = 0;
  const zeros = [0, 0];
  for (const [i, byte] of chunk.entries()) {
    if (byte < 9 || (byte > 13 && byte < 32)) controls++;
    if (byte === 0) zeros[i % 2]!++;
  }
  return { controls, even: zeros[0]!, odd: zeros[1]! };
}

/** Like `readFailure`, with a description of damaged gzip data. */
export function inputFailure(where: string, error: unknown): unknown {
  const problem = gzipProblems[systemCode(error) ?? ''];
  if (problem === undefined) return readFailure(where, error);
  return new InputError(problem, { where, remedy: 'copy or download it again', cause: error });
}

const gzipProblems: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'the gzip data ends too early: the file is truncated',
  Z_DATA_ERROR: 'the gzip data is damaged',
};
