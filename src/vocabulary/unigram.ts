import { type Counted, type CountedWord, type Spelling, spell } from './counts.ts';
import { bestPath, buildLattice, expectedCounts, type Lattice, removePieces } from './lattice.ts';
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
/** Pruning stops this much above the wanted size; the last step takes the pieces with the greatest scores. */
const ROOM_ABOVE_SIZE = 1.1;
/** How much less likely an unknown character is than the least likely piece. */
const UNKNOWN_PENALTY = 10;

/**
 * A unigram language model over pieces (Kudo 2018), trained as sentencepiece's unigram_model_trainer.cc does: from many
 * seeds, two rounds of EM, then the quarter of the pieces goes whose loss costs the likelihood least, until the size is
 * near.
 *
 * @param words the words of the corpus with their counts
 * @param characters those that get a piece of their own whatever their score
 * @param size how many pieces are wanted
 * @param trainedSize what the pruning aims at: the size of the whole vocabulary (the C++ trainer counts special pieces too)
 * @returns the pieces by falling score; fewer when there are no more
 */
export function trainUnigram(
  words: readonly CountedWord[],
  characters: readonly Counted[],
  size: number,
  trainedSize: number,
): UnigramPiece[] {
  const spelling = spell(words, characters);
  const seeds = findSeeds(words, characters, spelling);
  const model = firstModel(seeds);
  const lattice = buildLattice(spelling, (place, end, found) =>
    seeds.startingAt(place, end, (seed, length) => found(seed < 0 ? seeds.size : seed, length)),
  );
  const counts = Float64Array.from(words, ({ count }) => count);
  const target = Math.trunc(trainedSize * ROOM_ABOVE_SIZE);
  for (;;) {
    for (let round = 0; round < ROUNDS_OF_EM; round++) {
      const expected = expectedCounts(lattice, edgeScores(model, characters.length), counts);
      maximize(model, expected);
    }
    const alive = model.alive.reduce((sum, flag) => sum + flag, 0);
    if (alive <= target) break;
    prune(model, lattice, seeds, characters.length, counts, Math.max(target, Math.trunc(SHRINKING_FACTOR * alive)));
  }
  return selectPieces(model, seeds, spelling, characters, size);
}

/** The log probability of every seed, and whether it is still a piece. */
interface Model {
  readonly scores: Float64Array;
  readonly alive: Uint8Array;
}

function firstModel(seeds: Seeds): Model {
  const logSum = Math.log(seeds.scores.reduce((sum, score) => sum + score, 0));
  return { scores: seeds.scores.map((score) => Math.log(score) - logSum), alive: new Uint8Array(seeds.size).fill(1) };
}

function leastScore({ scores, alive }: Model): number {
  let least = Infinity;
  for (let piece = 0; piece < scores.length; piece++) {
    if (alive[piece] && scores[piece]! < least) least = scores[piece]!;
  }
  return least;
}

/** What an edge of the lattice scores by its piece: one more than there are pieces, the last for unknown characters. */
function edgeScores(model: Model, characterCount: number): Float64Array {
  const unknown = leastScore(model) - UNKNOWN_PENALTY;
  const scores = new Float64Array(model.scores.length + 1);
  for (let piece = 0; piece < model.scores.length; piece++) {
    scores[piece] = model.alive[piece] ? model.scores[piece]! : piece < characterCount ? unknown : -Infinity;
  }
  scores[model.scores.length] = unknown;
  return scores;
}

/** The M step, with a prior that favours few pieces: the digamma function in the place of the logarithm. */
function maximize({ scores, alive }: Model, expected: Float64Array): void {
  let sum = 0;
  for (let piece = 0; piece < scores.length; piece++) {
    if (alive[piece] && expected[piece]! < LEAST_EXPECTED_COUNT) alive[piece] = 0;
    if (alive[piece]) sum += expected[piece]!;
  }
  const logSum = digamma(sum);
  for (let piece = 0; piece < scores.length; piece++) {
    if (alive[piece]) scores[piece] = digamma(expected[piece]!) - logSum;
  }
}

/** The loss of a piece: how much less likely the corpus becomes when its second-best segmentation stands in its place. */
function prune(
  model: Model,
  lattice: Lattice,
  seeds: Seeds,
  characterCount: number,
  counts: Float64Array,
  keep: number,
): void {
  const { scores, alive } = model;
  const edges = edgeScores(model, characterCount);
  const uses = new Float64Array(edges.length);
  let words = 0;
  counts.forEach((count, word) => {
    words += count;
    for (const piece of bestPath(lattice, edges, lattice.first[word]!, lattice.first[word + 1]!)) uses[piece]! += count;
  });
  const total = uses.subarray(0, scores.length).reduce((sum, count) => sum + count, 0);
  const losses: { readonly piece: number; readonly loss: number }[] = [];
  let kept = 0;
  for (let piece = 0; piece < scores.length; piece++) {
    if (!alive[piece]) continue;
    const use = uses[piece]!;
    alive[piece] = 0;
    if (use === 0) continue;
    if (piece < characterCount) {
      alive[piece] = 1;
      kept++;
      continue;
    }
    const start = seeds.places[piece]!;
    const parts = bestPath(lattice, edges, start, start + seeds.lengths[piece]!, piece);
    if (parts.reduce((sum, part) => sum + edges[part]!, 0) > scores[piece]!) continue;
    const logTotal = Math.log(total + use * (parts.length - 1));
    const without = parts.reduce((sum, part) => sum + Math.log(uses[part]! + use) - logTotal, 0);
    losses.push({ piece, loss: (use / words) * (Math.log(use) - Math.log(total) - without) });
  }
  losses.sort((a, b) => b.loss - a.loss || a.piece - b.piece);
  for (const { piece } of losses.slice(0, Math.max(0, keep - kept))) alive[piece] = 1;
  removePieces(lattice, (piece) => piece >= characterCount && alive[piece] === 0);
}

function selectPieces(
  model: Model,
  seeds: Seeds,
  { symbols }: Spelling,
  characters: readonly Counted[],
  size: number,
): UnigramPiece[] {
  const least = leastScore(model);
  let missing = 0;
  // A character without a score gets less than all others, each a little different.
  const pieces = characters.map(({ text }, piece) => ({
    text,
    score: model.alive[piece] ? model.scores[piece]! : least + 0.0001 * missing++,
  }));
  const order = Array.from(model.scores.keys()).filter((piece) => piece >= characters.length && model.alive[piece]);
  order.sort((a, b) => model.scores[b]! - model.scores[a]! || a - b);
  for (const piece of order.slice(0, Math.max(0, size - pieces.length))) {
    const place = seeds.places[piece]!;
    const text = Array.from(symbols.subarray(place, place + seeds.lengths[piece]!), (s) => characters[s]!.text).join(
      '',
    );
    pieces.push({ text, score: model.scores[piece]! });
  }
  return pieces.sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1));
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
