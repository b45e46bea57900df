import { type Alignment, parseAlignment } from '../corpus/alignment.ts';
import { InputError } from '../support/errors.ts';
import { readParallelFiles } from './parallel-files.ts';

/** How well links agree with a gold alignment, each in [0, 1]. */
export interface AlignmentScore {
  /** Alignment error rate: 0 is perfect. */
  readonly aer: number;
  /** The share of the links that the gold alignment considers possible. */
  readonly precision: number;
  /** The share of the gold alignment's sure links that were found. */
  readonly recall: number;
}

/**
 * The alignment error rate over a corpus (Och & Ney 2003, J03-1002): with links A, sure gold links S and possible ones
 * P, `1 - (|A ∩ S| + |A ∩ P|) / (|A| + |S|)`.
 * @param alignments the links of each sentence; their `sure` ones count
 * @param gold the same number, of the same sentences
 * @throws InputError if the numbers differ
 */
export function alignmentErrorRate(alignments: readonly Alignment[], gold: readonly Alignment[]): AlignmentScore {
  if (alignments.length !== gold.length) {
    throw new InputError(`${alignments.length} alignments, but ${gold.length} gold ones`);
  }
  const sum = { links: 0, sure: 0, foundSure: 0, foundPossible: 0 };
  alignments.forEach(({ sure: links }, i) => {
    const { sure, possible } = gold[i]!;
    sum.links += links.size;
    sum.sure += sure.size;
    for (const link of links) {
      if (sure.has(link)) sum.foundSure++;
      if (possible.has(link)) sum.foundPossible++;
    }
  });
  return {
    aer: 1 - (sum.foundSure + sum.foundPossible) / (sum.links + sum.sure),
    precision: sum.foundPossible / sum.links,
    recall: sum.foundSure / sum.sure,
  };
}

/** Reads a file of alignments, one line per sentence; an empty line is a sentence without links. */
export async function readAlignments(path: string): Promise<Alignment[]> {
  const [lines = []] = await readParallelFiles([path]);
  return lines.map((line, i) => parseAlignment(line, `${path}:${i + 1}`));
}
