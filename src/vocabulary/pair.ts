import { loadVocabulary } from './load.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The two vocabularies of a model. */
export interface VocabularyPair {
  readonly source: Vocabulary;
  readonly target: Vocabulary;
}

/** Loads a run's or a dataset's two vocabularies. */
export async function loadVocabularies(paths: {
  readonly source: string;
  readonly target: string;
}): Promise<VocabularyPair> {
  return { source: await loadVocabulary(paths.source), target: await loadVocabulary(paths.target) };
}
