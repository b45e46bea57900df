import { readFileSync } from 'node:fs';
import { readCharsmap } from './charsmap.ts';
import { readModelFile } from './model-file.ts';
import { createNormalizer, SPACE_SYMBOL } from './normalizer.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Sentences as a model with this vocabulary could write them, to compare its translations with. Words are lowercase and
 * without punctuation as they are learned, those that the vocabulary does not have too: they stay words that the model
 * got wrong. Subwords can write any text, so it stays as it is.
 * @param path the vocabulary's model file
 */
export function referenceForm({ type }: Pick<Vocabulary, 'type'>, path: string): (sentence: string) => string {
  if (type !== 'words') return (sentence) => sentence;
  const normalize = createNormalizer(readCharsmap(readModelFile(readFileSync(path), path).normalizer.charsmap));
  return (sentence) =>
    normalize(sentence)
      .map((word) => word.slice(SPACE_SYMBOL.length))
      .join(' ');
}
