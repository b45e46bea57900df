import { splitWords, trimEnd } from './whitespace.ts';

/** The ways to cut a sentence into words before BLEU counts them, named as sacreBLEU's `--tokenize`. */
export const tokenizerNames = ['13a', 'intl', 'char', 'none'] as const;
export type TokenizerName = (typeof tokenizerNames)[number];

/**
 * The words of a sentence, as sacreBLEU 2.6.0's tokenizer of that name cuts it (Post 2018, arXiv 1804.08771):
 * `13a` as mteval-v13a.pl, WMT's standard; `intl` as mteval-v14.pl, by Unicode's classes of punctuation and symbols;
 * `char` every character; `none` at whitespace only.
 */
export function tokenize(name: TokenizerName, sentence: string): string[] {
  return splitWords(tokenizers[name](trimEnd(sentence)));
}

/** Whether translations seem to be tokenized already, which changes BLEU: 100 or more that end in ` .` (sacreBLEU's sign). */
export function looksTokenized(sentences: readonly string[]): boolean {
  return sentences.filter((sentence) => sentence.endsWith(' .')).length >= 100;
}

/** Each puts whitespace between words. */
const tokenizers: Readonly<Record<TokenizerName, (text: string) => string>> = {
  '13a': (text) => {
    let line = text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
    if (line.includes('&')) {
      line = line.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
    }
    return ` ${line} `
      .replace(/([{-~[-` -&(-+:-@/])/g, ' $1 ') // ASCII punctuation but ' , - .
      .replace(/([^0-9])([.,])/g, '$1 $2 ')
      .replace(/([.,])([^0-9])/g, ' $1 $2')
      .replace(/([0-9])(-)/g, '$1 $2 ');
  },
  intl: (text) =>
    text
      .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
      .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
      .replace(/(\p{S})/gu, ' $1 '),
  char: (text) => [...text].join(' '),
  none: (text) => text,
};
