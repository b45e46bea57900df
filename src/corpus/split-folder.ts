import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../support/errors.ts';
import { readFailure } from '../support/file-failures.ts';
import { shellWord } from '../support/shell.ts';
import type { Corpus } from './corpus.ts';
import { type SplitName, splitNames } from './splits.ts';

const count = z.number().int().min(0);
const overlap = z.object({ source: count, target: count });

/** What `split.json` records about the three files beside it. */
const splitFile = z.object({
  format: z.literal('attn-split'),
  version: z.literal(1),
  method: z.enum(['component', 'row', 'lines']),
  /** Whether a dev or test sentence may be in train as well. */
  leaks: z.boolean(),
  /** Null if the lines were given. */
  seed: z.number().nullable(),
  languages: z.object({ source: z.string(), target: z.string() }),
  inputs: z.array(z.object({ file: z.string(), sha256: z.string() })),
  pairs: z.object({ train: count, dev: count, test: count }),
  malformed: count,
  components: z.object({ count, largest: count }),
  /** How many pairs have a source, and how many a target, that is also in train (normalised). */
  sharedWithTrain: z.object({ dev: overlap, test: overlap }),
});
export type SplitFile = z.output<typeof splitFile>;

/** The path of a split in the folder of a split corpus. */
export function splitPath(folder: string, split: SplitName): string {
  return join(folder, `${split}.tsv`);
}

/** The text of a `split.json`. */
export function formatSplitFile(split: SplitFile): string {
  return `${JSON.stringify(split, null, 2)}\n`;
}

/**
 * The content of a folder's `split.json`; undefined if there is none.
 * @throws InputError if the file is not valid
 */
export function readSplitFile(folder: string): SplitFile | undefined {
  const path = join(folder, 'split.json');
  if (!existsSync(path)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw error instanceof SyntaxError ? damaged(path, error) : readFailure(path, error);
  }
  const result = splitFile.safeParse(parsed);
  if (!result.success) throw damaged(path, result.error);
  return result.data;
}

function damaged(path: string, cause: unknown): InputError {
  return new InputError('was not written by `attn data split`', {
    where: path,
    remedy: 'split the corpus again, or remove the file',
    cause,
  });
}

/** Whether a path is a folder of `train.tsv`, `dev.tsv`, `test.tsv` (or some of them). */
export function isSplitFolder(path: string): boolean {
  return (
    existsSync(path) && statSync(path).isDirectory() && splitNames.some((split) => existsSync(splitPath(path, split)))
  );
}

/**
 * The splits of a split corpus as separate corpora. Their languages come from `split.json`; without it they are called
 * `source` and `target`.
 * @throws InputError if the folder has none of the three files
 */
export function openSplitFolder(folder: string): { readonly name: SplitName; readonly corpus: Corpus }[] {
  const languages = readSplitFile(folder)?.languages ?? { source: 'source', target: 'target' };
  const splits = splitNames.filter((split) => existsSync(splitPath(folder, split)));
  if (splits.length === 0) {
    throw new InputError('has no train.tsv, dev.tsv or test.tsv', {
      where: folder,
      remedy: `write them: attn data split --corpus FILE --out ${shellWord(folder)}`,
    });
  }
  return splits.map((split) => {
    const path = splitPath(folder, split);
    return { name: split, corpus: { name: path, languages, files: [{ path }], columns: [0, 1], close: () => {} } };
  });
}
