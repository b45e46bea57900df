import { NOT_UTF8 } from '../support/encoding.ts';
import { InputError } from '../support/errors.ts';
import { type InputOptions, nameOf } from './bytes.ts';
import { readLines } from './lines.ts';
import { type LocatedPair, type MalformedLine, problemOf } from './tsv.ts';

/** One of the two files: one sentence per line. */
export interface SentenceFile extends InputOptions {
  readonly path: string;
}

/**
 * The pairs of two files whose lines belong together, about a thousand at a time. A tab inside a sentence becomes a
 * space, because the prepared form is `source<TAB>target`. Lines are counted in the source file.
 * @throws InputError if one file has more lines than the other, and like `readLines`
 */
export async function* readPairedFiles(
  source: SentenceFile,
  target: SentenceFile,
  onMalformed: (problem: MalformedLine) => void,
): AsyncGenerator<readonly LocatedPair[]> {
  const sourceLines = new LineQueue(source);
  const targetLines = new LineQueue(target);
  const file = nameOf(source.path, source);
  let line = 0;
  try {
    while ((await sourceLines.fill()) && (await targetLines.fill())) {
      const pairs: LocatedPair[] = [];
      for (let count = Math.min(sourceLines.waiting, targetLines.waiting); count > 0; count--) {
        line++;
        const from = sourceLines.next();
        const to = targetLines.next();
        const reason = from === null || to === null ? NOT_UTF8 : problemOf(`${from}${to}`, from, to, 2);
        if (reason === undefined) pairs.push({ source: withoutTabs(from!), target: withoutTabs(to!), line, file });
        else onMalformed({ file, line, reason });
      }
      yield pairs;
    }
    const counts = [await sourceLines.countToEnd(), await targetLines.countToEnd()];
    if (counts[0] !== counts[1]) {
      throw new InputError(`${counts[0]} lines, but ${nameOf(target.path, target)} has ${counts[1]}`, {
        where: file,
        remedy: 'line n of one file must be the translation of line n of the other',
      });
    }
  } finally {
    await sourceLines.close();
    await targetLines.close();
  }
}

function withoutTabs(sentence: string): string {
  return sentence.includes('\t') ? sentence.replaceAll('\t', ' ') : sentence;
}

/** The lines of a file, taken one at a time from the batches they arrive in. */
class LineQueue {
  readonly #batches;
  #lines: readonly (string | null)[] = [];
  #at = 0;
  #taken = 0;

  constructor(file: SentenceFile) {
    this.#batches = readLines(file.path, file);
  }

  get waiting(): number {
    return this.#lines.length - this.#at;
  }

  /** Makes sure that a line is available; false at the end of the file. */
  async fill(): Promise<boolean> {
    while (this.waiting === 0) {
      const next = await this.#batches.next();
      if (next.done) return false;
      this.#lines = next.value.lines;
      this.#at = 0;
    }
    return true;
  }

  next(): string | null {
    this.#taken++;
    return this.#lines[this.#at++] ?? null;
  }

  async countToEnd(): Promise<number> {
    while (await this.fill()) {
      this.#taken += this.waiting;
      this.#at = this.#lines.length;
    }
    return this.#taken;
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }
}
