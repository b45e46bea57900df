import { parseAlignment } from '../corpus/alignment.ts';
import { type LineBatch, readLines } from '../corpus/lines.ts';
import type { Pair } from '../corpus/tsv.ts';
import { splitWords } from '../corpus/whitespace.ts';
import { convertRemedy, NOT_UTF8 } from '../support/encoding.ts';
import { InputError } from '../support/errors.ts';

/** Links of a pair's words: source, target, source, target... */
export type Links = readonly number[];

/** Reads a file of alignments (Pharaoh format, plain or gzip) beside the corpus that it aligns, line by line. */
export class AlignmentReader {
  readonly #path: string;
  readonly #corpus: string;
  readonly #batches: AsyncGenerator<LineBatch>;
  #lines: LineBatch['lines'] = [];
  #at = 0;
  #read = 0;

  constructor(path: string, corpus: string) {
    this.#path = path;
    this.#corpus = corpus;
    this.#batches = readLines(path);
  }

  /**
   * The links of the next pairs.
   * @throws InputError with file:line for a line that is missing or invalid, and for a word that does not exist
   */
  async next(pairs: readonly Pair[]): Promise<Links[]> {
    const links: Links[] = [];
    for (const pair of pairs) {
      const line = await this.#next();
      if (line === undefined) {
        throw new InputError(`ends after ${this.#read} lines, but ${this.#corpus} has more pairs`, {
          where: `${this.#path}:${this.#read + 1}`,
          remedy: LINE_FOR_LINE,
        });
      }
      links.push(linksOf(line, pair, `${this.#path}:${this.#read}`));
    }
    return links;
  }

  /** Checks that no lines are left. @throws InputError */
  async finish(): Promise<void> {
    const pairs = this.#read;
    if ((await this.#next()) === undefined) return;
    throw new InputError(`is longer than ${this.#corpus}, which has ${pairs} pairs`, {
      where: `${this.#path}:${this.#read}`,
      remedy: LINE_FOR_LINE,
    });
  }

  /** Closes the file, even if it was not read to its end. */
  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }

  async #next(): Promise<string | undefined> {
    while (this.#at === this.#lines.length) {
      const { value, done } = await this.#batches.next();
      if (done) return undefined;
      this.#lines = value.lines;
      this.#at = 0;
    }
    const line = this.#lines[this.#at++];
    this.#read++;
    if (line !== null) return line;
    throw new InputError(NOT_UTF8, { where: `${this.#path}:${this.#read}`, remedy: convertRemedy(this.#path) });
  }
}

const LINE_FOR_LINE =
  'give one line of links for each pair of the training corpus; a pair without links is an empty line';

function linksOf(line: string, pair: Pair, where: string): Links {
  const words = { source: splitWords(pair.source).length, target: splitWords(pair.target).length };
  return [...parseAlignment(line, where).possible].flatMap((link) => {
    const [source, target] = link.split('-').map(Number) as [number, number];
    if (source >= words.source || target >= words.target) {
      throw new InputError(
        `${link} links a word that does not exist: the pair has ${words.source} source and ${words.target} target words`,
        { where, remedy: 'count the words of the training corpus, separated by spaces, from 0' },
      );
    }
    return [source, target];
  });
}
