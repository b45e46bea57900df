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

/** The maximum number of ids per side of the embedded corpus, whose sentences have up to about 30 words. */
const MAX_LENGTH = 100;

/**
 * The dataset for a command without `--data`: the one most recently prepared in this folder, else the embedded corpus,
 * whose vocabularies are trained and which is prepared the first time.
 * @param say called with what is made next
 */
export async function defaultDataset(say: (text: string) => void): Promise<string> {
  return latestDataset() ?? (await embeddedDataset(say));
}

/** The value of `--data` for the embedded corpus, whatever has been prepared since. */
const EMBEDDED_NAME = 'embedded';

/** The dataset that `--data` names; without it like `defaultDataset`. */
export async function datasetOf(named: string | undefined, say: (text: string) => void): Promise<string> {
  if (named === EMBEDDED_NAME && !existsSync(named)) return embeddedDataset(say);
  return named ?? (await defaultDataset(say));
}

/** The embedded corpus, prepared: the first time, and again if the corpus has changed since. */
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
