import type { SplitName } from '../corpus/splits.ts';
import type { Pair } from '../corpus/tsv.ts';
import { UNKNOWN } from '../vocabulary/vocabulary.ts';
import type { EncodedPairs } from './encode.ts';
import type { SplitManifest } from './manifest.ts';
import type { PairWriter } from './pair-writer.ts';

type Counts = Pick<SplitManifest, 'tooLong' | 'empty' | 'truncated' | 'tokens' | 'unknown' | 'longest'>;

/**
 * Decides which pairs of a split are written, and counts them. A train pair with a side that is too long or empty
 * teaches nothing useful and is left out. Dev and test keep every pair and its text, so that scores cover all their
 * sentences. A side of dev that is too long is cut for the loss; test has no loss, so its ids are only counted.
 */
export class PrepareCounts {
  /** The number of pairs seen. */
  seen = 0;
  readonly #split: SplitName;
  readonly #maxLength: number;
  #tooLong = 0;
  #empty = 0;
  #truncated = 0;
  readonly #tokens = { source: 0, target: 0 };
  readonly #unknown = { source: 0, target: 0 };
  readonly #longest = { source: 0, target: 0 };

  constructor(name: SplitName, maxLength: number) {
    this.#split = name;
    this.#maxLength = maxLength;
  }

  /** Writes the pairs that are kept. */
  write(pairs: readonly Pair[], { ids, lengths }: EncodedPairs, writer: PairWriter): void {
    let end = 0;
    const next = (side: number): Int32Array => {
      end += lengths[side]!;
      return ids.subarray(end - lengths[side]!, end);
    };
    for (const [i, pair] of pairs.entries()) {
      const source = next(2 * i);
      const target = next(2 * i + 1);
      this.seen++;
      if (this.#split === 'test') {
        this.#count('source', source);
        this.#count('target', target);
        writer.append([], [], pair);
      } else if (this.#split === 'dev') {
        writer.append(this.#count('source', this.#cut(source)), this.#count('target', this.#cut(target)), pair);
      } else if (source.length === 0 || target.length === 0) {
        this.#empty++;
      } else if (Math.max(source.length, target.length) > this.#maxLength) {
        this.#tooLong++;
      } else {
        writer.append(this.#count('source', source), this.#count('target', target));
      }
    }
  }

  counts(): Counts {
    return {
      tooLong: this.#tooLong,
      empty: this.#empty,
      truncated: this.#truncated,
      tokens: { ...this.#tokens },
      unknown: { ...this.#unknown },
      longest: { ...this.#longest },
    };
  }

  #cut(ids: Int32Array): Int32Array {
    if (ids.length <= this.#maxLength) return ids;
    this.#truncated++;
    return ids.subarray(0, this.#maxLength);
  }

  #count(side: 'source' | 'target', ids: Int32Array): Int32Array {
    this.#tokens[side] += ids.length + 1;
    this.#longest[side] = Math.max(this.#longest[side], ids.length + 1);
    for (const id of ids) if (id === UNKNOWN) this.#unknown[side]++;
    return ids;
  }
}
