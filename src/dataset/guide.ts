import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { EncodedPair } from './pair-file.ts';

/** Which ids of each side start a word: 1 for those, 0 for the others. */
export interface WordStarts {
  readonly source: Uint8Array;
  readonly target: Uint8Array;
}

/** Which ids of a vocabulary start a word: all in one of words, otherwise the pieces that start with `▁`. */
export function wordStarts(vocabulary: Pick<Vocabulary, 'type' | 'size' | 'piece'>): Uint8Array {
  return Uint8Array.from({ length: vocabulary.size }, (_, id) =>
    Number(vocabulary.type === 'words' || vocabulary.piece(id).startsWith('▁')),
  );
}

/** Where each word of a sentence starts among its ids, followed by the number of ids. */
export function wordEdges(ids: ArrayLike<number>, starts: Uint8Array): number[] {
  const edges: number[] = [];
  for (let i = 0; i < ids.length; i++) if (i === 0 || starts[ids[i]!] === 1) edges.push(i);
  return [...edges, ids.length];
}

/**
 * Writes one pair's reference alignment into its row of a batch [B, T, S]: each piece of a linked target word is linked
 * to all pieces of the source words it is linked to, with weights that sum to 1. The rows of other pieces, and of
 * `</s>`, stay zero.
 */
export function fillAlignment(
  alignment: Float32Array,
  row: number,
  { sourceLength, targetLength }: { readonly sourceLength: number; readonly targetLength: number },
  { source, target, links = [] }: EncodedPair,
  starts: WordStarts,
): void {
  if (links.length === 0) return;
  const sourceEdges = wordEdges(source, starts.source);
  const targetEdges = wordEdges(target, starts.target);
  const first = row * targetLength * sourceLength;
  const rowOf = (t: number) => alignment.subarray(first + t * sourceLength, first + (t + 1) * sourceLength);
  for (let link = 0; link < links.length; link += 2) {
    const [from, to] = [sourceEdges[links[link]!]!, sourceEdges[links[link]! + 1]!];
    for (let t = targetEdges[links[link + 1]!]!; t < targetEdges[links[link + 1]! + 1]!; t++)
      rowOf(t).fill(1, from, to);
  }
  for (let t = 0; t < target.length; t++) {
    const weights = rowOf(t).subarray(0, source.length);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (sum > 1) for (let s = 0; s < weights.length; s++) weights[s]! /= sum;
  }
}
