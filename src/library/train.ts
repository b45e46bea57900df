/**
 * From a corpus to scores in code: split, prepare, train, evaluate, compare. Vocabularies are built by
 * `attn/vocabulary`. Each function loads what it needs when it is called.
 *
 * ```ts
 * import { evaluate, prepareData, splitCorpus, train } from 'attn/train';
 * import { buildVocabularies } from 'attn/vocabulary';
 *
 * await splitCorpus({ corpus: 'corpus.tsv', source: 'it', target: 'en', out: 'data' });
 * await buildVocabularies({ train: 'data/train.tsv', out: 'data/vocabulary' });
 * const { out: data } = await prepareData({ train: 'data/train.tsv' });
 * await train({ data, score: 'concat', maxMinutes: 20, out: 'models/concat' });
 * const report = await evaluate({ checkpoints: 'models/concat' });
 * ```
 *
 * @module attn/train
 */
export type { DeviceName } from '../config/device-name.ts';
export type { TokenizerName } from '../config/tokenizer-names.ts';
export { type SplitName, splitNames } from '../corpus/splits.ts';
export type { AttentionStatistics } from '../evaluation/attention-statistics.ts';
export type { LengthUnit } from '../evaluation/length-buckets.ts';
export type { Spread } from '../evaluation/seeds.ts';
export { type SignificanceTest, significanceTests } from '../evaluation/significance.ts';
export type { MetricKey } from '../evaluation/system.ts';
export type {
  AttentionReport,
  BleuReport,
  CurvePoint,
  LengthReport,
  ModelComparison,
  ModelReport,
  Report,
  Sample,
  SeedGroup,
  SignedScore,
  TestSetSummary,
  TrainingReport,
} from '../reports/types.ts';
export type { BestSoFar, Scores, ValidationMetric as Metric } from '../training/early-stopping.ts';
export {
  type FinishInfo,
  hasLearned,
  type StartInfo,
  type StepInfo,
  type StopReason,
  type TrainRecord,
  type ValidationInfo,
  type ValidationRecord,
} from '../training/events.ts';
export type { VectorCoverage } from '../vocabulary/word-vectors.ts';
export { type CommonTrainingOptions, type CompareOptions, type CompareResult, compare } from './compare-models.ts';
export type { CorpusOptions } from './corpus-options.ts';
export { type EvaluateOptions, evaluate } from './evaluate-models.ts';
export type { EvaluationSearch, EvaluationSettings } from './evaluation-options.ts';
export { type PrepareDataOptions, type PreparedData, type PreparedSplit, prepareData } from './prepare-data.ts';
export { type SplitCorpusOptions, type SplitCorpusResult, splitCorpus } from './split-corpus.ts';
export { type TrainingEvents, type TrainOptions, train } from './train-model.ts';
export type { TrainingOptions } from './training-options.ts';
