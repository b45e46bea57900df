import { width } from '../support/table.ts';
import type { LabelledMatrix } from './attention-matrix.ts';
import { colourOf, type Rgb } from './colour-scale.ts';

/** How a terminal shows the heatmap. */
export interface TerminalOptions {
  /** 256-colour cells with the percentage in them; otherwise plain ASCII shades. */
  readonly colour: boolean;
  /** Cells are narrowed to stay within this many columns. */
  readonly columns?: number;
}

const shades = ' .:-=+*#%@';

/**
 * A heatmap as text, for a terminal or a file: one row per target, under the staggered source labels, each with a line
 * down to its column. The last line explains how to read the cells.
 */
export function heatmapText(matrix: LabelledMatrix, options: TerminalOptions): string {
  const rows = matrix.rows.map(oneLine);
  const columns = matrix.columns.map(oneLine);
  const labelWidth = Math.max(0, ...rows.map(width));
  const cellWidth = fittingWidth(labelWidth, columns, options);
  const indent = ' '.repeat(labelWidth + 2);
  const middle = (cellWidth - 1) >> 1;
  const line = options.colour ? '│' : '|';
  const steps = columns.map((label, s) => {
    const lines = `${' '.repeat(middle)}${line}${' '.repeat(cellWidth - 1 - middle)}`.repeat(s);
    return `${indent}${lines}${' '.repeat(middle)}${label}`;
  });
  const cells = matrix.weights.map((row, t) => {
    const label = ' '.repeat(labelWidth - width(rows[t]!)) + rows[t]!;
    const body = row.map((weight) => (options.colour ? colourCell(weight, cellWidth) : shadeCell(weight, cellWidth)));
    return `${label}  ${body.join('')}`.trimEnd();
  });
  const legend = options.colour
    ? `${[0, 0.25, 0.5, 0.75, 1].map((weight) => colourCell(weight, 4)).join('')} % of the attention`
    : `'${shades}' from 0 to 1`;
  return [...steps, ...cells, `${indent}${legend}`].join('\n');
}

/** The widest cell, of at most four characters, for which cells and labels fit in the terminal. */
function fittingWidth(labelWidth: number, columns: readonly string[], options: TerminalOptions): number {
  const widest = options.colour ? 4 : 3;
  const limit = options.columns ?? 80;
  const fits = (cell: number): boolean =>
    labelWidth + 2 + cell * columns.length <= limit &&
    columns.every((label, s) => labelWidth + 2 + cell * s + width(label) <= limit);
  for (let cell = widest; cell > 1; cell--) if (fits(cell)) return cell;
  return 1;
}

function shadeCell(weight: number, cellWidth: number): string {
  const shade = shades[Math.min(Math.floor(weight * shades.length), shades.length - 1)]!;
  return cellWidth === 1 ? shade : `${shade.repeat(cellWidth - 1)} `;
}

/** A cell in its colour; with its percentage if there is room. */
function colourCell(weight: number, cellWidth: number): string {
  const text = cellWidth >= 3 ? `${Math.round(100 * weight)}`.padStart(3).padEnd(cellWidth) : ' '.repeat(cellWidth);
  const ink = weight > 0.4 ? 231 : 16;
  return `\u001b[48;5;${nearestTerminalColour(colourOf(weight))}m\u001b[38;5;${ink}m${text}\u001b[0m`;
}

/** The nearest colour of the 6 x 6 x 6 cube and the 24 greys of a 256-colour terminal. */
function nearestTerminalColour(colour: Rgb): number {
  const levels = [0, 95, 135, 175, 215, 255];
  const candidates = Array.from({ length: 240 }, (_, i): Rgb => {
    if (i >= 216) return [8 + 10 * (i - 216), 8 + 10 * (i - 216), 8 + 10 * (i - 216)];
    return [levels[Math.floor(i / 36)]!, levels[Math.floor(i / 6) % 6]!, levels[i % 6]!];
  });
  const distances = candidates.map((candidate) =>
    candidate.reduce((sum, channel, c) => sum + (channel - colour[c]!) ** 2, 0),
  );
  return 16 + distances.indexOf(Math.min(...distances));
}

/** A label without characters that would break a line or move the cursor. */
function oneLine(label: string): string {
  return label.replace(/[\s\p{Cc}]+/gu, ' ');
}
