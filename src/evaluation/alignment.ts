import { InputError } from '../support/errors.ts';
import { readParallelFiles } from './parallel-files.ts';

/** Links between the words of a sentence and its translation, each in Pharaoh format: `source-target`, from 0. */
export interface Alignment {
  /** Links that annotators are sure of, or that an aligner produced. */
  readonly sure: ReadonlySet<string>;
  /** Links that are not mistakes, including the sure ones. */
  readonly possible: ReadonlySet<string>;
}

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

/**
 * Reads one line of alignments: `0-1` is a sure link from source word 0 to target word 1, `0?1` a possible one.
 * @param where how an error names the line
 * @throws InputError for anything else
 */
export function parseAlignment(line: string, where?: string): Alignment {
  const sure = new Set<string>();
  const possible = new Set<string>();
  for (const word of line.split(/\s+/).filter((text) => text !== '')) {
    const [, source, kind, target] = /^(\d+)([-?])(\d+)$/.exec(word) ?? [];
    if (source === undefined || target === undefined) {
      throw new InputError(`'${word}' is not an alignment link`, {
        ...(where !== undefined && { where }),
        remedy:
          'write 0-1 for a sure link of source word 0 and target word 1, 0?1 for a possible one, separated by spaces',
      });
    }
    const link = `${Number(source)}-${Number(target)}`;
    possible.add(link);
    if (kind === '-') sure.add(link);
  }
  return { sure, possible };
}

/** Reads a file of alignments, one line per sentence; an empty line is a sentence without links. */
export async function readAlignments(path: string): Promise<Alignment[]> {
  const [lines = []] = await readParallelFiles([path]);
  return lines.map((line, i) => parseAlignment(line, `${path}:${i + 1}`));
}
