import type { SplitName } from '../corpus/splits.ts';
import type { Pair } from '../corpus/tsv.ts';
import { splitWords } from '../corpus/whitespace.ts';
import { UNKNOWN } from '../vocabulary/vocabulary.ts';
import type { Links } from './alignment-reader.ts';
import type { EncodedPairs } from './encode.ts';
import { type WordStarts, wordEdges } from './guide.ts';
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
  readonly #starts: WordStarts | undefined;
  #linked = 0;
  #unmatched = 0;

  /** @param starts for a split with links */
  constructor(name: SplitName, maxLength: number, starts?: WordStarts) {
    this.#starts = starts;
    this.#split = name;
    this.#maxLength = maxLength;
  }

  /** Writes the pairs that are kept. @param links of each pair, in a split that has them */
  write(pairs: readonly Pair[], { ids, lengths }: EncodedPairs, writer: PairWriter, links?: readonly Links[]): void {
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
        const kept = links && this.#keptLinks(links[i] ?? [], pair, source, target);
        writer.append(this.#count('source', source), this.#count('target', target), kept);
      }
    }
  }

  /** How many pairs have links, and how many lost them. */
  get links(): { readonly linked: number; readonly unmatched: number } {
    return { linked: this.#linked, unmatched: this.#unmatched };
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

  /** The links of a pair, empty if its ids form other words than its text. */
  #keptLinks(links: Links, pair: Pair, source: Int32Array, target: Int32Array): Links {
    if (links.length === 0 || this.#starts === undefined) return [];
    const same = (text: string, ids: Int32Array, starts: Uint8Array) =>
      wordEdges(ids, starts).length - 1 === splitWords(text).length;
    if (same(pair.source, source, this.#starts.source) && same(pair.target, target, this.#starts.target)) {
      this.#linked++;
      return links;
    }
    this.#unmatched++;
    return [];
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
