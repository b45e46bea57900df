import type { Translation } from '../decoding/translation.ts';
import { type AttentionMatrix, attentionMatrix } from './attention-matrix.ts';

/**
 * The attention of a translation, over pieces and over words; it is also valid input for `attentionStatistics`.
 * @param hypothesis which of its hypotheses: 0 is the best
 * @param reference the correct translation, for pictures and files
 * @returns undefined for a model without attention, a sentence without words, and a translation with `attention:
 *   'none'`
 * @throws RangeError if there is no such hypothesis
 */
export function translationAttention(
  { source, pieces, hypotheses }: Translation,
  hypothesis = 0,
  reference?: string,
): AttentionMatrix | undefined {
  const one = hypotheses[hypothesis];
  if (one === undefined) throw new RangeError(`there is no hypothesis ${hypothesis}: ${hypotheses.length} in all`);
  const { attention: weights, ...named } = one.attention;
  if (weights === undefined) return undefined;
  const heads = Object.entries(named).map(([name, rows]) => ({
    name: name.replace(/[^a-z0-9]+/gi, ' '),
    weights: rows,
  }));
  return attentionMatrix({
    ...{ source: pieces, target: one.pieces, weights },
    ...(heads.length > 0 && { heads }),
    text: { source, hypothesis: one.text, ...(reference !== undefined && { reference }) },
  });
}
