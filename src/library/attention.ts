/**
 * Where a model looked: attention matrices over pieces and words, pictures, files, statistics.
 *
 * ```ts
 * import { loadTranslator } from 'attn';
 * import { attentionMatrix, renderAttention } from 'attn/attention';
 *
 * await using translator = await loadTranslator('checkpoints/concat');
 * const [translation] = await translator.translate(['Ho fame.']);
 * const matrix = translation && attentionMatrix(translation);
 * const svg = matrix && renderAttention(matrix, 'svg');
 * ```
 *
 * @module attn/attention
 */
export type { Hypothesis } from '../decoding/hypothesis.ts';
export type { TranslatedHypothesis, Translation } from '../decoding/translation.ts';
export {
  type AttendedSentence,
  type AttentionStatistics,
  attentionStatistics,
} from '../evaluation/attention-statistics.ts';
export {
  type AttentionFormat,
  type AttentionView,
  attentionFormats,
  renderAttention,
} from '../reports/attention-files.ts';
export type {
  AttentionHead,
  AttentionMatrix,
  LabelledMatrix,
  Level,
  SentenceText,
} from '../reports/attention-matrix.ts';
export { labelledMatrix } from '../reports/attention-matrix.ts';
export { translationAttention as attentionMatrix } from '../reports/translation-attention.ts';
export type { Weights } from '../reports/weights.ts';
