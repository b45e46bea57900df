import { DROP, type EditMatrix, editDistance, editMatrix, editPath, INSERT, KEEP } from './edit-distance.ts';

/**
 * Tercom's limits: the longest block that is shifted, its maximum distance from its match, the number of shifts tried.
 */
const LONGEST_SHIFT = 10;
const FARTHEST_SHIFT = 50;
const MOST_CANDIDATES = 1000;

/**
 * The number of edits between a hypothesis and a reference, where shifting a block of words counts as one. Shifts are
 * chosen greedily, each the one that saves most, until none saves any (Snover et al. 2006). Ties, limits and search
 * order follow Tercom as in sacreBLEU 2.6.0, for equal results.
 */
export function countEdits(hypothesis: readonly number[], reference: readonly number[]): number {
  if (reference.length === 0) return hypothesis.length;
  let words = hypothesis;
  let shifts = 0;
  let tried = 0;
  for (;;) {
    const matrix = editMatrix(words, reference);
    const distance = matrix.rows.at(-1)![reference.length]!;
    const best = bestShift(words, reference, matrix, distance, tried);
    tried = best.tried;
    if (tried >= MOST_CANDIDATES || best.saved <= 0) return shifts + distance;
    words = best.words;
    shifts++;
  }
}

interface Shift {
  /** By how much the distance falls, not counting the shift itself. */
  readonly saved: number;
  readonly length: number;
  readonly start: number;
  readonly target: number;
  readonly words: readonly number[];
}

/** The shift that saves most; of ties the longest block, then the first in the hypothesis, then the first target. */
function bestShift(
  words: readonly number[],
  reference: readonly number[],
  matrix: EditMatrix,
  distance: number,
  triedBefore: number,
): { readonly saved: number; readonly words: readonly number[]; readonly tried: number } {
  const { position, hypothesisWrong, referenceWrong } = align(matrix);
  let best: Shift | undefined;
  let tried = triedBefore;
  for (const { start, match, length } of commonBlocks(words, reference)) {
    // A block moves only if it is wrong where it is and its match is not yet found, and not into itself.
    if (!hypothesisWrong.slice(start, start + length).includes(true)) continue;
    if (!referenceWrong.slice(match, match + length).includes(true)) continue;
    if (start <= position[match]! && position[match]! < start + length) continue;
    let previous = -1;
    for (let i = match - 1; i < match + length; i++) {
      const target = i < 0 ? 0 : position[i]! + 1;
      if (target === previous) continue;
      previous = target;
      const shifted = shift(words, start, length, target);
      const saved = distance - editDistance(shifted, reference, matrix, Math.min(start, target));
      const candidate = { saved, length, start, target, words: shifted };
      if (best === undefined || isBetter(candidate, best)) best = candidate;
      tried++;
    }
    if (tried >= MOST_CANDIDATES) break;
  }
  return { saved: best?.saved ?? 0, words: best?.words ?? words, tried };
}

function isBetter(a: Shift, b: Shift): boolean {
  return (a.saved - b.saved || a.length - b.length || b.start - a.start || b.target - a.target) > 0;
}

/**
 * Reads the cheapest path: the hypothesis position of each reference word (for one without a counterpart the position
 * before it, -1 at the start) and which words of either side are wrong.
 */
function align(matrix: EditMatrix): {
  readonly position: readonly number[];
  readonly hypothesisWrong: readonly boolean[];
  readonly referenceWrong: readonly boolean[];
} {
  const position: number[] = [];
  const hypothesisWrong: boolean[] = [];
  const referenceWrong: boolean[] = [];
  for (const operation of editPath(matrix)) {
    const wrong = operation !== KEEP;
    if (operation !== INSERT) hypothesisWrong.push(wrong);
    if (operation === DROP) continue;
    position.push(hypothesisWrong.length - 1);
    referenceWrong.push(wrong);
  }
  return { position, hypothesisWrong, referenceWrong };
}

/** Every block of words that hypothesis and reference share, in each of its lengths, in Tercom's order. */
function* commonBlocks(
  words: readonly number[],
  reference: readonly number[],
): Generator<{ readonly start: number; readonly match: number; readonly length: number }> {
  for (let start = 0; start < words.length; start++) {
    const end = Math.min(reference.length, start + FARTHEST_SHIFT + 1);
    for (let match = Math.max(0, start - FARTHEST_SHIFT); match < end; match++) {
      const longest = Math.min(LONGEST_SHIFT, words.length - start, reference.length - match);
      for (let length = 1; length <= longest && words[start + length - 1] === reference[match + length - 1]; length++) {
        yield { start, match, length };
      }
    }
  }
}

/**
 * Moves a block: before `target` if that is to its left, otherwise so that `target` counts the block's own words too.
 */
function shift(words: readonly number[], start: number, length: number, target: number): number[] {
  const block = words.slice(start, start + length);
  if (target < start) {
    return [...words.slice(0, target), ...block, ...words.slice(target, start), ...words.slice(start + length)];
  }
  const end = target > start + length ? target : target + length;
  return [...words.slice(0, start), ...words.slice(start + length, end), ...block, ...words.slice(end)];
}
