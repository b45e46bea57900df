import { readLines } from '../corpus/lines.ts';
import { InputError } from '../support/errors.ts';
import { SPECIAL_PIECES, type Vocabulary } from './vocabulary.ts';

/** Vectors for the words of a vocabulary. */
export interface WordVectors {
  /** [V, E], a row for each id; zeros where the file has no vector. */
  readonly rows: Float32Array;
  /** The ids that have a vector, in the order of the file. */
  readonly found: readonly number[];
  /** The share of the vocabulary's words that have one. */
  readonly coverage: number;
}

/**
 * Reads a text file of word vectors, plain or gzip: a word and its numbers a line, apart by spaces, as GloVe writes them
 * (Pennington et al. 2014), or below a line with count and size, as fastText does (Bojanowski et al. 2017). Of a
 * subword vocabulary the pieces that begin a word are looked up. A word's first line counts.
 * @param embedding E, the size that the vectors must have.
 * @throws InputError with file and line for vectors of another size and for lines that are none.
 */
export async function readWordVectors(path: string, vocabulary: Vocabulary, embedding: number): Promise<WordVectors> {
  const wanted = wordIds(vocabulary);
  const words = wanted.size;
  const rows = new Float32Array(vocabulary.size * embedding);
  const found: number[] = [];
  let lineNumber = 0;
  for await (const { firstLine, lines } of readLines(path)) {
    for (const [index, line] of lines.entries()) {
      lineNumber = firstLine + index;
      const where = `${path}:${lineNumber}`;
      if (line === null) throw new InputError('not UTF-8', { where });
      if (lineNumber === 1) checkSize(line, embedding, where);
      const word = line.slice(0, Math.max(0, line.indexOf(' ')));
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
  return { rows, found, coverage: found.length / Math.max(1, words) };
}

/** The words that a vocabulary has as one piece. */
function wordIds(vocabulary: Vocabulary): Map<string, number> {
  const ids = new Map<string, number>();
  for (let id = SPECIAL_PIECES.length; id < vocabulary.size; id++) {
    const piece = vocabulary.piece(id);
    if (vocabulary.type === 'words') ids.set(piece, id);
    else if (piece.length > 1 && piece.startsWith('▁')) ids.set(piece.slice(1), id);
  }
  return ids;
}

/** The first line tells the size: fastText's second number, or how many numbers follow GloVe's first word. */
function checkSize(line: string, embedding: number, where: string): void {
  const size = Number(/^\d+ (\d+) *$/.exec(line)?.[1] ?? line.trimEnd().split(' ').length - 1);
  if (size === embedding) return;
  throw new InputError(size > 0 ? `vectors of ${size} numbers for an embedding of ${embedding}` : 'no word vectors', {
    where,
    remedy: size > 0 ? `--embedding ${size}` : 'a word and its numbers a line, apart by spaces',
  });
}

/** The numbers after a word; undefined where the word itself goes on after its first space, as a few of GloVe's do. */
function parseVector(text: string, embedding: number, where: string): Float32Array | undefined {
  const parts = text.trimEnd().split(' ');
  if (parts.length > embedding) return undefined;
  const vector = Float32Array.from(parts, Number);
  if (vector.length < embedding || parts.includes('') || !vector.every(Number.isFinite)) {
    throw new InputError(`not a word and ${embedding} numbers`, {
      where,
      remedy: 'the file may be cut off: take another copy of it',
    });
  }
  return vector;
}
