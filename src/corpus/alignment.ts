import { InputError } from '../support/errors.ts';

/** Links between the words of a sentence and its translation, each in Pharaoh format: `source-target`, from 0. */
export interface Alignment {
  /** Links that annotators are sure of, or that an aligner produced. */
  readonly sure: ReadonlySet<string>;
  /** Links that are not mistakes, including the sure ones. */
  readonly possible: ReadonlySet<string>;
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
