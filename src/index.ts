export type { AttentionLevel, SearchOptions } from './decoding/search-options.ts';
export {
  loadTranslator,
  type TranslatedHypothesis,
  type TranslateOptions,
  type Translation,
  type Translator,
} from './decoding/translator.ts';
export { type BleuOptions, type BleuScore, corpusBleu, sentenceBleu } from './evaluation/bleu.ts';
export { type ChrfOptions, type ChrfScore, corpusChrf, sentenceChrf } from './evaluation/chrf.ts';
export { compareSystems, type SystemOptions, type SystemScores, scoreSystem } from './evaluation/system.ts';
export { corpusTer, sentenceTer, type TerScore } from './evaluation/ter.ts';
export { AttnError, InputError, RunError } from './support/errors.ts';
export { Random } from './support/random.ts';
export { loadVocabulary } from './vocabulary/load.ts';
export type { Sampling, Vocabulary, VocabularyType } from './vocabulary/vocabulary.ts';
