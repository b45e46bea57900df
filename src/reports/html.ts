import { type Chart, intervalPlot, lineChart, type Series } from './chart.ts';
import { escapeXml } from './escape.ts';
import { bestOf, findings } from './findings.ts';
import { plural } from './format.ts';
import { htmlPage, type Section } from './html-page.ts';
import {
  attentionTable,
  binLabel,
  comparisonTable,
  costTable,
  lengthTable,
  scoreTable,
  seedTable,
  type Table,
} from './tables.ts';
import type { CurvePoint, Report, Sample } from './types.ts';
import type { SentenceAttention } from './viewer-data.ts';
import { diffWords } from './word-diff.ts';

/** `report.html`: scores, charts, attention and samples in one self-contained file. */
export function reportHtml(report: Report, attention: readonly SentenceAttention[] = []): string {
  const { test, models, samples = [] } = report;
  const day = report.created.slice(0, 10);
  const sections: Section[] = [
    { id: 'scores', title: 'Scores', body: scoreSection(report) },
    ...(models.some(({ training }) => training && training.curve.length > 1)
      ? [{ id: 'learning', title: 'Learning curves', body: learningSection(report) }]
      : []),
    ...(models.some(({ byLength }) => byLength.length > 1)
      ? [{ id: 'length', title: 'Score by length', body: lengthSection(report) }]
      : []),
    ...(attention.length > 0
      ? [{ id: 'attention', title: 'Where the models looked', body: viewerPlace + tryNote }]
      : []),
    ...(samples.length > 0 ? [{ id: 'samples', title: 'Samples, side by side', body: sampleSection(samples) }] : []),
    { id: 'methods', title: 'How it was measured', body: methodsSection(report) },
  ];
  return htmlPage({
    kind: 'translation report',
    title: `Translation report: ${test.name}`,
    // a path is not a title: it is listed among the facts
    heading: isPath(test.name) ? 'Translation report' : test.name,
    lead: findings(report).join(' '),
    facts: [
      ...(isPath(test.name) ? [test.name] : []),
      plural(test.sentences, 'sentence'),
      plural(models.length, 'model'),
      day,
      `attn ${report.version}`,
    ],
    sections,
    attention,
  });
}

function isPath(name: string): boolean {
  return /[/\\]|\.\w+$/.test(name);
}

/** A page with only the attention viewer, for freshly translated sentences. */
export function attentionHtml(attention: readonly SentenceAttention[]): string {
  const [first] = attention;
  const count = new Set(attention.map(({ index }) => index)).size;
  const single = count === 1 && first !== undefined;
  const heading = single ? first.attention.text.source : `${count} sentences`;
  return htmlPage({
    kind: 'attention',
    title: `Attention: ${heading}`,
    heading,
    lead: single ? first.attention.text.hypothesis : '',
    facts: [],
    sections: [{ id: 'attention', title: 'Where the model looked', body: viewerPlace }],
    attention,
  });
}

const viewerPlace = '<div id="viewer" class="viewer"></div><noscript><p>The viewer needs JavaScript.</p></noscript>';

/** The page with the same viewer, for the user's own sentences. */
const tryNote = '<p class="note">To see it for sentences of your own: <code>attn serve</code>, then type.</p>';

function scoreSection(report: Report): string {
  const scores = scoreTable(report);
  const best = bestOf(report.models.map(({ name, bleu }) => ({ name, bleu: bleu.score })))?.name;
  const ends = report.models.flatMap(({ bleu }) => [bleu.ci95.low, bleu.ci95.high, bleu.score]);
  const axis = [Math.min(...ends), Math.max(...ends)] as const;
  const plots = report.models.map(({ name, bleu }) =>
    intervalPlot(bleu.ci95, bleu.score, axis, colourOf(report, name)),
  );
  const others = [seedTable(report), comparisonTable(report), attentionTable(report), costTable(report)];
  return [
    htmlTable(scores, { plots, best }),
    ...others
      .filter(({ rows }) => rows.length > 0)
      .map((table) => {
        const drawn = htmlTable(table);
        return table.rows.length > 12
          ? `<details><summary>${escapeXml(table.title)}</summary>${drawn}</details>`
          : `<h3>${escapeXml(table.title)}</h3>${drawn}`;
      }),
  ].join('\n');
}

/** A table; `plots` are drawings beside each row, `best` the name of the row to highlight. */
function htmlTable(
  { title, columns, rows, note }: Table,
  extra: { readonly plots?: readonly string[]; readonly best?: string | undefined } = {},
): string {
  const side = (i: number): string => (columns[i]?.align === 'right' ? ' class="number"' : '');
  // a mark after a number (`51.2 *`) gets its own fixed width, so that the numbers stay aligned
  const content = (cell: string): string => escapeXml(cell).replace(/ ([*= ])$/, '<span class="mark">$1</span>');
  const heads = columns.map(({ heading }, i) => `<th scope="col"${side(i)}>${content(heading)}</th>`);
  const body = rows.map((row, r) => {
    const cells = row.map((cell, i) =>
      i === 0 ? `<th scope="row">${content(cell)}</th>` : `<td${side(i)}>${content(cell)}</td>`,
    );
    if (extra.plots) cells.splice(2, 0, `<td class="plot">${extra.plots[r]}</td>`);
    return `<tr${row[0] === extra.best ? ' class="best"' : ''}>${cells.join('')}</tr>`;
  });
  if (extra.plots) heads.splice(2, 0, '<th class="plot"></th>');
  const table = `<table><caption>${escapeXml(title)}</caption><thead><tr>${heads.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`;
  return `<div class="scroll">${table}</div>${note ? `<p class="note">${escapeXml(note)}</p>` : ''}`;
}

function learningSection(report: Report): string {
  const longest = Math.max(...report.models.map(({ training }) => training?.curve.at(-1)?.seconds ?? 0));
  const [unit, label] = longest < 180 ? [1, 'seconds'] : longest < 3 * 3600 ? [60, 'minutes'] : [3600, 'hours'];
  const series = (value: (point: CurvePoint) => number): Series[] =>
    report.models.flatMap(({ name, training }) =>
      training
        ? [
            {
              name: groupOf(report, name),
              colour: colourOf(report, name),
              points: training.curve.map((point) => ({ x: point.seconds / unit, y: value(point) })),
            },
          ]
        : [],
    );
  const axis = { xLabel: `${label} of training`, xFrom: 0 };
  return `<div class="figures">${figure({ title: 'BLEU on the validation split', ...axis, decimals: 1, series: series((p) => p.bleu) })}${figure({ title: 'Loss on the validation split', ...axis, decimals: 3, series: series((p) => p.loss) })}</div>`;
}

function lengthSection(report: Report): string {
  const table = htmlTable(lengthTable(report));
  return `${figure(lengthChart(report))}<details><summary>The numbers</summary>${table}</details>`;
}

function lengthChart(report: Report): Chart {
  const bins = report.models[0]?.byLength ?? [];
  return {
    title: 'BLEU by source length',
    xLabel: `${report.test.lengthUnit ?? 'words'} in the source (and sentences)`,
    decimals: 1,
    xTicks: bins.map((bin, at) => ({ at, label: binLabel(bin), detail: `${bin.sentences}` })),
    series: report.models.map(({ name, byLength }) => ({
      name: groupOf(report, name),
      colour: colourOf(report, name),
      points: bins.flatMap((bin, x) => {
        const same = byLength.find(({ from }) => from === bin.from);
        return same ? [{ x, y: same.bleu }] : [];
      }),
    })),
  };
}

function figure(chart: Chart): string {
  return `<figure><figcaption>${escapeXml(chart.title)}</figcaption><div class="scroll">${lineChart(chart)}</div></figure>`;
}

function sampleSection(samples: readonly Sample[]): string {
  const row = (kind: string, name: string, text: string, score = ''): string =>
    `<div class="${kind}"><dt>${escapeXml(name)}</dt><dd>${text}${score}</dd></div>`;
  const articles = samples.map(({ index, source, reference, hypotheses }) => {
    const rows = hypotheses.map(({ model, text, chrf }) =>
      row(
        'hypothesis',
        model,
        markDifferences(reference, text),
        chrf === undefined ? '' : `<small>chrF ${chrf.toFixed(0)}</small>`,
      ),
    );
    return `<article class="sample" aria-label="Sentence ${index}"><dl>${row('source', 'source', escapeXml(source))}${row('reference', 'reference', escapeXml(reference))}${rows.join('')}</dl></article>`;
  });
  const key =
    '<p class="note"><ins>Underlined</ins>: not in the reference. <del>Struck</del>: in the reference only.</p>';
  return key + articles.join('\n');
}

function markDifferences(reference: string, hypothesis: string): string {
  const parts = diffWords(reference, hypothesis);
  return parts
    .map(({ kind, text }, i) => {
      const words = escapeXml(text.trim());
      // next to a missing part, two words may meet that had no space between them
      const meet = i > 0 && /^[\p{L}\p{N}]/u.test(text) && parts[i - 1]!.kind === 'missing';
      const space = text.startsWith(' ') || meet ? ' ' : '';
      return kind === 'same'
        ? space + words
        : kind === 'extra'
          ? `${space}<ins>${words}</ins>`
          : `${space}<del>${words}</del>`;
    })
    .join('');
}

function methodsSection({ test, models, created, notes = [] }: Report): string {
  const first = models[0];
  const facts: [string, string | undefined][] = [
    ['Test set', `${test.name}, ${test.sentences} sentences, SHA-256 ${test.sha256}`],
    ['Scored', created],
    ['BLEU', first?.bleu.signature],
    ['chrF', first?.chrf.signature],
    ['TER', first?.ter?.signature],
    ['Intervals', 'the middle 95 % of bootstrap resamples of the test set'],
    [
      'NLTK BLEU',
      'means over sentences in [0, 1], as NLTK computes them; for comparison with scores reported that way',
    ],
    ['Checkpoints', models.map(({ checkpoint }) => checkpoint).join(', ')],
  ];
  const rows = facts.flatMap(([name, value]) =>
    value ? [`<div><dt>${name}</dt><dd>${escapeXml(value)}</dd></div>`] : [],
  );
  const said = notes.map((note) => `<p>${escapeXml(note)}</p>`);
  return `${said.join('')}<dl class="methods">${rows.join('')}</dl>`;
}

/** The seeds of one model share its name and colour. */
function groupOf(report: Report, model: string): string {
  return report.seeds?.find(({ models }) => models.includes(model))?.name ?? model;
}

function colourOf(report: Report, model: string): number {
  const groups = [...new Set(report.models.map(({ name }) => groupOf(report, name)))];
  return groups.indexOf(groupOf(report, model));
}
