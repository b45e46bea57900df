import { LONGEST_PIECE } from './bpe.ts';
import type { Counted, CountedWord, Spelling } from './counts.ts';
import { ANY_SCRIPT, scriptOf } from './scripts.ts';

/** Seeds come from this many of the most frequent words: rarer ones add memory, not pieces. */
const SEED_WORDS = 200_000;
/** At most this many seeds (SentencePiece's seed_sentencepiece_size). */
const MOST_SEEDS = 1_000_000;

const ENDS_SENTENCE = 1;
const ENDS_WORD = 2;

/**
 * The initial pieces of a unigram model: every character, then every string of 2 to 16 characters that occurs at least
 * twice and has at least two different right contexts (the next character; the space after a word and the end of a
 * sentence count as one each). A string that always continues in the same way is left to the longer one. The C++
 * trainer finds the same strings as the inner nodes of a suffix tree over all sentences.
 */
export interface Seeds {
  /** The number of seeds: the characters in order, then the strings, highest scores first. */
  readonly size: number;
  /** Occurrences times length; for a character its occurrences. */
  readonly scores: Float64Array;
  /** The first position of a seed in the spelling, and its length; for a character -1 and 1. */
  readonly places: Int32Array;
  readonly lengths: Uint8Array;
  /**
   * Calls `found` for each seed that starts at a position and ends by `end`, shortest first. The first has one
   * character; it is -1 for a character that is not in the list.
   */
  readonly startingAt: (place: number, end: number, found: (seed: number, length: number) => void) => void;
}

export function findSeeds(words: readonly CountedWord[], characters: readonly Counted[], spelling: Spelling): Seeds {
  const { symbols, first } = spelling;
  const scripts = characters.map(({ text }) => (text === '▁' ? ANY_SCRIPT : scriptOf(text)));
  const trie = new Trie(characters.length);
  for (let word = 0; word < Math.min(words.length, SEED_WORDS); word++) {
    const { count, finalCount } = words[word]!;
    const end = first[word + 1]!;
    const ends = (finalCount > 0 ? ENDS_SENTENCE : 0) | (finalCount < count ? ENDS_WORD : 0);
    for (let start = first[word]!; start < end; start++) {
      let node = 0;
      let script = ANY_SCRIPT;
      let place = start;
      for (; place < end; place++) {
        const symbol = symbols[place]!;
        const own = symbol < 0 ? ANY_SCRIPT : scripts[symbol]!;
        const mixed = own !== script && own !== ANY_SCRIPT && script !== ANY_SCRIPT;
        if (own !== ANY_SCRIPT) script = own;
        node = trie.enter(node, symbol, start, place + 1 - start);
        // Not a piece, but another way in which the string before it continues.
        if (symbol < 0 || mixed || place - start === LONGEST_PIECE) break;
        trie.counts[node]! += count;
      }
      if (place === end) trie.ends[node]! |= ends;
    }
  }

  const nodes: number[] = [];
  for (let node = 1; node < trie.size; node++) {
    if (trie.lengths[node]! > 1 && trie.counts[node]! > 1 && trie.waysOn(node) > 1) nodes.push(node);
  }
  const scoreOf = (node: number) => trie.counts[node]! * trie.lengths[node]!;
  nodes.sort((a, b) => scoreOf(b) - scoreOf(a) || a - b);
  nodes.length = Math.min(nodes.length, MOST_SEEDS);

  const size = characters.length + nodes.length;
  const seeds = { scores: new Float64Array(size), places: new Int32Array(size), lengths: new Uint8Array(size) };
  const seedOf = new Int32Array(trie.size).fill(-1);
  characters.forEach(({ count }, seed) => {
    seeds.scores[seed] = count;
    seeds.places[seed] = -1;
    seeds.lengths[seed] = 1;
  });
  nodes.forEach((node, i) => {
    const seed = characters.length + i;
    seedOf[node] = seed;
    seeds.scores[seed] = scoreOf(node);
    seeds.places[seed] = trie.places[node]!;
    seeds.lengths[seed] = trie.lengths[node]!;
  });
  return {
    size,
    ...seeds,
    startingAt: (place, end, found) => {
      found(symbols[place]!, 1);
      let node = trie.child(0, symbols[place]!);
      for (let at = place + 1; at < end && node > 0; at++) {
        node = trie.child(node, symbols[at]!);
        if (node > 0 && seedOf[node]! >= 0) found(seedOf[node]!, at + 1 - place);
      }
    },
  };
}

/**
 * The strings that occur, as a trie whose edges are stored in one open-addressed hash table; node 0 is the empty
 * string.
 */
class Trie {
  size = 1;
  counts = new Float64Array(1024);
  /** Which ends follow the string. */
  ends = new Uint8Array(1024);
  places = new Int32Array(1024);
  lengths = new Uint8Array(1024);
  readonly #alphabet: number;
  #children = new Int32Array(1024);
  #parents = new Int32Array(1024);
  #symbols = new Int32Array(1024);
  /** Nodes by the hash of (parent, symbol); 0 is free, because no edge leads to the root. */
  #table = new Int32Array(4096);

  constructor(alphabet: number) {
    this.#alphabet = alphabet + 1; // plus one for unknown characters
  }

  /** The node that `symbol` leads to; 0 if there is none. */
  child(parent: number, symbol: number): number {
    return symbol < 0 ? 0 : this.#table[this.#slot(parent, symbol)]!;
  }

  enter(parent: number, symbol: number, place: number, length: number): number {
    const slot = this.#slot(parent, symbol);
    const known = this.#table[slot]!;
    if (known > 0) return known;
    if (this.size === this.counts.length) this.#grow();
    const node = this.size++;
    this.#parents[node] = parent;
    this.#symbols[node] = symbol;
    this.places[node] = place;
    this.lengths[node] = length;
    this.#children[parent]! += 1;
    if (this.size * 2 > this.#table.length) this.#rehash();
    else this.#table[slot] = node;
    return node;
  }

  /** In how many different ways the string continues. */
  waysOn(node: number): number {
    const ends = this.ends[node]!;
    return this.#children[node]! + (ends === (ENDS_SENTENCE | ENDS_WORD) ? 2 : ends === 0 ? 0 : 1);
  }

  #slot(parent: number, symbol: number): number {
    const mask = this.#table.length - 1;
    let slot = Math.imul(parent * this.#alphabet + symbol + 1, 0x9e3779b1) >>> 7;
    for (;;) {
      slot &= mask;
      const node = this.#table[slot]!;
      if (node === 0 || (this.#parents[node] === parent && this.#symbols[node] === symbol)) return slot;
      slot++;
    }
  }

  #rehash(): void {
    this.#table = new Int32Array(this.#table.length * 2);
    for (let node = 1; node < this.size; node++) {
      this.#table[this.#slot(this.#parents[node]!, this.#symbols[node]!)] = node;
    }
  }

  #grow(): void {
    const twice = <A extends Float64Array | Int32Array | Uint8Array>(array: A): A => {
      const grown = new (array.constructor as new (length: number) => A)(array.length * 2);
      grown.set(array);
      return grown;
    };
    this.counts = twice(this.counts);
    this.ends = twice(this.ends);
    this.places = twice(this.places);
    this.lengths = twice(this.lengths);
    this.#children = twice(this.#children);
    this.#parents = twice(this.#parents);
    this.#symbols = twice(this.#symbols);
  }
}
