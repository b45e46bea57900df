import { formatTable } from '../support/table.ts';
import { findings } from './findings.ts';
import { comparisonTable, type ShownMetric, scoreTable, seedTable, type Table } from './tables.ts';
import type { Report } from './types.ts';

/**
 * What a terminal shows of a report: the scores with intervals and significance, the means over seeds and the tested
 * differences if there are any, and in a sentence or two what they mean, with the notes.
 * @param metrics the columns of the score table; all by default
 */
export function formatScores(report: Report, metrics?: readonly ShownMetric[]): string {
  const tables = [scoreTable(report, metrics), seedTable(report), comparisonTable(report)].filter(
    ({ rows }) => rows.length > 0,
  );
  const drawn = tables.map((table, i) => (i === 0 ? '' : `${table.title}\n`) + drawTable(table));
  const words = [...findings(report), ...(report.notes ?? [])];
  return [...drawn, words.join('\n')].filter((part) => part !== '').join('\n\n');
}

function drawTable({ columns, rows, note }: Table): string {
  const drawn = formatTable(columns, rows);
  return note === undefined ? drawn : `${drawn}\n${note}`;
}
