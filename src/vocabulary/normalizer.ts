import type { Charsmap } from './charsmap.ts';

/** SentencePiece's visible space: stands for the space before a word. */
export const SPACE_SYMBOL = '▁';

/** A text cut into normalised words, each beginning with `▁`; the words of a sentence together are what is segmented. */
export type Normalizer = (text: string) => string[];

/**
 * Normalises as a model file with this charsmap does: replacements, then runs of spaces count as one.
 * @param symbols user-defined symbols, which are left as they are
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

/** A NUL byte went astray: it is ignored, as in the C++ SentencePiece, and no charsmap can hold it. */
export function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

/** Finds user-defined symbols, the longest first; splitting by it leaves them at the odd places. */
export function symbolPattern(symbols: readonly string[]): RegExp | undefined {
  if (symbols.length === 0) return undefined;
  const longestFirst = [...symbols].sort((a, b) => b.length - a.length);
  return new RegExp(`(${longestFirst.map((s) => s.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')})`, 'u');
}
