import type { Charsmap } from './charsmap.ts';

/** SentencePiece's visible space: stands for the space before a word. */
export const SPACE_SYMBOL = '▁';

/** Splits a text into normalised words, each starting with `▁`; together they are the text to segment. */
export type Normalizer = (text: string) => string[];

/**
 * Normalises like a model file with this charsmap: replacements, then runs of spaces count as one.
 * @param symbols user-defined symbols, which stay unchanged
 */
export function createNormalizer(charsmap: Charsmap, symbols: readonly string[] = []): Normalizer {
  const pattern = symbolPattern(symbols);
  const replace = (text: string) =>
    pattern === undefined
      ? charsmap.replace(text)
      : text
          .split(pattern)
          .map((part, i) => (i % 2 === 1 ? part : charsmap.replace(part)))
          .join('');
  return (text) =>
    replace(withoutNul(text))
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => SPACE_SYMBOL + word);
}

/** Drops stray NUL bytes, like the C++ SentencePiece; no charsmap can contain them. */
export function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

/** Finds user-defined symbols, longest first; splitting by it leaves them at odd indices. */
export function symbolPattern(symbols: readonly string[]): RegExp | undefined {
  if (symbols.length === 0) return undefined;
  const longestFirst = [...symbols].sort((a, b) => b.length - a.length);
  return new RegExp(`(${longestFirst.map((s) => s.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')})`, 'u');
}
