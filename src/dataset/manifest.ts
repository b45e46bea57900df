import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SplitName } from '../corpus/splits.ts';
import { InputError, systemCode } from '../support/errors.ts';
import { readFailure } from '../support/file-failures.ts';
import { firstIssue } from '../support/issues.ts';
import { FORMAT_VERSION } from './pair-file.ts';

const count = z.number().int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const written = z.object({ bytes: count, sha256 });
const sides = z.object({ source: count, target: count });

/** A file outside the folder from which it was made, recorded so that changes are noticed. */
const origin = z.object({
  /** Relative to the folder of the manifest. */
  path: z.string(),
  bytes: count,
  /** Time of the last change, in milliseconds: while it is the same, the file is not read again. */
  modified: z.number(),
  sha256,
});

const split = z.object({
  corpus: origin,
  /** Pairs that can be read: those of the corpus without those left out. */
  pairs: count,
  /** Train pairs left out because a side is longer than `maxLength`, or has no ids. */
  tooLong: count,
  empty: count,
  /** Sides of dev cut to `maxLength`. */
  truncated: count,
  /** Ids of each side with eos, the unknown ones among them, and the longest side with eos. */
  tokens: sides,
  unknown: sides,
  longest: sides,
  /**
   * Train: its word alignments, how many pairs have links, and how many lost theirs because the vocabulary drops words.
   */
  alignment: z.object({ from: origin, linked: count, unmatched: count }).optional(),
  files: z.object({ pairs: written, index: written }),
});

const vocabulary = z.object({
  type: z.enum(['words', 'bpe', 'unigram', 'char']),
  size: count,
  /** Where it was copied from. */
  from: origin,
});

const manifest = z.object({
  format: z.literal('attn-prepared'),
  version: z.literal(FORMAT_VERSION),
  idBytes: z.union([z.literal(2), z.literal(4)]),
  maxLength: count,
  vocabularies: z.object({ source: vocabulary, target: vocabulary }),
  splits: z.object({ train: split, dev: split, test: split }),
});

/** The content of `manifest.json` in a prepared folder. */
export type Manifest = z.output<typeof manifest>;
export type SplitManifest = Manifest['splits'][SplitName];
export type Origin = z.output<typeof origin>;

/** The name of the manifest in its folder: it is written last, so that a folder with one is complete. */
export const MANIFEST_FILE = 'manifest.json';

/** @throws InputError if there is none, it has another version, or it was changed */
export function readManifest(directory: string): Manifest {
  const path = join(directory, MANIFEST_FILE);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw notAManifest(path, 'is not JSON', error);
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw readFailure(path, error);
    throw new InputError('no prepared data', {
      where: directory,
      remedy: 'name the folder that `attn prepare --out DIR` wrote',
      cause: error,
    });
  }
  const version = z.object({ version: z.number() }).safeParse(content);
  if (version.success && version.data.version !== FORMAT_VERSION) {
    throw notAManifest(path, `has version ${version.data.version}, this attn reads version ${FORMAT_VERSION}`);
  }
  const result = manifest.safeParse(content);
  if (!result.success) throw notAManifest(path, firstIssue(result.error), result.error);
  return result.data;
}

/** Whether a file is the manifest of prepared data, of any version. */
export function isManifest(path: string): boolean {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).format === 'attn-prepared';
  } catch {
    return false;
  }
}

function notAManifest(path: string, message: string, cause?: unknown): InputError {
  return new InputError(message, { where: path, remedy: 'prepare the data again: attn prepare', cause });
}
