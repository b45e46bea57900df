import { SentenceIndex } from './sentence-index.ts';

/** The components of a corpus: which pairs are connected through shared sentences. */
export interface Components {
  /** The component number of each pair, in the order pairs were added (components are numbered by first appearance). */
  readonly ofPair: Int32Array;
  /** The number of pairs in each component. */
  readonly sizes: Int32Array;
}

/**
 * The graph in which two pairs are neighbours when they share a sentence on the same side. It stores hashes and
 * numbers, not texts: splitting 10 million pairs takes 1.3 GB.
 */
export class SentenceGraph {
  #pairs = 0;
  readonly #sources = new SentenceIndex();
  readonly #targets = new SentenceIndex();
  #firstWithSource = new Int32Array(0x10000);
  #firstWithTarget = new Int32Array(0x10000);

  /** Adds a pair. Two sides count as the same sentence exactly when their texts are equal. */
  add(source: string, target: string): void {
    if (this.#pairs === this.#firstWithSource.length) {
      this.#firstWithSource = grown(this.#firstWithSource);
      this.#firstWithTarget = grown(this.#firstWithTarget);
    }
    this.#firstWithSource[this.#pairs] = this.#sources.firstValue(source, this.#pairs);
    this.#firstWithTarget[this.#pairs] = this.#targets.firstValue(target, this.#pairs);
    this.#pairs++;
  }

  get pairs(): number {
    return this.#pairs;
  }

  get uniqueSources(): number {
    return this.#sources.size;
  }

  get uniqueTargets(): number {
    return this.#targets.size;
  }

  /** For each pair, the first pair with the same sentence on that side: the sentence's number. */
  sentences(side: 'source' | 'target'): Int32Array {
    return (side === 'source' ? this.#firstWithSource : this.#firstWithTarget).subarray(0, this.#pairs);
  }

  /** Union-find over the pairs, by path halving; a component's root is its first pair. */
  components(): Components {
    const parent = new Int32Array(this.#pairs);
    const find = (pair: number): number => {
      let at = pair;
      while (parent[at] !== at) {
        const grandparent = parent[parent[at]!]!;
        parent[at] = grandparent;
        at = grandparent;
      }
      return at;
    };
    for (let pair = 0; pair < this.#pairs; pair++) {
      parent[pair] = pair;
      const a = find(this.#firstWithSource[pair]!);
      const b = find(this.#firstWithTarget[pair]!);
      const root = Math.min(a, b, pair);
      parent[a] = root;
      parent[b] = root;
      parent[pair] = root;
    }
    const ofPair = new Int32Array(this.#pairs);
    let count = 0;
    for (let pair = 0; pair < this.#pairs; pair++) {
      const root = find(pair);
      ofPair[pair] = root === pair ? count++ : ofPair[root]!;
    }
    const sizes = new Int32Array(count);
    for (const component of ofPair) sizes[component] = sizes[component]! + 1;
    return { ofPair, sizes };
  }
}

/** How many pairs of a split have a sentence, on either side, that is also in another split. */
export interface Overlap {
  readonly source: number;
  readonly target: number;
}

/**
 * How many pairs of split `of` share their source, and how many their target, with split `within`.
 * @param splitOfPair the split number of each pair of the graph
 */
export function countOverlap(graph: SentenceGraph, splitOfPair: Uint8Array, of: number, within: number): Overlap {
  const count = (side: 'source' | 'target'): number => {
    const sentences = graph.sentences(side);
    const inOther = new Uint8Array(graph.pairs);
    for (let pair = 0; pair < graph.pairs; pair++) if (splitOfPair[pair] === within) inOther[sentences[pair]!] = 1;
    let shared = 0;
    for (let pair = 0; pair < graph.pairs; pair++) {
      if (splitOfPair[pair] === of) shared += inOther[sentences[pair]!]!;
    }
    return shared;
  };
  return { source: count('source'), target: count('target') };
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
