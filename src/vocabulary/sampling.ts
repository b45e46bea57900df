import { type ModelFile, PieceKind } from './model-file.ts';
import { symbolPattern } from './normalizer.ts';
import { type Sampling, UNKNOWN } from './vocabulary.ts';
import { createWordLattice } from './word-lattice.ts';

/** Splits part of a word into pieces. */
type Draw = (part: string, sampling: Sampling) => string[];

/**
 * Draws segmentations of words, which sentencepiece-js cannot. Follows the C++ sentencepiece's `SampleEncode`.
 * @returns a function from a normalised word (with its `▁`) to ids
 */
export function createSampler(model: ModelFile): (word: string, sampling: Sampling) => number[] {
  const idOf = new Map(model.pieces.map(({ text }, id) => [text, id]));
  const byteIds = model.pieces.flatMap(({ kind }, id) => (kind === PieceKind.byte ? [id] : []));
  const pattern = symbolPattern(userSymbols(model));
  const scores = normalScores(model);
  const draw = model.type === 'bpe' ? mergeWithDropout(scores) : drawSegmentation(scores);
  const idsOf = (piece: string): number[] => {
    if (scores.has(piece)) return [idOf.get(piece) ?? UNKNOWN];
    return model.byteFallback
      ? Array.from(new TextEncoder().encode(piece), (byte) => byteIds[byte] ?? UNKNOWN)
      : [UNKNOWN];
  };
  return (word, sampling) => {
    const ids = (pattern === undefined ? [word] : word.split(pattern)).flatMap((part, i) => {
      if (i % 2 === 1) return [idOf.get(part) ?? UNKNOWN];
      return part === '' ? [] : draw(part, sampling).flatMap(idsOf);
    });
    // A run of unknown characters is one unknown piece.
    return ids.filter((id, i) => id !== UNKNOWN || ids[i - 1] !== UNKNOWN);
  };
}

/** The user-defined symbols of a model. */
export function userSymbols({ pieces }: ModelFile): string[] {
  return pieces.filter(({ kind }) => kind === PieceKind.userDefined).map(({ text }) => text);
}

/** The scores of the pieces used for segmentation. */
export function normalScores({ pieces }: ModelFile): Map<string, number> {
  return new Map(pieces.filter(({ kind }) => kind === PieceKind.normal).map(({ text, score }) => [text, score]));
}

/**
 * BPE-dropout: merges in order, from left to right, each skipped with probability alpha. A skipped pair stays apart
 * until one of its sides has changed.
 */
function mergeWithDropout(scores: ReadonlyMap<string, number>): Draw {
  return (part, { alpha, random }) => {
    const pieces = [...part];
    const scoreAt = (i: number) => scores.get(pieces[i]! + pieces[i + 1]!) ?? -Infinity;
    const merges = pieces.slice(1).map((_, i) => scoreAt(i));
    for (;;) {
      const best = Math.max(...merges);
      if (best === -Infinity) return pieces;
      const at = merges.indexOf(best);
      if (alpha > 0 && random.uniform() < alpha) {
        merges[at] = -Infinity;
        continue;
      }
      pieces.splice(at, 2, pieces[at]! + pieces[at + 1]!);
      merges.splice(at, 1);
      if (at > 0) merges[at - 1] = scoreAt(at - 1);
      if (at < merges.length) merges[at] = scoreAt(at);
    }
  };
}

/**
 * A segmentation with a probability proportional to that of its pieces to the power of alpha; the sums run from the
 * end.
 */
function drawSegmentation(scores: ReadonlyMap<string, number>): Draw {
  const latticeOf = createWordLattice(scores);
  return (part, { alpha, random }) => {
    const lattice = latticeOf(part);
    const sums = new Float64Array(lattice.length + 1);
    for (let start = lattice.length - 1; start >= 0; start--) {
      const totals = lattice[start]!.map(({ score, end }) => alpha * score + sums[end]!);
      const most = Math.max(...totals);
      sums[start] = most + Math.log(totals.reduce((sum, total) => sum + Math.exp(total - most), 0));
    }
    const drawn: string[] = [];
    for (let start = 0; start < lattice.length; ) {
      const edges = lattice[start]!;
      let left = random.uniform();
      const chosen = edges.findIndex(({ score, end }) => {
        left -= Math.exp(alpha * score + sums[end]! - sums[start]!);
        return left < 0;
      });
      // Rounding may leave a tiny remainder of probability without an edge.
      const { text, end } = edges[chosen < 0 ? edges.length - 1 : chosen]!;
      drawn.push(text);
      start = end;
    }
    return drawn;
  };
}
