/**
 * BLEU, chrF and TER equal to sacreBLEU's, and significance tests between two systems. Loads nothing else of attn.
 *
 * ```ts
 * import { corpusBleu } from 'attn/scores';
 *
 * const { score, signature } = corpusBleu(['the cat sleeps here'], [['the cat sleeps here']]);
 * ```
 *
 * @module attn/scores
 */
import type { TokenizerName } from '../config/tokenizer-names.ts';
import type { Tokenizer } from '../evaluation/tokenizers.ts';

export { type TokenizerName, tokenizerNames } from '../config/tokenizer-names.ts';
export { type Bleu, type BleuOptions, type BleuScore, corpusBleu, sentenceBleu } from '../evaluation/bleu.ts';
export type { Interval } from '../evaluation/bootstrap.ts';
export { type Chrf, type ChrfOptions, type ChrfScore, corpusChrf, sentenceChrf } from '../evaluation/chrf.ts';
export type { ConfidenceOptions, Signed } from '../evaluation/corpus-score.ts';
export { type LengthUnit, sentenceLengths } from '../evaluation/length-buckets.ts';
export type { Metric, SentenceStatistics } from '../evaluation/metric.ts';
export type { NltkMeans } from '../evaluation/nltk.ts';
export {
  type SignificanceOptions,
  type SignificanceResult,
  type SignificanceTest,
  significanceTests,
} from '../evaluation/significance.ts';
export {
  compareSystems,
  type LengthScores,
  type MetricKey,
  type ScoredSystem,
  type SentenceScores,
  type SystemOptions,
  type SystemScores,
  scoreSystem,
  scoresByLength,
  scoresBySentence,
} from '../evaluation/system.ts';
export { corpusTer, sentenceTer, type Ter, type TerOptions, type TerScore } from '../evaluation/ter.ts';
export type { Tokenizer } from '../evaluation/tokenizers.ts';

/**
 * A tokenizer that needs a file: a MeCab dictionary's folder (`ja-mecab`, `ko-mecab`) or a SentencePiece model
 * (`flores101`, `flores200`, `spm`). The others can be given by name alone.
 * @throws `InputError` if the file is missing or is a different one
 */
export async function openTokenizer(name: TokenizerName, path?: string): Promise<Tokenizer> {
  return (await import('../evaluation/open-tokenizer.ts')).openTokenizer(name, path);
}
