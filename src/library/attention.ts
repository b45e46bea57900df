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
import type { Translation } from '../decoding/translation.ts';
import { type AttentionMatrix, attentionMatrix as matrixOf } from '../reports/attention-matrix.ts';

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
export type { Weights } from '../reports/weights.ts';

/**
 * The attention of a translation, over pieces and over words; it also suits {@link attentionStatistics}.
 * @param hypothesis which of its hypotheses: 0 is the best
 * @param reference how the sentence should be translated, for pictures and files
 * @returns undefined for a model without attention, a sentence without words, and a translation with `attention: 'none'`
 * @throws RangeError where there is no such hypothesis
 */
export function attentionMatrix(
  translation: Translation,
  hypothesis = 0,
  reference?: string,
): AttentionMatrix | undefined {
  const one = translation.hypotheses[hypothesis];
  if (one === undefined)
    throw new RangeError(`there is no hypothesis ${hypothesis}: ${translation.hypotheses.length} in all`);
  const { attention: weights, ...named } = one.attention;
  if (weights === undefined) return undefined;
  const heads = Object.entries(named).map(([name, rows]) => ({
    name: name.replace(/[^a-z0-9]+/gi, ' '),
    weights: rows,
  }));
  return matrixOf({
    ...{ source: translation.pieces, target: one.pieces, weights },
    ...(heads.length > 0 && { heads }),
    text: { source: translation.source, hypothesis: one.text, ...(reference !== undefined && { reference }) },
  });
}
