import { readLines } from '../corpus/lines.ts';
import { convertRemedy, NOT_UTF8 } from '../support/encoding.ts';
import { InputError } from '../support/errors.ts';
import { SPECIAL_PIECES, type Vocabulary } from './vocabulary.ts';

/** Vectors for the words of a vocabulary. */
export interface WordVectors {
  /** [V, E], one row per id; zeros if the file has no vector. */
  readonly rows: Float32Array;
  /** The ids that have a vector, in the order of the file. */
  readonly found: readonly number[];
  /** How many words of the vocabulary were looked up: those that such a file may contain. */
  readonly words: number;
}

/**
 * Reads a text file of word vectors, plain or gzip. Each line has a word and its numbers, separated by spaces, as GloVe
 * writes them (Pennington et al. 2014); fastText adds a first line with count and size (Bojanowski et al. 2017). For a
 * subword vocabulary, the pieces that start a word are looked up. If a word occurs twice, the first line counts.
 * @param embedding E, the required size of the vectors
 * @throws InputError with file and line for vectors of another size and for malformed lines, and for a file that
 *   contains no word of the vocabulary
 */
export async function readWordVectors(path: string, vocabulary: Vocabulary, embedding: number): Promise<WordVectors> {
  const wanted = wordIds(vocabulary);
  const words = wanted.size;
  const rows = new Float32Array(vocabulary.size * embedding);
  const found: number[] = [];
  const seen: string[] = [];
  let lineNumber = 0;
  for await (const { firstLine, lines } of readLines(path)) {
    for (const [index, line] of lines.entries()) {
      lineNumber = firstLine + index;
      const where = `${path}:${lineNumber}`;
      if (line === null) throw new InputError(NOT_UTF8, { where, remedy: convertRemedy(path) });
      if (lineNumber === 1) {
        checkSize(line, embedding, where);
        if (HEADER.test(line)) continue;
      }
      const word = line.slice(0, Math.max(0, line.indexOf(' ')));
      if (seen.length < SHOWN) seen.push(word);
      const id = wanted.get(word);
      if (id === undefined) continue;
      const vector = parseVector(line.slice(word.length + 1), embedding, where);
      if (vector === undefined) continue;
      rows.set(vector, id * embedding);
      found.push(id);
      wanted.delete(word);
    }
  }
  if (lineNumber === 0) throw new InputError('the file is empty', { where: path });
  if (found.length === 0) {
    const own = [...wanted.keys()].slice(0, SHOWN);
    throw new InputError(`none of the ${words} words of the vocabulary has a vector here`, {
      where: path,
      remedy: `the vocabulary has words like ${own.join(', ')}; the file ${seen.join(', ')}: use vectors of the same language and spelling`,
    });
  }
  return { rows, found, words };
}

/** What a file of word vectors contributed to an embedding. */
export interface VectorCoverage {
  readonly side: 'source' | 'target';
  readonly file: string;
  /** How many words of the vocabulary have a vector in the file, out of those looked up. */
  readonly found: number;
  readonly words: number;
  /** Rows of the embedding that keep their random values. */
  readonly random: number;
  /** Whether the embedding is not trained. */
  readonly frozen: boolean;
}

/**
 * If fewer words than this have vectors, they are hardly worth their file: for a trained embedding, and for a frozen
 * one.
 */
const LITTLE = 0.1;
const LITTLE_FROZEN = 0.5;

/** `source vectors wiki.vec: 812 of 1,000 words found (81.2 %)`. */
export function describeCoverage({ side, file, found, words }: VectorCoverage): string {
  const number = (value: number) => value.toLocaleString('en-US');
  return `${side} vectors ${file}: ${number(found)} of ${number(words)} words found (${((100 * found) / words).toFixed(1)} %)`;
}

/** A warning about vectors that few words have; undefined if enough words have one. */
export function coverageWarning({ found, words, random, frozen }: VectorCoverage): string | undefined {
  if (found / words >= (frozen ? LITTLE_FROZEN : LITTLE)) return undefined;
  return frozen
    ? `warning: few words are covered, and --freeze-vectors keeps the other ${random.toLocaleString('en-US')} rows at their random values: leave it out, or use vectors of the same language and spelling`
    : 'warning: few words are covered; the others start from random values: are these vectors of the same language and spelling?';
}

/** How many words of each side an error shows. */
const SHOWN = 3;

/** fastText's first line: how many vectors there are, and their size. */
const HEADER = /^\d+ (\d+) *$/;

/** The words that are a single piece of the vocabulary. */
function wordIds(vocabulary: Vocabulary): Map<string, number> {
  const ids = new Map<string, number>();
  for (let id = SPECIAL_PIECES.length; id < vocabulary.size; id++) {
    const piece = vocabulary.piece(id);
    if (vocabulary.type === 'words') ids.set(piece, id);
    else if (piece.length > 1 && piece.startsWith('▁')) ids.set(piece.slice(1), id);
  }
  return ids;
}

/** The first line tells the size: fastText's second number, or the count of numbers after GloVe's first word. */
function checkSize(line: string, embedding: number, where: string): void {
  const size = Number(HEADER.exec(line)?.[1] ?? line.trimEnd().split(' ').length - 1);
  if (size === embedding) return;
  throw new InputError(size > 0 ? `vectors of ${size} numbers for an embedding of ${embedding}` : 'no word vectors', {
    where,
    remedy: size > 0 ? `--embedding ${size}` : 'each line has a word and its numbers, separated by spaces',
  });
}

/** The numbers after a word; undefined if the word itself contains a space, as a few of GloVe's do. */
function parseVector(text: string, embedding: number, where: string): Float32Array | undefined {
  const parts = text.trimEnd().split(' ');
  if (parts.length > embedding) return undefined;
  const vector = Float32Array.from(parts, Number);
  if (vector.length < embedding || parts.includes('') || !vector.every(Number.isFinite)) {
    throw new InputError(`not a word and ${embedding} numbers`, {
      where,
      remedy: 'the file may be truncated: use another copy',
    });
  }
  return vector;
}
