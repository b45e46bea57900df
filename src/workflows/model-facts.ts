import type { ModelCheckpoint } from '../checkpoints/checkpoint.ts';
import { languageCode } from '../corpus/languages.ts';
import { languagesOf } from './corpus-facts.ts';

/** What a list of models shows about one. */
export interface ModelFacts {
  readonly architecture: 'gru' | 'lstm' | 'transformer';
  /** Its score function; `none`: without attention. Not meaningful for a transformer. */
  readonly score: string;
  /** ISO 639 codes; `source` and `target` if unknown. */
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
}

/** Facts about a model from its files. */
export function modelFacts({
  run,
  languages,
}: {
  readonly run: ModelCheckpoint['run'];
  readonly languages?: ModelCheckpoint['languages'] | undefined;
}): ModelFacts {
  const { source = 'source', target = 'target' } = languagesOf({ data: run.data, languages }) ?? {};
  return {
    architecture: run.arch === 'transformer' ? 'transformer' : run.cell,
    score: run.score,
    sourceLanguage: languageCode(source),
    targetLanguage: languageCode(target),
  };
}
