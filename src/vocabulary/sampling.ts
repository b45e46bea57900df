import { type ModelFile, PieceKind } from './model-file.ts';
import { symbolPattern } from './normalizer.ts';
import { type Sampling, UNKNOWN } from './vocabulary.ts';

/** How much less likely an unknown character is than the least likely piece, in SentencePiece. */
const UNKNOWN_PENALTY = 10;

/**
 * Draws segmentations of words, which sentencepiece-js cannot. Follows the C++ sentencepiece's `SampleEncode`.
 * @returns a function from a normalised word (with its `▁`) to ids
 */
export function createSampler(model: ModelFile): (word: string, sampling: Sampling) => number[] {
  const idOf = new Map(model.pieces.map(({ text }, id) => [text, id]));
  const pattern = symbolPattern(model.pieces.filter((p) => p.kind === PieceKind.userDefined).map((p) => p.text));
  const usable = new Map(
    model.pieces.flatMap(({ text, score, kind }) => (kind === PieceKind.normal ? [[text, score] as const] : [])),
  );
  const draw = model.type === 'bpe' ? mergeWithDropout : unigramSampler(usable);
  const idsOf = (piece: string): number[] => {
    if (usable.has(piece)) return [idOf.get(piece) ?? UNKNOWN];
    if (!model.byteFallback) return [UNKNOWN];
    return Array.from(Buffer.from(piece, 'utf8'), (byte) => idOf.get(byteName(byte)) ?? UNKNOWN);
  };
  return (word, sampling) => {
    const ids: number[] = [];
    (pattern === undefined ? [word] : word.split(pattern)).forEach((part, i) => {
      if (i % 2 === 1) ids.push(idOf.get(part) ?? UNKNOWN);
      else if (part !== '') ids.push(...draw(part, usable, sampling).flatMap(idsOf));
    });
    // A run of unknown characters is one unknown.
    return ids.filter((id, i) => id !== UNKNOWN || ids[i - 1] !== UNKNOWN);
  };
}

type Draw = (part: string, scores: ReadonlyMap<string, number>, sampling: Sampling) => string[];

/**
 * BPE-dropout: the merges in their order, from left to right, each passed over with probability alpha; a pair passed over
 * stays apart until one of its sides has changed.
 */
const mergeWithDropout: Draw = (part, scores, { alpha, random }) => {
  const pieces = [...part];
  const scoreAt = (i: number) => scores.get(pieces[i]! + pieces[i + 1]!) ?? -Infinity;
  const merges = pieces.slice(1).map((_, i) => scoreAt(i));
  for (;;) {
    const best = merges.reduce((most, score, i) => (score > (merges[most] ?? -Infinity) ? i : most), 0);
    if ((merges[best] ?? -Infinity) === -Infinity) return pieces;
    if (alpha > 0 && random.uniform() < alpha) {
      merges[best] = -Infinity;
      continue;
    }
    pieces.splice(best, 2, pieces[best]! + pieces[best + 1]!);
    merges.splice(best, 1);
    if (best > 0) merges[best - 1] = scoreAt(best - 1);
    if (best < merges.length) merges[best] = scoreAt(best);
  }
};

/** Forward filtering, backward sampling, the other way around: sums from the end, then draws from the beginning. */
function unigramSampler(pieces: ReadonlyMap<string, number>): Draw {
  let longest = 1;
  let least = 0;
  for (const [text, score] of pieces) {
    longest = Math.max(longest, [...text].length);
    least = Math.min(least, score);
  }
  return (part, scores, { alpha, random }) => {
    const characters = [...part];
    const edges = characters.map((character, start) => {
      const found = [{ text: character, score: (scores.get(character) ?? least - UNKNOWN_PENALTY) * alpha }];
      for (let length = 2; length <= Math.min(longest, characters.length - start); length++) {
        const text = characters.slice(start, start + length).join('');
        const score = scores.get(text);
        if (score !== undefined) found.push({ text, score: score * alpha });
      }
      return found.map((edge) => ({ ...edge, end: start + [...edge.text].length }));
    });
    const sums = new Float64Array(characters.length + 1);
    for (let start = characters.length - 1; start >= 0; start--) {
      const totals = edges[start]!.map(({ score, end }) => score + sums[end]!);
      const most = Math.max(...totals);
      sums[start] = most + Math.log(totals.reduce((sum, total) => sum + Math.exp(total - most), 0));
    }
    const drawn: string[] = [];
    for (let start = 0; start < characters.length; ) {
      let left = random.uniform();
      const choices = edges[start]!;
      const edge =
        choices.find(({ score, end }) => {
          left -= Math.exp(score + sums[end]! - sums[start]!);
          return left < 0;
        }) ?? choices[choices.length - 1]!;
      drawn.push(edge.text);
      start = edge.end;
    }
    return drawn;
  };
}

function byteName(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
