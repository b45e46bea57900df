import type { Normalizer } from './normalizer.ts';
import { symbolPattern } from './normalizer.ts';

/**
 * How often each whitespace-separated text occurs in a corpus, and how often at the end of a sentence: all a trainer
 * needs.
 */
export type TokenCounts = Map<string, { count: number; finalCount: number }>;

/** A character, or a word with its `▁` (part of a word next to a user-defined symbol), and how often it occurs. */
export interface Counted {
  readonly text: string;
  readonly count: number;
}

export interface CountedWord extends Counted {
  /** How many of these end a sentence. */
  readonly finalCount: number;
}

/** Adds a sentence to the counts. */
export function countTokens(sentence: string, tokens: TokenCounts): void {
  let last: { finalCount: number } | undefined;
  for (const token of sentence.split(' ')) {
    if (token === '') continue;
    let counts = tokens.get(token);
    if (counts === undefined) {
      counts = { count: 0, finalCount: 0 };
      tokens.set(token, counts);
    }
    counts.count++;
    last = counts;
  }
  if (last) last.finalCount++;
}

/**
 * The normalised words of the counted tokens without user-defined symbols, most frequent first; ties are in the order
 * of their text, so that the order of the corpus does not matter.
 * @param splitDigits every digit is a separate word, so that no piece joins it to anything
 */
export function countWords(
  tokens: TokenCounts,
  normalizer: Normalizer,
  symbols: readonly string[] = [],
  splitDigits = false,
): CountedWord[] {
  const pattern = symbolPattern(symbols);
  const counts = new Map<string, number>();
  const finalCounts = new Map<string, number>();
  for (const [token, { count, finalCount }] of tokens) {
    const words = normalizer(token);
    const whole =
      pattern === undefined ? words : words.flatMap((word) => word.split(pattern).filter((_, i) => i % 2 === 0));
    const parts = splitDigits ? whole.flatMap((part) => part.split(DIGIT)).filter((part) => part !== '') : whole;
    for (const part of parts) add(counts, part, count);
    add(finalCounts, parts.at(-1) ?? '', finalCount);
  }
  counts.delete('');
  return byFrequency(counts).map((word) => ({ ...word, finalCount: finalCounts.get(word.text) ?? 0 }));
}

/** What SentencePiece's split_digits calls a digit. */
const DIGIT = /([0-9\uff10-\uff19])/;

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/**
 * The most frequent characters that together make up `coverage` of the text, most frequent first. Each gets its own
 * piece; all others are unknown (or bytes).
 */
export function countCharacters(words: readonly Counted[], coverage: number): Counted[] {
  const counts = new Map<string, number>();
  let total = 0;
  for (const { text, count } of words) {
    for (const character of text) {
      add(counts, character, count);
      total += count;
    }
  }
  const characters: Counted[] = [];
  let covered = 0;
  for (const character of byFrequency(counts)) {
    // Like the C++ trainer, which compares in single precision.
    if (Math.fround(covered / total) >= Math.fround(coverage)) break;
    characters.push(character);
    covered += character.count;
  }
  return characters;
}

function byFrequency(counts: ReadonlyMap<string, number>): Counted[] {
  return [...counts]
    .map(([text, count]) => ({ text, count }))
    .sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1));
}

/** Words as character indices, one after the other. */
export interface Spelling {
  /** The index of each character in the list of characters; -1 for a character that is not in it. */
  readonly symbols: Int32Array;
  /** Word w is `symbols[first[w]]` to before `symbols[first[w + 1]]`. */
  readonly first: Int32Array;
}

export function spell(words: readonly Counted[], characters: readonly Counted[]): Spelling {
  const indexOf = new Map(characters.map(({ text }, i) => [text, i]));
  const symbols: number[] = [];
  const first = new Int32Array(words.length + 1);
  words.forEach(({ text }, w) => {
    for (const character of text) symbols.push(indexOf.get(character) ?? -1);
    first[w + 1] = symbols.length;
  });
  return { symbols: Int32Array.from(symbols), first };
}
