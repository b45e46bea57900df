import type { Spelling } from './counts.ts';

/**
 * All segmentations of all words at once: at each position the pieces that start there, shortest first. The shortest
 * has one character and always exists. Pieces are numbers.
 */
export interface Lattice {
  /** Word w has the positions from `first[w]` to before `first[w + 1]`. */
  readonly first: Int32Array;
  /** The pieces at a position are those from `starts[place]` to before `starts[place + 1]`. */
  readonly starts: Int32Array;
  readonly pieces: Int32Array;
  readonly lengths: Uint8Array;
}

/** @param startingAt reports the pieces that start at a position and end by `end`, shortest first */
export function buildLattice(
  { symbols, first }: Spelling,
  startingAt: (place: number, end: number, found: (piece: number, length: number) => void) => void,
): Lattice {
  const starts = new Int32Array(symbols.length + 1);
  let pieces = new Int32Array(symbols.length * 4 + 1024);
  let lengths = new Uint8Array(pieces.length);
  let size = 0;
  for (let word = 0; word + 1 < first.length; word++) {
    const end = first[word + 1]!;
    for (let place = first[word]!; place < end; place++) {
      starts[place] = size;
      startingAt(place, end, (piece, length) => {
        if (size === pieces.length) {
          pieces = grown(pieces, new Int32Array(size * 2));
          lengths = grown(lengths, new Uint8Array(size * 2));
        }
        pieces[size] = piece;
        lengths[size++] = length;
      });
    }
  }
  starts[symbols.length] = size;
  return { first, starts, pieces: pieces.slice(0, size), lengths: lengths.slice(0, size) };
}

function grown<A extends Int32Array | Uint8Array>(array: A, larger: A): A {
  larger.set(array);
  return larger;
}

/** Removes pieces from a lattice, in place. */
export function removePieces({ starts, pieces, lengths }: Lattice, gone: (piece: number) => boolean): void {
  let size = 0;
  for (let place = 0; place + 1 < starts.length; place++) {
    const from = starts[place]!;
    starts[place] = size;
    for (let edge = from; edge < starts[place + 1]!; edge++) {
      if (gone(pieces[edge]!)) continue;
      pieces[size] = pieces[edge]!;
      lengths[size++] = lengths[edge]!;
    }
  }
  starts[starts.length - 1] = size;
}

/**
 * The E step: the expected count of each piece, over all segmentations weighted by their probability. Backward sums
 * come first; then, in a forward pass, each position divides its expected count among its edges.
 * @param scores log probabilities by piece
 * @param counts how often each word occurs
 */
export function expectedCounts(lattice: Lattice, scores: Float64Array, counts: Float64Array): Float64Array {
  const { first, starts, pieces, lengths } = lattice;
  const expected = new Float64Array(scores.length);
  let backward = new Float64Array(256);
  let passed = new Float64Array(256);
  let shares = new Float64Array(4096);
  for (let word = 0; word < counts.length; word++) {
    const start = first[word]!;
    const length = first[word + 1]! - start;
    const firstEdge = starts[start]!;
    const edgeCount = starts[start + length]! - firstEdge;
    if (length >= backward.length) {
      backward = new Float64Array(length * 2);
      passed = new Float64Array(length * 2);
    }
    if (edgeCount > shares.length) shares = new Float64Array(edgeCount * 2);

    backward[length] = 0;
    for (let at = length - 1; at >= 0; at--) {
      const from = starts[start + at]!;
      const to = starts[start + at + 1]!;
      let most = -Infinity;
      for (let edge = from; edge < to; edge++) {
        const score = scores[pieces[edge]!]! + backward[at + lengths[edge]!]!;
        shares[edge - firstEdge] = score;
        if (score > most) most = score;
      }
      let sum = 0;
      for (let edge = from; edge < to; edge++) {
        const likelihood = Math.exp(shares[edge - firstEdge]! - most);
        shares[edge - firstEdge] = likelihood;
        sum += likelihood;
      }
      for (let edge = from; edge < to; edge++) shares[edge - firstEdge]! /= sum;
      backward[at] = most + Math.log(sum);
    }

    passed.fill(0, 0, length + 1);
    passed[0] = counts[word]!;
    for (let at = 0; at < length; at++) {
      for (let edge = starts[start + at]!; edge < starts[start + at + 1]!; edge++) {
        const share = passed[at]! * shares[edge - firstEdge]!;
        expected[pieces[edge]!]! += share;
        passed[at + lengths[edge]!]! += share;
      }
    }
  }
  return expected;
}

/**
 * The pieces of the most probable segmentation of the positions from `start` to before `end`; of ties the one with the
 * longer last piece.
 * @param excluded a piece that may not be used
 */
export function bestPath(
  { starts, pieces, lengths }: Lattice,
  scores: Float64Array,
  start: number,
  end: number,
  excluded = -1,
): number[] {
  const best = new Float64Array(end - start + 1).fill(-Infinity);
  const edgeTo = new Int32Array(end - start + 1);
  best[0] = 0;
  for (let at = start; at < end; at++) {
    for (let edge = starts[at]!; edge < starts[at + 1]!; edge++) {
      const to = at + lengths[edge]!;
      if (to > end) break;
      const score = best[at - start]! + scores[pieces[edge]!]!;
      if (score > best[to - start]! && pieces[edge] !== excluded) {
        best[to - start] = score;
        edgeTo[to - start] = edge;
      }
    }
  }
  const path: number[] = [];
  for (let at = end; at > start; at -= lengths[edgeTo[at - start]!]!) path.push(pieces[edgeTo[at - start]!]!);
  return path.reverse();
}
