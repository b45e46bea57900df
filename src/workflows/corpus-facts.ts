import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { LanguagePair } from '../checkpoints/checkpoint.ts';
import { embeddedCorpus } from '../corpus/embedded.ts';
import { readSplitFile } from '../corpus/split-folder.ts';
import { readManifest } from '../dataset/manifest.ts';
import { AttnError } from '../support/errors.ts';

/** Facts about the data for a model card, as far as the files beside them tell. */
export interface CorpusFacts {
  readonly name: string;
  /** Training pairs; undefined if the data no longer exist. */
  readonly pairs?: number;
  readonly languages: LanguagePair;
  readonly licence?: string;
}

/** The licence of the corpus inside the package, which attn's own grammar wrote. */
const EMBEDDED_LICENCE = 'CC0: anybody may use it for anything';

const unnamed = { source: 'source', target: 'target' };

/**
 * What is known about a prepared dataset's corpus: its `split.json` has the languages, the `source.json` of a fetched
 * one the licence.
 */
export function corpusFacts(data: string): CorpusFacts {
  try {
    const { splits } = readManifest(data);
    const folder = dirname(resolve(data, splits.train.corpus.path));
    const split = readSplitFile(folder);
    const embedded = folder === resolve(embeddedCorpus);
    const licence = embedded ? EMBEDDED_LICENCE : licenceOf(split?.inputs.map(({ file }) => file) ?? []);
    return {
      name: embedded ? 'the embedded corpus' : relative('', folder) || folder,
      pairs: splits.train.pairs,
      languages: split?.languages ?? (embedded ? { source: 'it', target: 'en' } : unnamed),
      ...(licence !== undefined && { licence }),
    };
  } catch (error) {
    if (!(error instanceof AttnError)) throw error;
    return { name: data, languages: unnamed };
  }
}

/** The languages of a model: from its own file, or its data; undefined if neither tells. */
export function languagesOf(model: {
  readonly data?: string | undefined;
  readonly languages?: LanguagePair | undefined;
}): LanguagePair | undefined {
  if (model.languages !== undefined) return model.languages;
  const { languages } = corpusFacts(model.data ?? '');
  return languages === unnamed ? undefined : languages;
}

/** What `attn data fetch` recorded beside the files that a corpus was split from. */
function licenceOf(files: readonly string[]): string | undefined {
  for (const file of files) {
    const note = join(dirname(file), 'source.json');
    if (!existsSync(note)) continue;
    try {
      const { licence } = JSON.parse(readFileSync(note, 'utf8')) as { readonly licence?: unknown };
      if (typeof licence === 'string') return licence;
    } catch {
      // not one of our notes
    }
  }
  return undefined;
}
