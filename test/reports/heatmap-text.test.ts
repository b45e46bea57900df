import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelledMatrix } from '../../src/reports/attention-matrix.ts';
import { heatmapText } from '../../src/reports/heatmap-text.ts';
import { width } from '../../src/support/table.ts';
import { hungry } from './example.ts';

const matrix = {
  rows: ['I', 'am', 'hungry'],
  columns: ['Ho', 'fame', '.'],
  weights: [
    [0.95, 0.05, 0],
    [0.5, 0.35, 0.15],
    [0.1, 0.9, 0],
  ],
};

test('without colour the heatmap is plain ASCII, with staggered labels above their columns', () => {
  assert.equal(
    heatmapText(matrix, { colour: false }),
    [
      '         Ho',
      '         |  fame',
      '         |  |  .',
      '     I  @@',
      '    am  ++ -- ..',
      'hungry  .. @@',
      "        ' .:-=+*#%@' from 0 to 1",
    ].join('\n'),
  );
});

test('with colour each cell contains its percentage, and columns stay aligned', () => {
  const lines = heatmapText(matrix, { colour: true }).split('\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  assert.equal(lines[5]!.replace(/\u001b\[[0-9;]*m/g, ''), 'hungry   10  90   0 ');
  assert.ok(lines[5]!.includes('\u001b[48;5;'));
  assert.deepEqual([...new Set(lines.slice(3, 6).map(width))], [8 + 3 * 4]);
});

test('the cells of a colour heatmap darken with the weight', () => {
  const ramp = { rows: ['a'], columns: ['0', '1', '2', '3', '4'], weights: [[0, 0.25, 0.5, 0.75, 1]] };
  const colours = [
    ...heatmapText(ramp, { colour: true })
      .split('\n')[5]!
      .matchAll(/\[48;5;(\d+)m/g),
  ].map((m) => Number(m[1]));
  assert.equal(new Set(colours).size, 5);
  assert.equal(colours[0], 231);
});

test('a long sentence gets narrower cells to fit in the terminal', () => {
  const many = Array.from({ length: 30 }, (_, i) => `w${i}`);
  const large = { rows: many, columns: many, weights: many.map(() => many.map(() => 0.5)) };
  for (const columns of [100, 80]) {
    for (const line of heatmapText(large, { colour: false, columns }).split('\n'))
      assert.ok(width(line) <= columns, line);
  }
});

test('a label cannot break its line or send commands to the terminal', () => {
  const bad = { rows: ['a\nb'], columns: ['\u001b[31mc'], weights: [[1]] };
  const text = heatmapText(bad, { colour: false });
  assert.ok(!text.includes('\u001b'));
  assert.equal(text.split('\n').length, 3);
});

test('wide characters keep the rows aligned', () => {
  const lines = heatmapText({ ...matrix, rows: ['猫', 'am', 'x'] }, { colour: true }).split('\n');
  assert.deepEqual([...new Set(lines.slice(3, 6).map(width))], [4 + 3 * 4]);
});

test('the words of a sentence can be read from the text', () => {
  const text = heatmapText(labelledMatrix(hungry(), 'words'), { colour: false });
  assert.match(text, /^ +very {5}%% \.\.$/m);
});
