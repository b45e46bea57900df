import { fixed, pStatement } from './format.ts';
import type { ModelComparison, Report } from './types.ts';

/** A difference whose p is at least this counts as noise. */
export const significanceLevel = 0.05;

/** One thing that was scored and can be compared: a model, or several seeds of one model. */
export interface ComparedModel {
  readonly name: string;
  readonly score: string;
  readonly bleu: number;
  readonly chrf: number;
}

/** What the report compares: its seed groups if it has any, otherwise its models. */
export function comparedModels(report: Report): readonly ComparedModel[] {
  return report.seeds && report.seeds.length > 0
    ? report.seeds.map(({ name, score, bleu, chrf }) => ({ name, score, bleu: bleu.mean, chrf: chrf.mean }))
    : report.models.map(({ name, score, bleu, chrf }) => ({ name, score, bleu: bleu.score, chrf: chrf.score }));
}

/** The model with the highest BLEU, the first of ties; undefined for an empty report. */
export function bestOf<T extends { readonly bleu: number }>(list: readonly T[]): T | undefined {
  return list.reduce<T | undefined>(
    (best, one) => (best === undefined || one.bleu > best.bleu ? one : best),
    undefined,
  );
}

/** The test between two names, in whichever order it is stored: delta is `to` minus `from`. */
export function comparisonBetween(
  comparisons: readonly ModelComparison[],
  metric: ModelComparison['metric'],
  from: string,
  to: string,
): Pick<ModelComparison, 'delta' | 'p'> | undefined {
  for (const { a, b, metric: other, delta, p } of comparisons) {
    if (other !== metric) continue;
    if (a === from && b === to) return { delta, p };
    if (a === to && b === from) return { delta: -delta, p };
  }
  return undefined;
}

/** The results in sentences: which model is best, by how much, and whether that is more than noise. */
export function findings(report: Report): string[] {
  const all = comparedModels(report);
  const best = bestOf(all);
  if (!best) return [];
  const rest = all.filter((one) => one !== best);
  const second = bestOf(rest);
  const plain = bestOf(rest.filter((one) => one.score === 'none' && one !== second));
  return [
    `${best.name} scores highest: ${describeScore(report, best)}.`,
    ...(second ? [describeLead(report, best, second)] : []),
    ...(plain ? [describeLead(report, best, plain)] : []),
  ];
}

function describeScore(report: Report, { name, bleu }: ComparedModel): string {
  const group = report.seeds?.find((one) => one.name === name);
  if (group?.seeds.length === 1) return `${fixed(bleu, 1)} BLEU with one seed`;
  if (group)
    return `${fixed(bleu, 1)} BLEU on average over ${group.seeds.length} seeds (standard deviation ${fixed(group.bleu.deviation, 1)})`;
  const { low, high } = report.models.find((model) => model.name === name)!.bleu.ci95;
  return `${fixed(bleu, 1)} BLEU (95 % interval ${fixed(low, 1)} to ${fixed(high, 1)})`;
}

function describeLead(report: Report, best: ComparedModel, other: ComparedModel): string {
  const comparison = comparisonBetween(report.comparisons, 'bleu', other.name, best.name);
  const lead = `${fixed(best.bleu - other.bleu, 1)} BLEU`;
  const name = other.score === 'none' && other.name !== 'none' ? `${other.name}, which has no attention` : other.name;
  if (!comparison) return `It is ${lead} above ${name} (not tested for significance).`;
  const p = pStatement(comparison.p);
  return comparison.p < significanceLevel
    ? `It is ${lead} above ${name} (${p}).`
    : `Its lead of ${lead} over ${name} may be noise (${p}).`;
}
