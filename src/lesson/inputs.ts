import { InputError } from '../support/errors.ts';
import { readWhole } from '../support/file-failures.ts';
import { Random } from '../support/random.ts';
import type { Matrix } from './loops.ts';
import type { AttentionInputs } from './self-attention.ts';

/** The worked example of many attention lessons: six words with a vector of three numbers each. */
export const workedExample: AttentionInputs = {
  tokens: ['Your', 'journey', 'starts', 'with', 'one', 'step'],
  vectors: [
    [0.43, 0.15, 0.89],
    [0.55, 0.87, 0.66],
    [0.57, 0.85, 0.64],
    [0.22, 0.58, 0.33],
    [0.77, 0.25, 0.1],
    [0.05, 0.8, 0.55],
  ],
};

/** Where the vectors come from. */
export interface InputOptions {
  readonly sentence?: string | undefined;
  /** A file of numbers, one vector per line. */
  readonly matrix?: string | undefined;
  /** Returns the pieces of a sentence and their embeddings in a trained model. */
  readonly learned?: ((sentence: string) => Promise<AttentionInputs>) | undefined;
  readonly seed: number;
}

/**
 * Tokens and vectors: the rows of a matrix; a trained model's pieces and embeddings; the worked example; or for any
 * other sentence three random numbers per word, always the same for the same word.
 * @throws InputError for an empty sentence or an invalid matrix
 */
export async function attentionInputs({ sentence, matrix, learned, seed }: InputOptions): Promise<AttentionInputs> {
  const words = sentence?.split(/\s+/).filter((word) => word !== '');
  if (words?.length === 0) {
    throw new InputError('the sentence is empty', { where: '--sentence', remedy: 'give it a word or more' });
  }
  if (matrix !== undefined) {
    if (learned !== undefined) {
      throw new InputError('vectors come from a matrix or from a checkpoint', { remedy: 'leave one of the two out' });
    }
    const vectors = readMatrix(matrix);
    const tokens = words ?? vectors.map((_, i) => `x${i + 1}`);
    if (tokens.length === vectors.length) return { tokens, vectors };
    throw new InputError(`${tokens.length} words for ${vectors.length} rows`, {
      ...{ where: matrix, remedy: 'give as many words as there are rows, or leave --sentence out' },
    });
  }
  if (learned !== undefined) return learned(sentence ?? workedExample.tokens.join(' '));
  if (words === undefined || words.join() === workedExample.tokens.join()) return workedExample;
  return { tokens: words, vectors: words.map((word) => drawVector(word, seed)) };
}

/**
 * One vector per line, its numbers separated by spaces, tabs, commas or semicolons; empty lines and lines with # are
 * skipped.
 */
function readMatrix(path: string): Matrix {
  const rows: number[][] = [];
  for (const [i, line] of readWhole(path).toString('utf8').split(/\r?\n/).entries()) {
    const cells = line.split(/[\s,;]+/).filter((cell) => cell !== '');
    if (cells.length === 0 || line.trimStart().startsWith('#')) continue;
    const where = `${path}:${i + 1}`;
    const row = cells.map(Number);
    const wrong = row.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new InputError(`'${cells[wrong]}' is not a number`, { where });
    const expected = rows[0]?.length ?? row.length;
    if (row.length !== expected) {
      throw new InputError(`the matrix is not rectangular: ${row.length} numbers where the first row has ${expected}`, {
        ...{ where, remedy: 'give every row the same number of values' },
      });
    }
    rows.push(row);
  }
  if (rows.length === 0)
    throw new InputError('it contains no numbers', { where: path, remedy: 'write one row per line' });
  return rows;
}

/** Three numbers in [0, 1) with two decimals, like those of the worked example. */
function drawVector(word: string, seed: number): number[] {
  const random = new Random(seed, 'self-attention', 'vector', word);
  return Array.from({ length: 3 }, () => Math.floor(100 * random.uniform()) / 100);
}
