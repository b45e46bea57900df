import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../support/errors.ts';
import { openStored, readFailure } from './bytes.ts';
import type { partNames } from './sentence-graph.ts';

const count = z.number().int().min(0);
const overlap = z.object({ source: count, target: count });

/** What `split.json` says about the three files beside it. */
const splitFile = z.object({
  format: z.literal('attn-split'),
  version: z.literal(1),
  method: z.enum(['component', 'row', 'lines']),
  /** Whether a dev or test sentence is in train as well. */
  leaks: z.boolean(),
  /** Null where the lines were given. */
  seed: z.number().nullable(),
  languages: z.object({ source: z.string(), target: z.string() }),
  inputs: z.array(z.object({ file: z.string(), sha256: z.string() })),
  pairs: z.object({ train: count, dev: count, test: count }),
  malformed: count,
  components: z.object({ count, largest: count }),
  /** How many pairs have a source, and how many a target, that is in train as well (normalised). */
  sharedWithTrain: z.object({ dev: overlap, test: overlap }),
});
export type SplitFile = z.output<typeof splitFile>;

/** The files of a prepared folder. */
export function partPath(folder: string, part: (typeof partNames)[number]): string {
  return join(folder, `${part}.tsv`);
}

/** The text of a `split.json`. */
export function formatSplitFile(split: SplitFile): string {
  return `${JSON.stringify(split, null, 2)}\n`;
}

/**
 * What the `split.json` of a prepared folder says; undefined where there is none.
 * @throws InputError where it is no such file.
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
  return new InputError('is not what `attn data split` writes', {
    where: path,
    remedy: 'split the corpus again, or remove the file',
    cause,
  });
}

/** The SHA-256 of a file as it is stored, in hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of openStored(path)) hash.update(chunk);
  } catch (error) {
    throw readFailure(path, error);
  }
  return hash.digest('hex');
}
