import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type SplitName, splitNames } from '../corpus/splits.ts';
import { sha256OfFile } from '../support/sha256.ts';
import type { LengthCount } from './lengths.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { checkOrigin } from './origin.ts';
import { damaged, type EncodedPair, PairFile, readingPrepared } from './pair-file.ts';

/** One split of a prepared corpus, read by pair number: nothing of it is kept in memory. */
export interface Split {
  readonly name: SplitName;
  /** How many pairs. */
  readonly size: number;
  /** The number of ids on each side of a pair, without eos: none in test, which is only read as text. */
  lengths(index: number): { readonly source: number; readonly target: number };
  /** The number of pairs of each two lengths, eos included. */
  lengthCounts(): LengthCount[];
  /** The ids of a pair, without bos and eos; for train and dev. @throws InputError if the record is damaged */
  pair(index: number): EncodedPair;
  /** The sentences as they are in the corpus: for dev and test, as references; undefined for train. */
  text(index: number): { readonly source: string; readonly target: string } | undefined;
}

/** A folder that `attn prepare` wrote. */
export interface Dataset {
  readonly directory: string;
  readonly manifest: Manifest;
  /** The model files in the folder, copies of those that encoded the corpus. */
  readonly vocabularyPaths: { readonly source: string; readonly target: string };
  /** Identifies exactly this data (SHA-256, hex): the same for the same corpus, vocabularies and settings. */
  readonly fingerprint: string;
  split(name: SplitName): Split;
  /** Closes the files. */
  close(): void;
}

/**
 * Opens a prepared folder. It checks the version, the sizes and headers of the files, the vocabularies' content, and
 * that neither corpus nor vocabularies have changed since (if they still exist). Each record is checked when it is
 * read; `verifyDataset` checks all at once.
 * @throws InputError that tells which file is missing, damaged or changed
 */
export function openDataset(directory: string): Dataset {
  const manifest = readManifest(directory);
  const { vocabularies, splits } = manifest;
  const vocabularyPaths = { source: join(directory, 'source.model'), target: join(directory, 'target.model') };
  for (const side of ['source', 'target'] as const) {
    checkHash(vocabularyPaths[side], vocabularies[side].from.sha256);
    checkOrigin(vocabularies[side].from, directory);
  }
  for (const name of splitNames) checkOrigin(splits[name].corpus, directory);
  if (splits.train.alignment !== undefined) checkOrigin(splits.train.alignment.from, directory);
  const files = new Map<SplitName, PairFile>();
  const close = () => {
    for (const file of files.values()) file.close();
    files.clear();
  };
  try {
    for (const name of splitNames) {
      const { pairs, files: written, alignment } = splits[name];
      files.set(
        name,
        new PairFile(join(directory, name), manifest.idBytes, pairs, written.pairs.bytes, alignment !== undefined),
      );
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    directory,
    manifest,
    vocabularyPaths,
    fingerprint: fingerprintOf(manifest),
    split: (name) => {
      const file = files.get(name);
      if (file === undefined) throw new RangeError(`${directory} is closed`);
      return {
        name,
        size: file.size,
        lengths: (index) => file.lengths(index),
        lengthCounts: () => file.histogram().cells(),
        pair: (index) => file.pair(index),
        text: (index) => file.text(index),
      };
    },
    close,
  };
}

/**
 * Checks every byte of a prepared folder against the checksums in its manifest.
 * @throws InputError that names the first file that has changed
 */
export function verifyDataset(directory: string): Manifest {
  const dataset = openDataset(directory);
  dataset.close();
  for (const name of splitNames) {
    const { pairs, index } = dataset.manifest.splits[name].files;
    checkHash(join(directory, `${name}.pairs`), pairs.sha256);
    checkHash(join(directory, `${name}.index`), index.sha256);
  }
  return dataset.manifest;
}

function checkHash(path: string, sha256: string): void {
  if (readingPrepared(path, () => sha256OfFile(path)) !== sha256)
    throw damaged(path, 'its content does not match its checksum');
}

function fingerprintOf({ vocabularies, splits }: Manifest): string {
  const hash = createHash('sha256').update(vocabularies.source.from.sha256).update(vocabularies.target.from.sha256);
  for (const name of splitNames) {
    const { pairs, index } = splits[name].files;
    hash.update(pairs.sha256).update(index.sha256);
  }
  return hash.digest('hex');
}
