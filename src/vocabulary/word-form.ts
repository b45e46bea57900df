import { readCharsmap } from './charsmap.ts';
import { readModelFile } from './model-file.ts';
import { createNormalizer, SPACE_SYMBOL } from './normalizer.ts';

/**
 * Sentences as a vocabulary of words reads them: its normalised words, apart by one space, those it does not have too.
 * @param bytes of its model file, @param path names it in messages
 */
export function wordForm(bytes: Uint8Array, path: string): (sentence: string) => string {
  const normalize = createNormalizer(readCharsmap(readModelFile(bytes, path).normalizer.charsmap));
  return (sentence) =>
    normalize(sentence)
      .map((word) => word.slice(SPACE_SYMBOL.length))
      .join(' ');
}
