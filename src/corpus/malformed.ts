import { convertRemedy, NOT_UTF8 } from '../support/encoding.ts';
import { InputError } from '../support/errors.ts';
import type { MalformedLine } from './tsv.ts';

/** How many malformed lines are shown with their reasons; the rest are only counted. */
const SHOWN = 5;

/** Counts malformed lines, keeps the first ones to show, and rejects a file with too many of them. */
export class MalformedLines {
  readonly maximumShare: number;
  readonly first: MalformedLine[] = [];
  #count = 0;

  /** @param maximumShare the share of all lines that may be malformed, in [0, 1] */
  constructor(maximumShare: number) {
    this.maximumShare = maximumShare;
  }

  get count(): number {
    return this.#count;
  }

  readonly add = (problem: MalformedLine): void => {
    if (this.#count++ < SHOWN) this.first.push(problem);
  };

  /**
   * Call this when everything is read.
   * @throws InputError if the file `name` contains no pairs, or more malformed lines than allowed
   */
  check(name: string, pairs: number): void {
    const lines = pairs + this.#count;
    if (lines === 0) throw new InputError('is empty', { where: name, remedy: 'a corpus has one pair per line' });
    if (pairs > 0 && this.#count <= this.maximumShare * lines) return;
    const allowed = `--max-malformed ${this.maximumShare}`;
    const file = this.first.find(({ reason }) => reason === NOT_UTF8)?.file;
    throw new InputError(
      `${this.describe(lines)}\n  ${pairs === 0 ? 'no pair was found' : `more than ${allowed} allows`}`,
      {
        where: name,
        remedy:
          file === undefined
            ? 'check --columns, fix the lines, or allow more with --max-malformed'
            : convertRemedy(file),
      },
    );
  }

  /** The count and the first cases, one per line. */
  describe(lines: number): string {
    const share = ((100 * this.#count) / lines).toPrecision(2);
    const cases = this.first.map(({ file, line, reason }) => `  ${file}:${line}: ${reason}`);
    if (this.#count > this.first.length) cases.push(`  and ${this.#count - this.first.length} more`);
    const head = `${this.#count} of ${lines} lines ${this.#count === 1 ? 'is' : 'are'} malformed (${Number(share)} %)`;
    return [head, ...cases].join('\n');
  }
}
