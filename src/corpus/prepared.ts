import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '../support/errors.ts';
import type { Corpus } from './corpus.ts';
import { type PartName, partNames } from './sentence-graph.ts';
import { partPath, readSplitFile } from './split-file.ts';

/** The folder of the corpus that ships inside the package. */
export const embeddedCorpus = fileURLToPath(new URL('../../data', import.meta.url));

/** Whether a path is a folder of `train.tsv`, `dev.tsv`, `test.tsv` (some of them). */
export function isSplitFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory() && partNames.some((part) => existsSync(partPath(path, part)));
}

/**
 * The parts of a split corpus as corpora of their own. Their languages are those of `split.json`; without it they are
 * called `source` and `target`.
 * @throws InputError where the folder has none of the three files.
 */
export function openSplitFolder(folder: string): { readonly name: PartName; readonly corpus: Corpus }[] {
  const languages = readSplitFile(folder)?.languages ?? { source: 'source', target: 'target' };
  const parts = partNames.filter((part) => existsSync(partPath(folder, part)));
  if (parts.length === 0) {
    throw new InputError('has no train.tsv, dev.tsv or test.tsv', {
      where: folder,
      remedy: `write them: attn data split --corpus FILE --out ${folder}`,
    });
  }
  return parts.map((part) => {
    const path = partPath(folder, part);
    return { name: part, corpus: { name: path, languages, files: [{ path }], columns: [0, 1], close: () => {} } };
  });
}
