import { SentenceIndex } from '../corpus/sentence-index.ts';
import type { SplitName } from '../corpus/splits.ts';
import { normaliseSentence } from '../corpus/text.ts';
import { Random } from '../support/random.ts';
import type { Derivation } from './derivation.ts';
import { sentence } from './sentences/index.ts';

/** An Italian sentence, its English translation, and the part of a corpus it may stand in. */
export interface GeneratedPair {
  readonly source: string;
  readonly target: string;
  readonly part: SplitName;
}

/** Fewest and most words of a sentence, on either side. */
export const shortest = 3;
export const longest = 30;

/** No sentence of either language comes again within this many pairs (nor, up to this size, anywhere in a corpus). */
export const distinctWithin = 1 << 18;

/**
 * Writes pairs without end in sight: the first N are the same for every count of N or more, and memory does not grow with
 * the count. `part` says which pairs hold a combination of words that is kept out of training.
 * @param seed of the sentences; which combinations are held out does not depend on it.
 */
export function* generatePairs(count: number, seed: number): Generator<GeneratedPair> {
  const random = new Random(seed, 'grammar');
  const seen = [new RecentSentences(), new RecentSentences()] as const;
  for (let written = 0; written < count; ) {
    const derivation: Derivation = { random, combinations: [] };
    const { italian, english } = sentence(derivation);
    const part = partOf(derivation.combinations);
    if (part === undefined || !fits(italian) || !fits(english)) continue;
    if (!seen[0].add(normaliseSentence(italian)) || !seen[1].add(normaliseSentence(english))) continue;
    written++;
    yield { source: italian, target: english, part };
  }
}

function fits(text: string): boolean {
  let words = 1;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === 32) words++;
  return words >= shortest && words <= longest;
}

/** Of a thousand combinations, how many are held out for dev, and how many for test. */
const heldOutShare = 18;

/** Which part a combination of words is held out for: fixed by the words alone. */
export function heldOutFor(combination: string): SplitName {
  // FNV-1a, with the mixing of MurmurHash3 so that the remainder is even
  let hash = 0x811c9dc5;
  for (let i = 0; i < combination.length; i++) hash = Math.imul(hash ^ combination.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  const bucket = ((hash ^ (hash >>> 16)) >>> 0) % 1000;
  return bucket < heldOutShare ? 'dev' : bucket < 2 * heldOutShare ? 'test' : 'train';
}

/** The part for a sentence: train when nothing in it is held out; none when it would belong to both others. */
function partOf(combinations: readonly string[]): SplitName | undefined {
  let part: SplitName = 'train';
  for (const combination of combinations) {
    const held = heldOutFor(combination);
    if (held === 'train' || held === part) continue;
    if (part !== 'train') return undefined;
    part = held;
  }
  return part;
}

/** Remembers at least the last `distinctWithin` sentences: two indexes at most, the older one forgotten when both are full. */
class RecentSentences {
  #indexes: readonly SentenceIndex[] = [];
  #added = 0;

  /** Adds a sentence; false when it is remembered already. */
  add(text: string): boolean {
    if (this.#added % distinctWithin === 0) this.#indexes = [...this.#indexes.slice(-1), new SentenceIndex()];
    const id = ++this.#added;
    let fresh = true;
    for (const index of this.#indexes) if (index.firstValue(text, id) !== id) fresh = false;
    return fresh;
  }
}
