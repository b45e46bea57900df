import type { Spread } from '../evaluation/seeds.ts';
import type { Column } from '../support/table.ts';
import { bestOf, comparisonBetween, significanceLevel } from './findings.ts';
import { count, duration, fixed, pValue, signed } from './format.ts';
import type { LengthReport, ModelComparison, ModelReport, Report } from './types.ts';

/** A table before rendering: the terminal, Markdown and HTML show the same cells. */
export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Explains its marks and headings. */
  readonly note?: string;
}

const metricNames = { bleu: 'BLEU', chrf: 'chrF', chrfPlusPlus: 'chrF++', ter: 'TER' } as const;

const testNames = {
  bootstrap: { short: 'bootstrap', long: 'paired bootstrap' },
  randomization: { short: 'randomization', long: 'paired approximate randomization' },
  seeds: { short: 'seeds', long: 'bootstrap over sentences and seeds' },
} as const;

const text = (heading: string): Column => ({ heading });
const number = (heading: string): Column => ({ heading, align: 'right' });

/** Every table for which the report has data, the scores first. */
export function reportTables(report: Report): Table[] {
  const tables = [
    scoreTable(report),
    seedTable(report),
    comparisonTable(report),
    lengthTable(report),
    attentionTable(report),
    costTable(report),
  ];
  return tables.filter((table) => table.rows.length > 0);
}

/** The metrics that a score table can show. */
export const shownMetrics = ['bleu', 'chrf', 'ter', 'nltk'] as const;
export type ShownMetric = (typeof shownMetrics)[number];

/** One row per model. The best BLEU is marked `*`, those not significantly different from it `=`. */
export function scoreTable(report: Report, metrics: readonly ShownMetric[] = shownMetrics): Table {
  const { models, comparisons } = report;
  const shown = new Set<string>(models.some((model) => model.ter) ? metrics : metrics.filter((name) => name !== 'ter'));
  const best = bestOf(models.map(({ name, bleu }) => ({ name, bleu: bleu.score })))?.name;
  const groups = [
    {
      metric: 'bleu',
      columns: ['BLEU  ', '95 % interval'],
      cells: ({ name, bleu }: ModelReport) => [
        `${fixed(bleu.score, 1)} ${markOf(report, name, best)}`,
        `${fixed(bleu.ci95.low, 1)}–${fixed(bleu.ci95.high, 1)}`,
      ],
    },
    { metric: 'chrf', columns: ['chrF'], cells: ({ chrf }: ModelReport) => [fixed(chrf.score, 1)] },
    { metric: 'ter', columns: ['TER'], cells: ({ ter }: ModelReport) => [ter ? fixed(ter.score, 1) : ''] },
    {
      metric: 'nltk',
      columns: ['NLTK BLEU-1', 'NLTK BLEU-4'],
      cells: ({ nltk }: ModelReport) => [fixed(nltk.bleu1, 4), fixed(nltk.bleu4, 4)],
    },
  ].filter(({ metric }) => shown.has(metric));
  return {
    title: 'Scores',
    columns: [text('model'), ...groups.flatMap(({ columns }) => columns.map(number))],
    rows: models.map((model) => [
      labelOf({ name: model.name, remark: model.remark }),
      ...groups.flatMap(({ cells }) => cells(model)),
    ]),
    note:
      // with seeds, groups are compared, not models
      comparisons.length === 0 || report.seeds
        ? '* best'
        : `* best; = cannot be told from the best (${methods(report)}, p ≥ ${significanceLevel})`,
  };
}

/** Mean and spread over seeds, one row per group. */
export function seedTable({ seeds = [] }: Pick<Report, 'seeds'>): Table {
  const spread = ({ mean, deviation }: Spread, decimals: number, runs: number): string =>
    runs === 1 ? fixed(mean, decimals) : `${fixed(mean, decimals)} ± ${fixed(deviation, decimals)}`;
  return {
    title: 'Over seeds',
    columns: [text('model'), number('seeds'), number('BLEU'), number('chrF'), number('NLTK BLEU-1')],
    rows: seeds.map((group) => [
      group.name,
      String(group.seeds.length),
      spread(group.bleu, 1, group.seeds.length),
      spread(group.chrf, 1, group.seeds.length),
      spread(group.bleu1, 4, group.seeds.length),
    ]),
    note: 'mean ± standard deviation',
  };
}

/** One row for each pair that was compared: the difference by every metric, and p by every test. */
export function comparisonTable(report: Report): Table {
  const { comparisons } = report;
  const distinct = (values: readonly string[]): string[] => [...new Set(values)];
  const metrics = distinct(comparisons.map(({ metric }) => metric)) as ModelComparison['metric'][];
  const measures = metrics.flatMap((metric) => {
    const own = comparisons.filter((one) => one.metric === metric);
    return (distinct(own.map(({ test }) => test)) as ModelComparison['test'][]).map((test, i) => ({
      metric,
      test,
      first: i === 0,
    }));
  });
  const pairs = distinct(comparisons.map(({ a, b }) => JSON.stringify([a, b])));
  return {
    title: 'Differences',
    columns: [
      ...[text('from'), text('to')],
      ...measures.flatMap(({ metric, test, first }) => [
        ...(first ? [number(metricNames[metric])] : []),
        number(`p (${testNames[test].short})`),
      ]),
      text(''),
    ],
    rows: pairs.map((pair) => {
      const own = comparisons.filter(({ a, b }) => JSON.stringify([a, b]) === pair);
      const cells = measures.flatMap(({ metric, test, first }) => {
        const found = own.find((one) => one.metric === metric && one.test === test);
        return [...(first ? [found ? signed(found.delta, 1) : ''] : []), found ? pValue(found.p) : ''];
      });
      return [own[0]!.a, own[0]!.b, ...cells, own[0]!.p < significanceLevel ? '' : 'may be noise'];
    }),
    note: methods(report),
  };
}

/** BLEU by the length of the source, one row per bin, one column per model. */
export function lengthTable({ models, test }: Report): Table {
  const bins = models[0]?.byLength ?? [];
  return {
    title: 'BLEU by source length',
    columns: [
      text(`source ${test.lengthUnit ?? 'words'}`),
      number('sentences'),
      ...models.map((model) => number(labelOf(model))),
    ],
    rows: bins.map((bin) => [
      binLabel(bin),
      String(bin.sentences),
      ...models.map(({ byLength }) => {
        const same = byLength.find(({ from }) => from === bin.from);
        return same ? fixed(same.bleu, 1) : '';
      }),
    ]),
  };
}

/** How each model's attention behaves. */
export function attentionTable({ models }: Report): Table {
  const rated = models.flatMap(({ attention, ...model }) =>
    attention ? [{ name: labelOf(model), ...attention }] : [],
  );
  const aligned = rated.some((one) => one.alignmentErrorRate !== undefined);
  const share = (value: number | undefined): string =>
    value === undefined ? '' : Number.isNaN(value) ? fixed(value, 1) : `${fixed(100 * value, 1)} %`;
  return {
    title: 'Attention',
    columns: [
      ...[text('model'), number('entropy (nats)'), number('coverage'), number('on </s>')],
      ...[number('monotone'), ...(aligned ? [number('alignment errors')] : [])],
    ],
    rows: rated.map(({ name, entropy, coverage, eosMass, monotonicity, alignmentErrorRate }) => [
      ...[name, fixed(entropy, 2), share(coverage), share(eosMass), share(monotonicity)],
      ...(aligned ? [share(alignmentErrorRate)] : []),
    ]),
  };
}

/** Size and speed. */
export function costTable({ models }: Report): Table {
  const trained = models.some((model) => model.training);
  return {
    title: 'Size and speed',
    columns: [
      ...[text('model'), text('score'), number('parameters')],
      ...(trained ? [number('steps'), number('training'), number('tokens/s')] : []),
      ...[number('translating'), number('tokens/s')],
    ],
    rows: models.map(({ score, parameters, training, seconds, tokensPerSecond, ...model }) => [
      ...[labelOf(model), score, count(parameters)],
      ...(trained
        ? training
          ? [count(training.steps), duration(training.seconds), count(training.targetTokensPerSecond)]
          : ['', '', '']
        : []),
      ...[duration(seconds), count(tokensPerSecond)],
    ]),
  };
}

/** `1–5`, `21+`. */
export function binLabel({ from, to }: Pick<LengthReport, 'from' | 'to'>): string {
  return to === null ? `${from}+` : from === to ? String(from) : `${from}–${to}`;
}

/** A model's name, with a remark about its scores: `dot (interrupted)`. */
function labelOf({ name, remark }: Pick<ModelReport, 'name' | 'remark'>): string {
  return remark === undefined ? name : `${name} (${remark})`;
}

function markOf(report: Report, name: string, best: string | undefined): string {
  if (best === undefined) return ' ';
  if (name === best) return '*';
  const comparison = comparisonBetween(report.comparisons, 'bleu', name, best);
  return comparison && comparison.p >= significanceLevel ? '=' : ' ';
}

/** The tests behind the p-values, by name. */
function methods({ comparisons }: Report): string {
  return [...new Set(comparisons.map(({ test }) => testNames[test].long))].join(', ');
}
