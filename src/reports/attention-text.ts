import type { AttentionMatrix, LabelledMatrix } from './attention-matrix.ts';
import type { Weights } from './weights.ts';

/** An attention file: the matrix as JSON on one line, weights to six decimals (float32 has no more). */
export function attentionJson(attention: AttentionMatrix): string {
  const { weights, wordWeights, heads } = attention;
  const rounded: AttentionMatrix = {
    ...attention,
    weights: roundWeights(weights),
    wordWeights: roundWeights(wordWeights),
    ...(heads && {
      heads: heads.map((head) => ({
        name: head.name,
        weights: roundWeights(head.weights),
        wordWeights: roundWeights(head.wordWeights),
      })),
    }),
  };
  return `${JSON.stringify(rounded)}\n`;
}

/**
 * A matrix as a table for a spreadsheet: source labels in the first row, a target label at the start of each further
 * row.
 */
export function attentionTsv(matrix: LabelledMatrix): string {
  const cell = (label: string): string => label.replace(/\s+/g, ' ');
  const rows = matrix.weights.map((row, t) => [cell(matrix.rows[t]!), ...row.map((weight) => weight.toFixed(6))]);
  return [['', ...matrix.columns.map(cell)], ...rows].map((row) => `${row.join('\t')}\n`).join('');
}

/**
 * For each target word j the source word i with the most weight, as `i-j`, both from 0. `</s>` is not a word: a target
 * that looks most at it has no link.
 */
export function alignmentLinks(matrix: LabelledMatrix): string[] {
  return matrix.weights.flatMap((row, j) => {
    const i = row.indexOf(Math.max(...row));
    return i < 0 || matrix.rows[j] === '</s>' || matrix.columns[i] === '</s>' ? [] : [`${i}-${j}`];
  });
}

/** The same links in the Pharaoh format (fast_align, GIZA++'s symmetrised output). */
export function pharaohAlignment(matrix: LabelledMatrix): string {
  return alignmentLinks(matrix).join(' ');
}

/** To six decimals. */
function roundWeights(weights: Weights): Weights {
  return weights.map((row) => row.map((weight) => Math.round(weight * 1e6) / 1e6));
}
