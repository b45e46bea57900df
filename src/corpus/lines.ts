import { InputError } from '../support/errors.ts';
import { type InputOptions, nameOf, readBytes } from './bytes.ts';

/** Consecutive lines of a file without their line ends; `null` for a line that is not valid UTF-8. */
export interface LineBatch {
  /** The 1-based number of `lines[0]`. */
  readonly firstLine: number;
  readonly lines: readonly (string | null)[];
}

/** A line longer than this is not a sentence: the file is not what it seemed. */
const LONGEST_LINE_BYTES = 1 << 20;
const LINE_FEED = 10;

/**
 * The lines of a UTF-8 file (plain, gzip, or `-` for standard input), in batches of about 64 kilobytes. LF and CRLF end
 * a line, a byte order mark is dropped, the last line needs no line end.
 * @throws InputError like `readBytes`, and for a line of more than a megabyte
 */
export async function* readLines(path: string, options?: InputOptions): AsyncGenerator<LineBatch> {
  let rest: Buffer = Buffer.alloc(0);
  let firstLine = 1;
  for await (const chunk of readBytes(path, options)) {
    const end = chunk.lastIndexOf(LINE_FEED);
    if (end < 0) {
      rest = Buffer.concat([rest, chunk]);
    } else {
      const lines = decodeLines(joined(rest, chunk.subarray(0, end)), firstLine === 1);
      yield { firstLine, lines };
      firstLine += lines.length;
      rest = chunk.subarray(end + 1);
    }
    if (rest.length > LONGEST_LINE_BYTES) {
      throw new InputError('a line of more than a megabyte', {
        where: `${nameOf(path, options)}:${firstLine}`,
        remedy: 'a corpus has one pair of sentences per line',
      });
    }
  }
  if (rest.length > 0) yield { firstLine, lines: decodeLines(rest, firstLine === 1) };
}

function joined(rest: Buffer, chunk: Buffer): Buffer {
  return rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
}

// By default a decoder drops a byte order mark at every call; only the one at the start of the file may go.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

function decodeLines(bytes: Buffer, fileStart: boolean): (string | null)[] {
  const body = fileStart && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  const text = decode(body);
  const lines = text === null ? splitBytes(body).map(decode) : text.split('\n');
  if (text?.includes('\r') === false) return lines;
  return lines.map((line) => (line?.endsWith('\r') ? line.slice(0, -1) : line));
}

function splitBytes(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; ; ) {
    const end = bytes.indexOf(LINE_FEED, start);
    parts.push(bytes.subarray(start, end < 0 ? bytes.length : end));
    if (end < 0) return parts;
    start = end + 1;
  }
}
