/** A piece that may start at a position of a word: its log probability and where it ends. */
export interface Edge {
  readonly text: string;
  readonly score: number;
  readonly end: number;
}

/** How much less likely an unknown character is than the least likely piece, in SentencePiece. */
const UNKNOWN_PENALTY = 10;

/**
 * The segmentations of a word by a unigram model: for each character the pieces that start there. A character without a
 * piece stands for itself, as unknown.
 * @param pieces log probabilities by text
 */
export function createWordLattice(pieces: ReadonlyMap<string, number>): (word: string) => Edge[][] {
  let longest = 1;
  let least = 0;
  for (const [text, score] of pieces) {
    longest = Math.max(longest, [...text].length);
    least = Math.min(least, score);
  }
  return (word) => {
    const characters = [...word];
    const lattice: Edge[][] = [];
    let at = 0;
    characters.forEach((character, start) => {
      const edges = [{ text: character, score: pieces.get(character) ?? least - UNKNOWN_PENALTY, end: start + 1 }];
      let until = at + character.length;
      for (let end = start + 2; end <= Math.min(start + longest, characters.length); end++) {
        until += characters[end - 1]!.length;
        const text = word.slice(at, until);
        const score = pieces.get(text);
        if (score !== undefined) edges.push({ text, score, end });
      }
      lattice.push(edges);
      at += character.length;
    });
    return lattice;
  };
}
