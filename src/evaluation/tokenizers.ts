import type { TokenizerName } from '../config/tokenizer-names.ts';
import { splitWords, trimEnd } from '../corpus/whitespace.ts';
import { InputError } from '../support/errors.ts';

/** A way to split a sentence into words. */
export interface Tokenizer {
  readonly name: TokenizerName;
  /** As in sacreBLEU's signature: `13a`, `ja-mecab-0.996-IPA`. */
  readonly signature: string;
  /** The words of a sentence. */
  words(sentence: string): string[];
}

/** The tokenizers that need no file. */
export const builtInTokenizers = ['13a', 'intl', 'char', 'zh', 'none'] as const satisfies readonly TokenizerName[];
type BuiltIn = (typeof builtInTokenizers)[number];

/**
 * A tokenizer that needs no file, splitting like sacreBLEU 2.6.0's of that name (Post 2018, arXiv 1804.08771): `13a`
 * like mteval-v13a.pl, WMT's standard; `intl` like mteval-v14.pl, by Unicode's classes of punctuation and symbols; `zh`
 * each Chinese character, and the rest like `13a`; `char` every character; `none` only at whitespace.
 * @throws InputError for one that needs a file: `openTokenizer` opens it
 */
export function builtInTokenizer(name: TokenizerName): Tokenizer {
  if (!isBuiltIn(name)) {
    throw new InputError(`${name} needs a file of its own`, {
      where: 'tokenize',
      remedy: 'open it first: openTokenizer(name, path)',
    });
  }
  const separate = separators[name];
  return { name, signature: name, words: (sentence) => splitWords(separate(trimEnd(sentence))) };
}

export function isBuiltIn(name: TokenizerName): name is BuiltIn {
  return builtInTokenizers.some((one) => one === name);
}

/**
 * Whether translations seem to be tokenized already, which changes BLEU: at least 100 end in ` .` (sacreBLEU's sign).
 */
export function looksTokenized(sentences: readonly string[]): boolean {
  return sentences.filter((sentence) => sentence.endsWith(' .')).length >= 100;
}

/** Each inserts whitespace between words. */
const separators: Readonly<Record<BuiltIn, (text: string) => string>> = {
  '13a': (text) => {
    let line = text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
    if (line.includes('&')) {
      line = line.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
    }
    return separatePunctuation(` ${line} `);
  },
  intl: (text) =>
    text
      .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
      .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
      .replace(/(\p{S})/gu, ' $1 '),
  char: (text) => [...text].join(' '),
  zh: (text) => separatePunctuation(text.replace(chinese, ' $& ')),
  none: (text) => text,
};

function separatePunctuation(line: string): string {
  return line
    .replace(/([{-~[-` -&(-+:-@/])/g, ' $1 ') // ASCII punctuation except ' , - .
    .replace(/([^0-9])([.,])/g, '$1 $2 ')
    .replace(/([.,])([^0-9])/g, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ');
}

/**
 * What sacreBLEU considers a Chinese character. Its two ranges beyond the first plane lack digits, so that they are
 * U+2001 to U+2A6D and U+2F81 to U+2FA1, and rare characters of the second plane are not included.
 */
const chinese =
  /[\u2001-\u2a6d\u2e80-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31ef\u3200-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/gu;
