import { readFileSync } from 'node:fs';
import type { Vocabulary } from './vocabulary.ts';
import { wordForm } from './word-form.ts';

/**
 * Sentences in the form a model with this vocabulary could write, for comparing its translations. For words: lowercase
 * and without punctuation, as in training. Words that the vocabulary lacks stay, as words the model got wrong. Subwords
 * can write any text, so it stays unchanged.
 * @param path the vocabulary's model file
 */
export function referenceForm({ type }: Pick<Vocabulary, 'type'>, path: string): (sentence: string) => string {
  if (type !== 'words') return (sentence) => sentence;
  return wordForm(readFileSync(path), path);
}
