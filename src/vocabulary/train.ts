import { InputError } from '../support/errors.ts';
import { trainBpe } from './bpe.ts';
import { compileCharsmap, readCharsmap } from './charsmap.ts';
import { type Counted, type CountedWord, countCharacters, countWords, type TokenCounts } from './counts.ts';
import { bytePieces, type Piece, PieceKind, specialPieces, writeModelFile } from './model-file.ts';
import { type NormalizationName, normalizationRules } from './normalization.ts';
import { createNormalizer } from './normalizer.ts';
import { trainUnigram } from './unigram.ts';
import type { VocabularyType } from './vocabulary.ts';

/** What kind of vocabulary to train. */
export interface VocabularyOptions {
  readonly type: VocabularyType;
  /**
   * The number of ids, special ones included: exact for `bpe` and `unigram`, the maximum for `words` and `char`. By
   * default 4,000, or as many as a smaller corpus allows; for `char` all characters within the coverage.
   */
  readonly size?: number;
  /**
   * The share of the text whose characters get a piece; the rarest characters beyond it are unknown. Not for `words`.
   */
  readonly characterCoverage: number;
  /** Writes unknown characters as bytes: 256 more ids, but no text is lost. Not for `words`. */
  readonly byteFallback: boolean;
  /** Texts that are never split or normalised. Not for `words`. */
  readonly userSymbols: readonly string[];
  /** How text is normalised first. By default `nfkc`; `words` have their own. */
  readonly normalization?: NormalizationName;
  /** Every digit is a separate piece. For `bpe` and `unigram`. */
  readonly splitDigits: boolean;
  /** `words`: leave out words that occur less often than this. */
  readonly minimumCount: number;
}

/** A size that is impossible for a corpus, and the nearest possible one. */
export class VocabularySizeError extends InputError {
  readonly limit: { readonly atLeast: number } | { readonly atMost: number };

  constructor(message: string, limit: VocabularySizeError['limit'], remedy: string) {
    super(message, { where: '--size', remedy });
    this.limit = limit;
  }
}

/** SentencePiece's defaults, where it has them. */
export const defaultVocabularyOptions: VocabularyOptions = {
  ...{ type: 'bpe', characterCoverage: 0.9995, byteFallback: false, userSymbols: [], minimumCount: 1 },
  splitDigits: false,
};
export const DEFAULT_SIZE = 4000;

/**
 * Trains a vocabulary and returns its model file. The same counts give the same bytes, in whatever order they were
 * made.
 * @throws InputError for a corpus without words, a size that is too small or too large for it, and unusable symbols
 */
export function trainVocabulary(tokens: TokenCounts, options: VocabularyOptions): Uint8Array {
  checkOptions(options);
  const { type, byteFallback, userSymbols, splitDigits } = options;
  const { normalization: name = type === 'words' ? 'words' : 'nfkc' } = options;
  const charsmap = charsmapOf(name);
  const words = countWords(tokens, createNormalizer(readCharsmap(charsmap), userSymbols), userSymbols, splitDigits);
  if (words.length === 0) throw new InputError('the corpus has no words to build a vocabulary from');
  const reserved = [
    ...specialPieces,
    ...userSymbols.map((text) => ({ text, score: 0, kind: PieceKind.userDefined })),
    ...(byteFallback ? bytePieces : []),
  ];
  const trained = piecesOf(words, options, reserved.length);
  const normalizer = { name: name === 'identity' ? name : `attn_${name}`, charsmap, wordwise: true };
  return writeModelFile(
    { type, pieces: [...reserved, ...trained], byteFallback, normalizer },
    type === 'words' ? 1 : options.characterCoverage,
  );
}

function piecesOf(words: readonly CountedWord[], options: VocabularyOptions, reserved: number): Piece[] {
  switch (options.type) {
    case 'words':
      return wordPieces(words, options);
    case 'char':
      return characterPieces(words, options, reserved);
    default:
      return subwordPieces(words, options, reserved);
  }
}

/** The most frequent characters, with their log probability. */
function characterPieces(words: readonly CountedWord[], options: VocabularyOptions, reserved: number): Piece[] {
  const characters = countCharacters(words, options.characterCoverage);
  const total = characters.reduce((sum, { count }) => sum + count, 0);
  return characters
    .slice(0, options.size === undefined ? undefined : Math.max(1, options.size - reserved))
    .map(({ text, count }) => ({ text, score: Math.log(count / total), kind: PieceKind.normal }));
}

/** The most frequent words, with their log probability. */
function wordPieces(words: readonly Counted[], { size = DEFAULT_SIZE, minimumCount }: VocabularyOptions): Piece[] {
  const total = words.reduce((sum, { count }) => sum + count, 0);
  return words
    .filter(({ count }) => count >= minimumCount)
    .slice(0, size - specialPieces.length)
    .map(({ text, count }) => ({ text, score: Math.log(count / total), kind: PieceKind.normal }));
}

function subwordPieces(words: readonly CountedWord[], options: VocabularyOptions, reserved: number): Piece[] {
  const { type, size = DEFAULT_SIZE } = options;
  const characters = countCharacters(words, options.characterCoverage);
  const wanted = size - reserved;
  if (wanted < characters.length) {
    const atLeast = characters.length + reserved;
    throw new VocabularySizeError(
      `${size} pieces are too few: ${characters.length} characters and ${reserved} fixed pieces`,
      { atLeast },
      `use --size ${atLeast} or more, or a smaller --character-coverage`,
    );
  }
  const scored =
    type === 'unigram'
      ? trainUnigram(words, characters, wanted, size)
      : [...trainBpe(words, characters, wanted - characters.length), ...characters.map(({ text }) => text)].map(
          (text, rank) => ({ text, score: -rank }),
        );
  if (scored.length < wanted && options.size !== undefined) {
    const atMost = scored.length + reserved;
    throw new VocabularySizeError(
      `${size} pieces are more than this corpus supports`,
      { atMost },
      `use --size ${atMost} or less, or a larger corpus`,
    );
  }
  return scored.map(({ text, score }) => ({ text, score, kind: PieceKind.normal }));
}

function checkOptions(options: VocabularyOptions): void {
  const { type, byteFallback, userSymbols, minimumCount, splitDigits, size = DEFAULT_SIZE } = options;
  if (type === 'words' && options.characterCoverage !== defaultVocabularyOptions.characterCoverage) {
    throw new InputError('words stay whole, so no character of theirs can be left out', {
      where: '--character-coverage',
      remedy: 'limit words with --size or --minimum-count, or leave it out',
    });
  }
  if (type === 'words' && (byteFallback || userSymbols.length > 0)) {
    throw new InputError('words have neither bytes nor user-defined symbols', {
      where: byteFallback ? '--byte-fallback' : '--user-symbols',
      remedy: 'use --type bpe, unigram or char',
    });
  }
  if (splitDigits && (type === 'words' || type === 'char')) {
    throw new InputError(type === 'words' ? 'words stay whole' : 'every character is a piece already', {
      where: '--split-digits',
      remedy: 'use --type bpe or --type unigram, or leave it out',
    });
  }
  if (type !== 'words' && minimumCount > 1) {
    throw new InputError(`counts words, but ${type} pieces are not words`, {
      where: '--minimum-count',
      remedy: 'use --type words, or set the number of pieces with --size',
    });
  }
  if (size <= specialPieces.length) {
    throw new InputError(`${size} ids leave no room beside the ${specialPieces.length} special ones`, {
      where: '--size',
    });
  }
  checkSymbols(userSymbols, [...specialPieces, ...bytePieces]);
}

/** @throws InputError for a symbol that is empty, contains a space, occurs twice or is one of these pieces */
export function checkSymbols(symbols: readonly string[], pieces: readonly Piece[]): void {
  const fixed = new Set(pieces.map(({ text }) => text));
  for (const symbol of symbols) {
    if (symbol === '' || /[\s▁]/u.test(symbol) || fixed.has(symbol)) {
      throw new InputError(`${JSON.stringify(symbol)} cannot be a symbol: it is empty, has a space or is taken`, {
        where: '--user-symbols',
      });
    }
    fixed.add(symbol);
  }
}

const charsmaps = new Map<NormalizationName, Uint8Array>();

/** Compiling takes a tenth of a second, and both languages use the same one. */
function charsmapOf(name: NormalizationName): Uint8Array {
  const charsmap = charsmaps.get(name) ?? compileCharsmap(normalizationRules(name));
  charsmaps.set(name, charsmap);
  return charsmap;
}
