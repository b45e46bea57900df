import type { LabelledMatrix } from './attention-matrix.ts';
import { textWidth } from './text-width.ts';

/** The positions of everything in a heatmap, in CSS pixels from the top left: the plan from which the SVG is drawn. */
export interface HeatmapLayout {
  readonly width: number;
  readonly height: number;
  /** The distance between cells; a drawn cell is one pixel smaller, so that a grid shows through. */
  readonly cell: number;
  readonly cells: readonly { readonly x: number; readonly y: number; readonly row: number; readonly column: number }[];
  readonly labels: readonly Label[];
  /** The bar from 0 to 1, and the ticks under it. */
  readonly legend: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** A label: what it is for, and which point of its baseline is at (x, y). */
export interface Label {
  readonly kind: 'title' | 'row' | 'column' | 'tick';
  readonly text: string;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly x: number;
  readonly y: number;
  /** Degrees clockwise. */
  readonly angle: number;
  readonly size: number;
}

const legendTicks = [0, 0.25, 0.5, 0.75, 1];

const margin = 16;
const slope = -45;
const longestLabel = 24;

/**
 * Plans the heatmap of a matrix: row labels on the left, slanted column labels on top; the title above, the legend
 * below.
 */
export function layoutHeatmap(matrix: LabelledMatrix, title?: string): HeatmapLayout {
  const rows = matrix.rows.map(shorten);
  const columns = matrix.columns.map(shorten);
  const many = Math.max(rows.length, columns.length) > 24;
  const [cell, size] = many ? [20, 12] : [28, 13];
  const widthOf = (text: string): number => textWidth(text) * size;
  // whole pixels, so that the edges of cells are sharp
  const left = Math.ceil(margin + Math.max(0, ...rows.map(widthOf)) + 8);
  const titleHeight = title === undefined ? 0 : 30;
  const lean = Math.SQRT1_2; // the width and height of a label at 45 degrees
  const top = Math.ceil(margin + titleHeight + lean * (Math.max(0, ...columns.map(widthOf)) + size) + 4);
  const gridWidth = cell * columns.length;
  const gridHeight = cell * rows.length;
  const legend = { x: left, y: top + gridHeight + 22, width: Math.max(140, Math.min(gridWidth, 220)), height: 8 };

  const columnLabels = columns.map((text, s): Label => {
    const x = left + cell * s + cell / 2 + size * 0.25;
    return { kind: 'column', text, anchor: 'start', x, y: top - 7, angle: slope, size };
  });
  const rowLabels = rows.map((text, t): Label => {
    const y = top + cell * t + cell / 2 + size * 0.36;
    return { kind: 'row', text, anchor: 'end', x: left - 8, y, angle: 0, size };
  });
  const ticks = legendTicks.map((weight): Label => {
    const x = legend.x + legend.width * weight;
    const y = legend.y + legend.height + 15;
    return { kind: 'tick', text: String(weight), anchor: 'middle', x, y, angle: 0, size: 11 };
  });
  const titles: Label[] =
    title === undefined
      ? []
      : [{ kind: 'title', text: title, anchor: 'start', x: margin, y: margin + 14, angle: 0, size: 15 }];

  const rightmost = Math.max(
    left + gridWidth,
    legend.x + legend.width + 4,
    margin + textWidth(title ?? '') * 15,
    ...columnLabels.map((label) => label.x + lean * (widthOf(label.text) + size / 2)),
  );
  return {
    width: Math.ceil(rightmost + margin),
    height: Math.ceil(legend.y + legend.height + 20 + margin / 2),
    cell,
    cells: rows.flatMap((_, row) =>
      columns.map((_, column) => ({ x: left + cell * column, y: top + cell * row, row, column })),
    ),
    labels: [...titles, ...columnLabels, ...rowLabels, ...ticks],
    legend,
  };
}

/** Cuts a label that would distort the picture. */
function shorten(label: string): string {
  const characters = [...label];
  return characters.length <= longestLabel ? label : `${characters.slice(0, longestLabel - 1).join('')}…`;
}
