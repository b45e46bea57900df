import { escapeMarkdown } from './escape.ts';
import { findings } from './findings.ts';
import { reportTables, type Table } from './tables.ts';
import type { Report, Sample } from './types.ts';
import { diffWords } from './word-diff.ts';

/** `report.md`: the findings, every table, the samples, and how the scores were computed. */
export function reportMarkdown(report: Report): string {
  const { test, models, samples = [], notes = [] } = report;
  const signatures = models
    .slice(0, 1)
    .flatMap(({ bleu, chrf, ter }) => [
      `- BLEU: \`${bleu.signature}\``,
      `- chrF: \`${chrf.signature}\``,
      ...(ter ? [`- TER: \`${ter.signature}\``] : []),
    ]);
  const parts = [
    `# Translation report: ${escapeMarkdown(test.name)}`,
    `${test.sentences} sentences (SHA-256 \`${test.sha256}\`), scored ${report.created} by attn ${report.version}.`,
    findings(report).map(escapeMarkdown).join('\n'),
    notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n'),
    ...reportTables(report).map(tableSection),
    ...(samples.length > 0 ? ['## Samples', 'Bold: not in the reference.', ...samples.map(sampleSection)] : []),
    ...(signatures.length > 0 ? ['## Signatures', signatures.join('\n')] : []),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** A table in GitHub's Markdown. */
export function markdownTable({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const cell = (text: string): string => escapeMarkdown(text.trim());
  return [
    line(columns.map(({ heading }) => cell(heading))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(cell))),
  ].join('\n');
}

function tableSection(table: Table): string {
  const note = table.note === undefined ? '' : `\n\n${escapeMarkdown(table.note)}`;
  return `## ${table.title}\n\n${markdownTable(table)}${note}`;
}

function sampleSection({ index, source, reference, hypotheses }: Sample): string {
  const rows = hypotheses.map(
    ({ model, text }) => `| ${escapeMarkdown(model)} | ${markDifferences(reference, text)} |`,
  );
  const fixed = [`| *source* | ${escapeMarkdown(source)} |`, `| *reference* | ${escapeMarkdown(reference)} |`];
  return [`### Sentence ${index}`, ['| | |', '| --- | --- |', ...fixed, ...rows].join('\n')].join('\n\n');
}

function markDifferences(reference: string, hypothesis: string): string {
  return diffWords(reference, hypothesis)
    .filter(({ kind }) => kind !== 'missing')
    .map(({ kind, text }) => {
      const words = escapeMarkdown(text.trim());
      const space = text.startsWith(' ') ? ' ' : '';
      return kind === 'same' ? space + words : `${space}**${words}**`;
    })
    .join('');
}
