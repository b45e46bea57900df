import type { Translation } from '../decoding/translation.ts';
import type { SentenceTranslation, TranslateRequest } from '../server/api.ts';

/** A sentence's translations in the form of `POST /v1/translate`. */
export function sentenceAnswer(
  { source, pieces, truncated, hypotheses }: Translation,
  place: Pick<SentenceTranslation, 'input' | 'before' | 'after'>,
  { attention }: Pick<TranslateRequest, 'attention'>,
): SentenceTranslation {
  return {
    ...place,
    source,
    sourcePieces: pieces,
    truncated,
    hypotheses: hypotheses.map(({ text, score, logProbability, pieces, finished, attention: weights }) => ({
      ...{ text, score, logProbability, pieces, finished },
      ...(attention && weights.attention && { attention: weights.attention.map((row) => Array.from(row)) }),
    })),
  };
}
