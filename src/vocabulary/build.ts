import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { nameOf } from '../corpus/bytes.ts';
import { readPairBatches } from '../corpus/tsv.ts';
import { InputError } from '../support/errors.ts';
import { type FolderLock, whileOwning } from '../support/folder-lock.ts';
import { refuseForeign } from '../support/foreign-files.ts';
import { writeTogether } from '../support/replace-together.ts';
import { countTokens, type TokenCounts } from './counts.ts';
import { isOwnModelFile, readModelFile } from './model-file.ts';
import { trainVocabulary, type VocabularyOptions } from './train.ts';
import { trainBothSides } from './train-both.ts';
import type { VocabularyType } from './vocabulary.ts';

/** A vocabulary that was trained and written. */
export interface BuiltVocabulary {
  readonly path: string;
  readonly type: VocabularyType;
  readonly size: number;
  readonly sha256: string;
}

export interface BuildOptions extends VocabularyOptions {
  /** Both files contain the same vocabulary, for both languages. */
  readonly shared: boolean;
}

export interface BuildResult {
  readonly pairs: number;
  readonly source: BuiltVocabulary;
  readonly target: BuiltVocabulary;
}

/**
 * Trains the vocabularies of a corpus: `OUT/source.model` and `OUT/target.model`. Memory grows with the different words
 * of the corpus, not with its length.
 * @param train a TSV file of pairs, `source<TAB>target`
 * @throws InputError if the corpus cannot be read, like `trainVocabulary`, and if another process works in the folder;
 *   then nothing is written
 */
export function buildVocabularies(
  train: string,
  out: string,
  options: BuildOptions,
  stdin?: Readable,
): Promise<BuildResult> {
  return whileOwning(out, 'a vocabulary build', (lock) => build(train, out, options, lock, stdin));
}

async function build(
  train: string,
  out: string,
  options: BuildOptions,
  lock: FolderLock,
  stdin?: Readable,
): Promise<BuildResult> {
  const paths = { source: join(out, 'source.model'), target: join(out, 'target.model') };
  refuseForeign(
    out,
    Object.values(paths).flatMap((path) => (isOwn(path) ? [] : [basename(path)])),
  );
  if (existsSync(join(out, 'model.safetensors'))) {
    throw new InputError('holds a model, whose vocabularies would be replaced', {
      where: out,
      remedy: 'name another folder with --out',
    });
  }
  const source: TokenCounts = new Map();
  const target: TokenCounts = options.shared ? source : new Map();
  let pairs = 0;
  for await (const batch of readPairBatches(train, { ...(stdin && { stdin }) })) {
    for (const pair of batch) {
      countTokens(pair.source, source);
      countTokens(pair.target, target);
    }
    pairs += batch.length;
  }
  if (pairs === 0) {
    throw new InputError('has no pairs to build a vocabulary from', {
      where: nameOf(train),
      remedy: 'give a TSV file, source<TAB>target',
    });
  }
  const [sourceModel, targetModel] = options.shared
    ? twice(trainVocabulary(source, options))
    : trainBothSides({ source, target }, options);
  lock.check();
  const models = [
    { path: paths.source, data: sourceModel },
    { path: paths.target, data: targetModel },
  ] as const;
  writeTogether(models);
  return { pairs, source: describe(models[0]), target: describe(models[1]) };
}

function twice<T>(value: T): [T, T] {
  return [value, value];
}

function isOwn(path: string): boolean {
  return existsSync(path) && isOwnModelFile(readFileSync(path));
}

function describe({ path, data: model }: { readonly path: string; readonly data: Uint8Array }): BuiltVocabulary {
  const { type, pieces } = readModelFile(model, path);
  return { path, type, size: pieces.length, sha256: createHash('sha256').update(model).digest('hex') };
}
