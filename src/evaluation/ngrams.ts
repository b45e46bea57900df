/** Numbers distinct words, consistently over all calls: n-grams are counted over numbers. */
export function numberWords(): (words: readonly string[]) => number[] {
  const numbers = new Map<string, number>();
  return (words) =>
    words.map((word) => {
      const known = numbers.get(word);
      if (known !== undefined) return known;
      numbers.set(word, numbers.size);
      return numbers.size - 1;
    });
}

/** The number of n-grams of order n in a sequence. */
export function ngramCount(length: number, order: number): number {
  return Math.max(0, length - order + 1);
}

/**
 * How many n-grams of `hypothesis` are in the references, for each order from 1 to `highest`. An n-gram counts at most
 * as often as in the reference that has it most often (BLEU's modified precision, Papineni et al. 2002).
 * @param hypothesis symbols: word numbers or code points, all at least 0
 * @returns matches[n - 1] for order n
 */
export function matchNgrams(
  hypothesis: readonly number[],
  references: readonly (readonly number[])[],
  highest: number,
): number[] {
  const trie = sharedTrie;
  trie.clear(hypothesis.length * highest);
  forEachNgram(hypothesis, highest, (parent, symbol) => {
    const node = trie.findOrAdd(parent, symbol);
    trie.wanted[node]!++;
    return node;
  });
  const matches = new Array<number>(highest).fill(0);
  for (const reference of references) {
    if (references.length > 1) trie.seen.fill(0, 0, trie.size);
    forEachNgram(reference, highest, (parent, symbol, order) => {
      const node = trie.find(parent, symbol);
      if (node < 0) return -1; // a longer n-gram that starts with this one is not in the hypothesis either
      // one more match if this reference now has it more often than any earlier one, and the hypothesis just as often
      if (++trie.seen[node]! > trie.best[node]!) {
        trie.best[node]!++;
        if (trie.best[node]! <= trie.wanted[node]!) matches[order - 1]!++;
      }
      return node;
    });
  }
  return matches;
}

/**
 * Walks down the trie from each position; `visit` gets the current node and the next symbol, and returns the next node,
 * or -1 to stop.
 */
function forEachNgram(
  symbols: readonly number[],
  highest: number,
  visit: (parent: number, symbol: number, order: number) => number,
): void {
  for (let start = 0; start < symbols.length; start++) {
    const end = Math.min(symbols.length, start + highest);
    for (let i = start, node = 0; i < end && node >= 0; i++) node = visit(node, symbols[i]!, i - start + 1);
  }
}

/**
 * The distinct n-grams of one hypothesis as a trie: node 0 is the empty n-gram, and any other node extends its parent's
 * n-gram by one symbol. Edges are in an open hash table, so that counting a corpus needs no string or object for each
 * n-gram.
 */
class NgramTrie {
  size = 1;
  /** Counts by node: in the hypothesis, in the current reference, and the maximum over references. */
  wanted = new Int32Array(0);
  seen = new Int32Array(0);
  best = new Int32Array(0);
  #parent = new Int32Array(0);
  #symbol = new Int32Array(0);
  #slotOf = new Int32Array(0);
  /** Slot to node; 0 is a free slot. The length is a power of two, at least twice the number of nodes. */
  #slots = new Int32Array(0);

  /** Empties the trie and makes room for this many n-grams. */
  clear(ngrams: number): void {
    if (ngrams + 1 > this.wanted.length) {
      const capacity = 2 ** Math.ceil(Math.log2(ngrams + 1));
      this.wanted = new Int32Array(capacity);
      this.seen = new Int32Array(capacity);
      this.best = new Int32Array(capacity);
      this.#parent = new Int32Array(capacity);
      this.#symbol = new Int32Array(capacity);
      this.#slotOf = new Int32Array(capacity);
      this.#slots = new Int32Array(2 * capacity);
    } else {
      for (const list of [this.wanted, this.seen, this.best]) list.fill(0, 0, this.size);
      for (let node = 1; node < this.size; node++) this.#slots[this.#slotOf[node]!] = 0;
    }
    this.size = 1;
  }

  /** The node of `parent`'s n-gram and `symbol`, or -1. */
  find(parent: number, symbol: number): number {
    return this.#slots[this.#slot(parent, symbol)]! || -1;
  }

  findOrAdd(parent: number, symbol: number): number {
    const slot = this.#slot(parent, symbol);
    if (this.#slots[slot] === 0) {
      this.#slots[slot] = this.size;
      this.#parent[this.size] = parent;
      this.#symbol[this.size] = symbol;
      this.#slotOf[this.size] = slot;
      this.size++;
    }
    return this.#slots[slot]!;
  }

  /** The slot of the edge, or the free slot where it would go. */
  #slot(parent: number, symbol: number): number {
    const mask = this.#slots.length - 1;
    let slot = (Math.imul(parent, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (;;) {
      const node = this.#slots[slot]!;
      if (node === 0 || (this.#parent[node] === parent && this.#symbol[node] === symbol)) return slot;
      slot = (slot + 1) & mask;
    }
  }
}

const sharedTrie = new NgramTrie();
