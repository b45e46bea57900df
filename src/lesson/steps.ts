import { type Column, formatTable } from '../support/table.ts';

/** One step of a computation: a table of numbers and the formula that made it. */
export interface AttentionStep {
  /** Its name for programs: `scores`. */
  readonly name: string;
  /** What it is, for people. */
  readonly title: string;
  readonly formula: string;
  /** The labels of the rows and columns. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly values: readonly (readonly number[])[];
  /** Whether to show the sum of each row. */
  readonly sums?: boolean;
}

/** The maximum number of columns shown; a learned embedding has hundreds. */
const MOST_COLUMNS = 12;

const DIGITS = 4;

/** Every step as a numbered heading, its formula beside it, and an aligned table to four digits. */
export function stepsText(steps: readonly AttentionStep[]): string {
  return steps.map((step, i) => `${i + 1}  ${step.title}:  ${step.formula}\n\n${stepTable(step)}`).join('\n\n');
}

function stepTable({ rows, columns, values, sums = false }: AttentionStep): string {
  const shown = columns.length > MOST_COLUMNS && !sums ? MOST_COLUMNS - 1 : columns.length;
  const hidden = columns.length - shown;
  const heading = (text: string): Column => ({ heading: text, align: 'right' });
  const headings = [
    { heading: '' },
    ...columns.slice(0, shown).map(heading),
    ...(hidden > 0 ? [{ heading: `and ${hidden} more` }] : []),
    ...(sums ? [heading('sum')] : []),
  ];
  const cells = values.map((row, i) => [
    rows[i] ?? '',
    ...row.slice(0, shown).map(digits),
    ...(hidden > 0 ? ['…'] : []),
    ...(sums ? [digits(row.reduce((sum, value) => sum + value, 0))] : []),
  ]);
  return formatTable(headings, cells);
}

function digits(value: number): string {
  return value === Number.NEGATIVE_INFINITY ? '-inf' : value.toFixed(DIGITS);
}
