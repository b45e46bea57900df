import { make } from '../reports/page/dom.js';
import { diffWords } from '../reports/word-diff.ts';

/** A translation with its differences from a reference marked: `ins` for what only it has, `del` for what it lacks. */
export function marked(reference: string, text: string): Node[] {
  return diffWords(reference, text).flatMap(({ kind, text: part }, i) => {
    const space = part.startsWith(' ') || (i > 0 && /^[\p{L}\p{N}]/u.test(part)) ? ' ' : '';
    const words = part.trim();
    if (kind === 'same') return [document.createTextNode(space + words)];
    return [document.createTextNode(space), make(kind === 'extra' ? 'ins' : 'del', {}, words)];
  });
}

/** How many words of a reference a translation contains, in any position, and how many there are. */
export function wordsKept(reference: string, text: string): { readonly kept: number; readonly all: number } {
  const wordsOf = (line: string) => line.toLowerCase().match(/[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu) ?? [];
  const given = new Map<string, number>();
  for (const word of wordsOf(text)) given.set(word, (given.get(word) ?? 0) + 1);
  const wanted = wordsOf(reference);
  const kept = wanted.filter((word) => {
    const left = given.get(word) ?? 0;
    given.set(word, left - 1);
    return left > 0;
  });
  return { kept: kept.length, all: wanted.length };
}
