import { readCharsmap } from './charsmap.ts';
import { readModelFile } from './model-file.ts';
import { createNormalizer, SPACE_SYMBOL } from './normalizer.ts';

/**
 * Sentences as a vocabulary of words reads them: normalised words separated by one space, including unknown ones.
 * @param bytes of its model file, @param path names it in messages
 */
export function wordForm(bytes: Uint8Array, path: string): (sentence: string) => string {
  const normalize = createNormalizer(readCharsmap(readModelFile(bytes, path).normalizer.charsmap));
  return (sentence) =>
    normalize(sentence)
      .map((word) => word.slice(SPACE_SYMBOL.length))
      .join(' ');
}
