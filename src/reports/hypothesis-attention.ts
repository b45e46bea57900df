import type { Hypothesis } from '../decoding/hypothesis.ts';
import { EOS, type Vocabulary } from '../vocabulary/vocabulary.ts';
import { type AttentionMatrix, attentionMatrix, type SentenceText } from './attention-matrix.ts';

/**
 * The attention that a search kept with a hypothesis, as a matrix with its pieces and words.
 * @param source the pieces the encoder read, `</s>` among them if it read that
 * @returns undefined for a model without attention
 */
export function hypothesisAttention(
  hypothesis: Pick<Hypothesis, 'ids' | 'attention'>,
  source: readonly string[],
  targetVocabulary: Pick<Vocabulary, 'piece'>,
  text: SentenceText,
): AttentionMatrix | undefined {
  const { attention: weights, ...named } = hypothesis.attention;
  if (!weights) return undefined;
  // a hypothesis that ended by itself has a row more than words: where it looked when it wrote the eos
  const ids = weights.length > hypothesis.ids.length ? [...hypothesis.ids, EOS] : hypothesis.ids;
  const heads = Object.entries(named).map(([name, rows]) => ({
    name: name.replace(/[^a-z0-9]+/gi, ' '),
    weights: rows,
  }));
  const target = ids.map((id) => targetVocabulary.piece(id));
  return attentionMatrix({ source, target, weights, ...(heads.length > 0 && { heads }), text });
}
