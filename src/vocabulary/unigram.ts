import { type Counted, type CountedWord, type Spelling, spell } from './counts.ts';
import { bestPath, buildLattice, expectedCounts, type Lattice, removePieces } from './lattice.ts';
import { SCORE_STEPS } from './model-file.ts';
import { findSeeds, type Seeds } from './seeds.ts';

/** A piece and its log probability. */
export interface UnigramPiece {
  readonly text: string;
  readonly score: number;
}

// The C++ trainer's settings.
const ROUNDS_OF_EM = 2;
const SHRINKING_FACTOR = 0.75;
const LEAST_EXPECTED_COUNT = 0.5;
/** Pruning stops at this multiple of the requested size; the last step keeps the pieces with the highest scores. */
const ROOM_ABOVE_SIZE = 1.1;
/** How much less likely an unknown character is than the least likely piece. */
const UNKNOWN_PENALTY = 10;

/**
 * A unigram language model over pieces (Kudo 2018), trained like sentencepiece 0.2.3's unigram_model_trainer.cc. It
 * starts from many seeds; after two rounds of EM, the quarter of the pieces whose removal costs the least likelihood is
 * dropped, and so on until the size is close. Pieces in no best segmentation are dropped last. One difference: there an
 * unknown character counts as one more `▁`, because unknown has id 0 in training; here it counts for nothing.
 *
 * @param words the words of the corpus with their counts
 * @param characters those that get their own piece whatever their score
 * @param size how many pieces are requested
 * @param trainedSize the target of pruning: the size of the whole vocabulary (the C++ trainer counts special pieces
 *   too)
 * @returns the pieces by descending score; fewer if there are no more
 */
export function trainUnigram(
  words: readonly CountedWord[],
  characters: readonly Counted[],
  size: number,
  trainedSize: number,
): UnigramPiece[] {
  const spelling = spell(words, characters);
  const seeds = findSeeds(words, characters, spelling);
  const unknown = seeds.size;
  const lattice = buildLattice(spelling, (place, end, found) =>
    seeds.startingAt(place, end, (seed, length) => found(seed < 0 ? unknown : seed, length)),
  );
  const counts = Float64Array.from(words, ({ count }) => count);
  const target = Math.trunc(trainedSize * ROOM_ABOVE_SIZE);
  let model = firstModel(seeds);
  do {
    for (let round = 0; round < ROUNDS_OF_EM; round++) {
      model = maximized(model, expectedCounts(lattice, edgeScores(model, characters.length), counts));
    }
    model = pruned(model, lattice, seeds, characters.length, counts, target);
    removePieces(lattice, (piece) => piece >= characters.length && model.scores[piece] === -Infinity);
  } while (model.pieces.length > target);
  const edges = edgeScores(model, characters.length);
  const reachable = model.pieces.filter((piece) => alternativeTo(piece, lattice, seeds, edges).margin >= 0);
  return selectPieces(reachable, model.scores, seeds, spelling, characters, size);
}

/** The pieces in the order that breaks ties, and the log probability of every seed: -Infinity if it is not a piece. */
interface Model {
  readonly pieces: readonly number[];
  readonly scores: Float64Array;
}

function withPieces(pieces: readonly number[], scoreOf: (piece: number) => number, seeds: number): Model {
  const scores = new Float64Array(seeds).fill(-Infinity);
  for (const piece of pieces) scores[piece] = scoreOf(piece);
  return { pieces, scores };
}

function firstModel({ scores, size }: Seeds): Model {
  const logSum = Math.log(scores.reduce((sum, score) => sum + score, 0));
  return withPieces(Array.from(scores.keys()), (seed) => Math.log(scores[seed]!) - logSum, size);
}

/**
 * The scores of the pieces in the lattice, followed by that of an unknown character, which also applies to a character
 * that is not a piece.
 */
function edgeScores({ pieces, scores }: Model, characterCount: number): Float64Array {
  const unknown = pieces.reduce((least, piece) => Math.min(least, scores[piece]!), 0) - UNKNOWN_PENALTY;
  const edges = new Float64Array(scores.length + 1).fill(unknown);
  edges.set(scores);
  for (let piece = 0; piece < characterCount; piece++) edges[piece] = Math.max(edges[piece]!, unknown);
  return edges;
}

/** The M step, with a prior that favours few pieces: the digamma function instead of the logarithm. */
function maximized({ pieces, scores }: Model, expected: Float64Array): Model {
  const frequent = pieces.filter((piece) => expected[piece]! >= LEAST_EXPECTED_COUNT);
  const logSum = digamma(frequent.reduce((sum, piece) => sum + expected[piece]!, 0));
  return withPieces(frequent, (piece) => digamma(expected[piece]!) - logSum, scores.length);
}

/**
 * Keeps three quarters of the pieces, or `target`. The loss of a piece is how much less likely the corpus becomes when
 * its second-best segmentation replaces it. Pieces without a second segmentation stay; pieces in no best segmentation
 * go.
 */
function pruned(
  { pieces, scores }: Model,
  lattice: Lattice,
  seeds: Seeds,
  characterCount: number,
  counts: Float64Array,
  target: number,
): Model {
  const edges = edgeScores({ pieces, scores }, characterCount);
  const uses = new Float64Array(edges.length);
  counts.forEach((count, word) => {
    for (const piece of bestPath(lattice, edges, lattice.first[word]!, lattice.first[word + 1]!)) uses[piece]! += count;
  });
  const total = pieces.reduce((sum, piece) => sum + uses[piece]!, 0);
  const kept: number[] = [];
  const losses: { readonly piece: number; readonly loss: number }[] = [];
  for (const piece of pieces) {
    const use = uses[piece]!;
    if (use === 0) continue;
    const { parts, margin } = alternativeTo(piece, lattice, seeds, edges);
    if (margin < 0) continue;
    if (parts.length === 0) {
      kept.push(piece);
      continue;
    }
    const logTotal = Math.log(total + use * (parts.length - 1));
    const without = parts.reduce((sum, part) => sum + Math.log(uses[part]! + use) - logTotal, 0);
    losses.push({ piece, loss: use * (Math.log(use) - Math.log(total) - without) });
  }
  const places = Math.max(target, Math.trunc(SHRINKING_FACTOR * pieces.length)) - kept.length;
  losses.sort((a, b) => b.loss - a.loss); // stable: ties stay in order
  kept.push(...losses.slice(0, Math.max(0, places)).map(({ piece }) => piece));
  return withPieces(kept, (piece) => scores[piece]!, scores.length);
}

/**
 * The best segmentation of a piece's text without the piece itself, and how much more likely the piece is; none for
 * characters.
 */
function alternativeTo(
  piece: number,
  lattice: Lattice,
  { places, lengths }: Seeds,
  edges: Float64Array,
): { readonly parts: readonly number[]; readonly margin: number } {
  if (lengths[piece] === 1) return { parts: [], margin: Infinity };
  const start = places[piece]!;
  const parts = bestPath(lattice, edges, start, start + lengths[piece]!, piece);
  return { parts, margin: edges[piece]! - parts.reduce((sum, part) => sum + edges[part]!, 0) };
}

/** All characters, and the most likely of the other pieces. */
function selectPieces(
  reachable: readonly number[],
  scores: Float64Array,
  { places, lengths }: Seeds,
  { symbols }: Spelling,
  characters: readonly Counted[],
  size: number,
): UnigramPiece[] {
  const least = reachable.reduce((lowest, piece) => Math.min(lowest, scores[piece]!), 0);
  const chosen = characters.map(({ text }, piece) => ({ text, score: Math.max(scores[piece]!, least) }));
  const others = reachable.filter((piece) => piece >= characters.length).sort((a, b) => scores[b]! - scores[a]!);
  for (const piece of others.slice(0, Math.max(0, size - chosen.length))) {
    const spelled = symbols.subarray(places[piece]!, places[piece]! + lengths[piece]!);
    chosen.push({ text: Array.from(spelled, (symbol) => characters[symbol]!.text).join(''), score: scores[piece]! });
  }
  const rounded = chosen.map(({ text, score }) => ({ text, score: Math.round(score * SCORE_STEPS) / SCORE_STEPS }));
  return rounded.sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1));
}

/** The derivative of the logarithm of the gamma function, by its asymptotic series above 7. */
export function digamma(value: number): number {
  let x = value;
  let result = 0;
  for (; x < 7; x++) result -= 1 / x;
  x -= 0.5;
  const square = 1 / (x * x);
  const series = square * (1 / 24 - square * (7 / 960 - square * (31 / 8064 - square * (127 / 30720))));
  return result + Math.log(x) + series;
}
