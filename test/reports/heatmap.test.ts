import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PNG } from 'pngjs';
import { type LabelledMatrix, labelledMatrix } from '../../src/reports/attention-matrix.ts';
import { colourOf, hexColourOf } from '../../src/reports/colour-scale.ts';
import { heatmapPng, heatmapSvg } from '../../src/reports/heatmap.ts';
import { layoutHeatmap } from '../../src/reports/heatmap-layout.ts';
import { hungry } from './example.ts';

const matrix = labelledMatrix(hungry(), 'pieces');

/** The colour at a point given in CSS pixels. */
function pixelAt(png: PNG, x: number, y: number): number[] {
  const at = 4 * (Math.round(2 * y) * png.width + Math.round(2 * x));
  return [...png.data.subarray(at, at + 3)];
}

test('each cell of the PNG has the colour of its weight from edge to edge', () => {
  const png = PNG.sync.read(Buffer.from(heatmapPng(matrix, 'concat')));
  const { cells, cell } = layoutHeatmap(matrix, 'concat');
  assert.equal(cells.length, 42);
  for (const { x, y, row, column } of cells) {
    const expected = [...colourOf(matrix.weights[row]![column]!)];
    for (const [dx, dy] of [
      [1, 1],
      [cell / 2, cell / 2],
      [cell - 3, cell - 3],
    ] as const) {
      assert.deepEqual(pixelAt(png, x + dx, y + dy), expected, `row ${row}, column ${column}`);
    }
  }
});

test('the darkest cell of the PNG in the row of `hung` is that of `fame`', () => {
  const png = PNG.sync.read(Buffer.from(heatmapPng(matrix)));
  const { cells, cell } = layoutHeatmap(matrix);
  const row = cells.filter((one) => matrix.rows[one.row] === '▁hung');
  const lightness = row.map(({ x, y }) => pixelAt(png, x + cell / 2, y + cell / 2).reduce((sum, c) => sum + c, 0));
  assert.equal(matrix.columns[row[lightness.indexOf(Math.min(...lightness))]!.column], '▁fame');
});

test('the PNG has ink at its labels and none in its margin', () => {
  const png = PNG.sync.read(Buffer.from(heatmapPng(matrix, 'concat')));
  const { labels } = layoutHeatmap(matrix, 'concat');
  const darkestBelow = (left: number, top: number, right: number, bottom: number): number => {
    let darkest = 255;
    for (let y = top; y < bottom; y += 0.5) {
      for (let x = left; x < right; x += 0.5) darkest = Math.min(darkest, ...pixelAt(png, x, y));
    }
    return darkest;
  };
  for (const label of labels.filter(({ kind }) => kind === 'row')) {
    assert.ok(darkestBelow(label.x - 9, label.y - 10, label.x, label.y + 1) < 60, `'${label.text}' is missing`);
  }
  assert.equal(darkestBelow(0, 0, png.width / 2 - 1, 8), 255);
});

test('each cell of the SVG has the colour of its weight, row by row', () => {
  const fills = [...heatmapSvg(matrix).matchAll(/<rect class="cell"[^>]* fill="(#[0-9a-f]{6})"/g)].map((m) => m[1]);
  assert.deepEqual(fills, matrix.weights.flat().map(hexColourOf));
});

test('on a dark page the SVG is dark: its background, its text and its scale', () => {
  const svg = heatmapSvg(matrix);
  assert.match(svg, /@media \(prefers-color-scheme: dark\) \{ \.paper \{ fill: #14171b \}/);
  const dark = [...svg.matchAll(/style="--dark:(#\w{6})"/g)].map(([, colour]) => colour);
  assert.deepEqual(
    dark,
    matrix.weights.flat().map((weight) => hexColourOf(1 - weight)),
  );
});

test('the SVG gives the weight of each cell and names every row and column', () => {
  const svg = heatmapSvg(matrix, 'concat');
  assert.ok(svg.includes('<title>▁hung looks at ▁fame: 92.0 %</title>'));
  for (const [kind, labels] of [
    ['row', matrix.rows],
    ['column', matrix.columns],
  ] as const) {
    const texts = [...svg.matchAll(new RegExp(`<text class="${kind}"[^>]*>([^<]*)</text>`, 'g'))].map((m) => m[1]);
    assert.deepEqual(
      texts,
      labels.map((label) => label.replace('<', '&#60;').replace('>', '&#62;')),
    );
  }
});

test('labels cannot break out of the SVG', () => {
  const bad: LabelledMatrix = { rows: ['<script>&"\u0000'], columns: ["]]>'"], weights: [[0.5]] };
  const svg = heatmapSvg(bad, '</title><script>');
  assert.ok(!svg.includes('<script'));
  assert.ok(!svg.includes('\u0000'));
  assert.ok(svg.includes('&#60;script&#62;&#38;&#34;'));
});

test('nothing in the picture is outside of it, whatever the labels', () => {
  const long = 'precipitevolissimevolmente'.repeat(2);
  const wide: LabelledMatrix = {
    rows: [long, 'a'],
    columns: ['b', 'c', long],
    weights: [
      [0, 0, 1],
      [1, 0, 0],
    ],
  };
  for (const title of [undefined, 'a title that is much longer than the picture below it would need to be wide']) {
    const { width, height, cells, labels, cell } = layoutHeatmap(wide, title);
    for (const { x, y } of cells) assert.ok(x > 0 && y > 0 && x + cell <= width && y + cell <= height);
    const png = PNG.sync.read(Buffer.from(heatmapPng(wide, title)));
    for (let y = 0; y < height; y++) {
      assert.deepEqual(
        [pixelAt(png, 0, y), pixelAt(png, width - 1, y)],
        [
          [255, 255, 255],
          [255, 255, 255],
        ],
      );
    }
    assert.ok(labels.every(({ text }) => title === text || [...text].length <= 24));
  }
});

test('a matrix without rows or columns is still a picture', () => {
  for (const empty of [
    { rows: [], columns: ['a'], weights: [] },
    { rows: ['a'], columns: [], weights: [[]] },
  ]) {
    assert.ok(PNG.sync.read(Buffer.from(heatmapPng(empty))).width > 0);
    assert.ok(!heatmapSvg(empty).includes('NaN'));
  }
});
