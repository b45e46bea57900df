/** T rows (target) of S numbers (source): row t says where the model looked while it wrote target piece t. */
export type Weights = readonly (readonly number[])[];

/** Pieces gathered to words. */
export interface WordGroups {
  readonly words: readonly string[];
  /** For each piece, the index of its word. */
  readonly wordOf: readonly number[];
}

const WORD_START = '▁';
const CONTROL = new Set(['<s>', '</s>', '<pad>']);

/**
 * Gathers SentencePiece pieces to words: `▁` begins one, a control piece (`</s>`) is one by itself, byte pieces
 * (`<0xC3><0xA8>`) become their character. Pieces of a words vocabulary, which has no `▁`, are words already.
 */
export function groupPieces(pieces: readonly string[]): WordGroups {
  const subwords = pieces.some((piece) => piece.startsWith(WORD_START));
  const groups: string[][] = [];
  let closed = true;
  const wordOf = pieces.map((piece) => {
    const control = CONTROL.has(piece);
    if (!subwords || closed || control || piece.startsWith(WORD_START)) groups.push([]);
    groups.at(-1)?.push(piece);
    closed = control;
    return groups.length - 1;
  });
  return { words: groups.map((group) => (subwords ? joinPieces(group) : group.join(''))), wordOf };
}

/** Sums over the pieces of each source word, then averages over the pieces of each target word: rows keep their sum. */
export function mergeWeights(weights: Weights, target: WordGroups, source: WordGroups): Weights {
  const merged = target.words.map(() => source.words.map(() => 0));
  const rowsPerWord = target.words.map(() => 0);
  weights.forEach((row, t) => {
    const word = target.wordOf[t]!;
    rowsPerWord[word]! += 1;
    row.forEach((weight, s) => {
      merged[word]![source.wordOf[s]!]! += weight;
    });
  });
  return merged.map((row, word) => row.map((sum) => sum / rowsPerWord[word]!));
}

/** The text of one word; `▁` when there is none, so that every word can be seen. */
function joinPieces(pieces: readonly string[]): string {
  const bytes = /(?:<0x[0-9A-F]{2}>)+/g;
  const text = pieces.join('').replace(bytes, (run) => Buffer.from(run.replace(/<0x|>/g, ''), 'hex').toString('utf8'));
  return text.replaceAll(WORD_START, '') || WORD_START;
}
