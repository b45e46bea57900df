import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedCorpus } from '../corpus/embedded.ts';
import { openDataset } from '../dataset/dataset.ts';
import { latestDataset } from '../dataset/latest.ts';
import { MANIFEST_FILE } from '../dataset/manifest.ts';
import { prepareDataset } from '../dataset/prepare.ts';
import { InputError } from '../support/errors.ts';
import { buildVocabularies } from '../vocabulary/build.ts';
import { defaultVocabularyOptions } from '../vocabulary/train.ts';

/** Where the embedded corpus is prepared, in the working directory. */
const EMBEDDED = join('.attn', 'embedded');

/** Most ids of a side of the embedded corpus, whose sentences have at most some 30 words. */
const MAX_LENGTH = 100;

/**
 * The dataset that a command without `--data` works on: the one prepared last in this folder, else the embedded corpus,
 * whose vocabularies are built and which is prepared at the first time.
 * @param say told what is being made, before it is
 */
export async function defaultDataset(say: (text: string) => void): Promise<string> {
  return latestDataset() ?? (await embeddedDataset(say));
}

/** What `--data` says for the embedded corpus, whatever has been prepared since. */
const EMBEDDED_NAME = 'embedded';

/** The dataset that `--data` names; without it as `defaultDataset`. */
export async function datasetOf(named: string | undefined, say: (text: string) => void): Promise<string> {
  if (named === EMBEDDED_NAME && !existsSync(named)) return embeddedDataset(say);
  return named ?? (await defaultDataset(say));
}

/** The embedded corpus, prepared: at the first time, and again when the corpus has changed since. */
export async function embeddedDataset(say: (text: string) => void): Promise<string> {
  if (existsSync(join(EMBEDDED, MANIFEST_FILE)) && opens(EMBEDDED)) return EMBEDDED;
  say('building the vocabularies of the embedded corpus and preparing it');
  const corpus = (name: string) => join(embeddedCorpus, `${name}.tsv`);
  const vocabulary = join(EMBEDDED, 'vocabulary');
  await buildVocabularies(corpus('train'), vocabulary, { ...defaultVocabularyOptions, size: 2000, shared: false });
  await prepareDataset({
    corpus: { train: corpus('train'), dev: corpus('dev'), test: corpus('test') },
    vocabulary,
    out: EMBEDDED,
    maxLength: MAX_LENGTH,
  });
  return EMBEDDED;
}

function opens(directory: string): boolean {
  try {
    openDataset(directory).close();
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
