import { attentionMatrix } from '../reports/attention-matrix.ts';
import { type ViewerData, viewerData } from '../reports/viewer-data.ts';
import type { SentenceTranslation } from '../server/api.ts';

/**
 * The attention viewer's data for a model's answer.
 * @param ranks which translation of each sentence, from 0; by default the best
 * @returns undefined for a model without attention, and a text without words
 */
export function attentionOf(
  model: string,
  sentences: readonly SentenceTranslation[],
  ranks: readonly number[] = [],
): ViewerData | undefined {
  const shown = sentences.flatMap(({ source, sourcePieces, hypotheses }, i) => {
    const { text, pieces, attention } = hypotheses[ranks[i] ?? 0] ?? {};
    if (text === undefined || pieces === undefined || attention === undefined || pieces.length === 0) return [];
    const matrix = { source: sourcePieces, target: pieces, weights: attention, text: { source, hypothesis: text } };
    return [{ index: i + 1, model, attention: attentionMatrix(matrix) }];
  });
  return shown.length === 0 ? undefined : viewerData(shown);
}
