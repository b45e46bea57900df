import type { LabelledMatrix } from './attention-matrix.ts';
import { hexColourOf, type Rgb } from './colour-scale.ts';
import { escapeXml } from './escape.ts';
import { type Label, layoutHeatmap } from './heatmap-layout.ts';
import { rasterize } from './rasterize.ts';

const paper: Rgb = [255, 255, 255];
const gridColour: Rgb = [232, 236, 238];
const inks: Readonly<Record<Label['kind'], Rgb>> = {
  title: [28, 30, 33],
  row: [28, 30, 33],
  column: [28, 30, 33],
  tick: [96, 102, 110],
};

/**
 * A heatmap as an SVG document: one `rect.cell` per weight, row by row, filled with its colour and with the weight as a
 * tooltip; labels are real text. Weights use the scale from 0 to 1.
 */
export function heatmapSvg(matrix: LabelledMatrix, title?: string): string {
  const { width, height, cell, cells, labels, legend } = layoutHeatmap(matrix, title);
  const rectangles = cells.map(({ x, y, row, column }) => {
    const weight = matrix.weights[row]![column]!;
    const tip = escapeXml(`${matrix.rows[row]} looks at ${matrix.columns[column]}: ${percent(weight)}`);
    const place = `x="${round(x)}" y="${round(y)}" width="${cell - 1}" height="${cell - 1}"`;
    return `<rect class="cell" ${place} fill="${hexColourOf(weight)}" style="--dark:${hexColourOf(1 - weight)}"><title>${tip}</title></rect>`;
  });
  const texts = labels.map(({ kind, text, anchor, x, y, angle, size }) => {
    const turn = angle === 0 ? '' : ` transform="rotate(${angle} ${round(x)} ${round(y)})"`;
    const style = `font-size="${size}" text-anchor="${anchor}" fill="${hexOf(inks[kind])}"`;
    return `<text class="${kind}" x="${round(x)}" y="${round(y)}" ${style}${turn}>${escapeXml(text)}</text>`;
  });
  const name = escapeXml(title ?? 'Attention');
  const summary = `Rows, what was written: ${matrix.rows.join(' ')}. Columns, what was read: ${matrix.columns.join(' ')}.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}" font-family="system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif">`,
    `<title>${name}</title><desc>${escapeXml(summary)}</desc>`,
    `<style>${darkStyle}</style>`,
    `<defs>${gradient('scale', (weight) => weight)}${gradient('scale-dark', (weight) => 1 - weight)}</defs>`,
    `<rect class="paper" width="${width}" height="${height}" fill="${hexOf(paper)}"/>`,
    ...rectangles,
    `<rect class="legend" x="${round(legend.x)}" y="${round(legend.y)}" width="${legend.width}" height="${legend.height}" fill="url(#scale)" stroke="${hexOf(gridColour)}"/>`,
    ...texts,
    '</svg>\n',
  ].join('\n');
}

/** On a dark page the picture is dark, like the report: its background, its text and its scale, which is reversed. */
const darkStyle =
  '@media (prefers-color-scheme: dark) { .paper { fill: #14171b } .cell { fill: var(--dark) } text { fill: #e3e6e9 } ' +
  'text.tick { fill: #98a1ab } .legend { fill: url(#scale-dark); stroke: #2b3138 } }';

function gradient(id: string, weightAt: (share: number) => number): string {
  const stops = Array.from(
    { length: 17 },
    (_, i) => `<stop offset="${i / 16}" stop-color="${hexColourOf(weightAt(i / 16))}"/>`,
  );
  return `<linearGradient id="${id}">${stops.join('')}</linearGradient>`;
}

/** The same picture as a PNG, two pixels for each CSS pixel. */
export function heatmapPng(matrix: LabelledMatrix, title?: string): Uint8Array {
  return rasterize(heatmapSvg(matrix, title));
}

function percent(weight: number): string {
  return `${(100 * weight).toFixed(1)} %`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function hexOf(colour: Rgb): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
