import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chart, lineChart } from '../../src/reports/chart.ts';

const chart: Chart = {
  title: 'BLEU',
  xLabel: 'minutes',
  decimals: 1,
  series: [
    {
      name: 'dot',
      colour: 0,
      points: [
        { x: 0, y: 10 },
        { x: 5, y: 20 },
        { x: 10, y: 40 },
      ],
    },
    {
      name: 'concat',
      colour: 1,
      points: [
        { x: 0, y: 10 },
        { x: 10, y: 40.5 },
      ],
    },
  ],
};

/** Numbers out of the drawing. */
function numbers(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].map((match) => Number(match[1]));
}

test('points stand where their numbers say: evenly spaced in x, twice as high for twice the gain', () => {
  const svg = lineChart(chart);
  const xs = numbers(svg, /<circle cx="([\d.]+)"/g);
  const ys = numbers(svg, /<circle [^>]*cy="([\d.]+)"/g);
  assert.ok(Math.abs(xs[1]! - xs[0]! - (xs[2]! - xs[1]!)) < 0.2);
  assert.ok(Math.abs(2 * (ys[0]! - ys[1]!) - (ys[1]! - ys[2]!)) < 0.3);
  assert.equal(xs[3], xs[0]);
});

test('grid lines are round numbers around all values', () => {
  assert.deepEqual(numbers(lineChart(chart), /text-anchor="end">(\d+)</g), [10, 20, 30, 40, 50]);
});

test('lines that end together have names that do not overlap', () => {
  const ys = numbers(lineChart(chart), /class="name[^>]* y="([\d.]+)"/g);
  assert.equal(ys.length, 2);
  assert.ok(Math.abs(ys[0]! - ys[1]!) >= 14);
});

test('a screen reader hears where each line ends', () => {
  assert.match(lineChart(chart), /aria-label="BLEU, by minutes: dot ends at 40\.0, concat ends at 40\.5\."/);
});

test('one point, or none, is drawn without a NaN', () => {
  for (const points of [[{ x: 3, y: 3 }], []]) {
    const svg = lineChart({ ...chart, series: [{ name: 'dot', colour: 0, points }] });
    assert.doesNotMatch(svg, /NaN|Infinity/);
    assert.equal(svg.match(/<circle/g)?.length ?? 0, points.length);
  }
});

test('a very long name leaves room for the lines', () => {
  const svg = lineChart({ ...chart, series: [{ ...chart.series[0]!, name: 'a'.repeat(60) }] });
  assert.match(svg, />a{19}…<\/text>/);
});

test('a name cannot become markup', () => {
  const bad = { ...chart, series: [{ ...chart.series[0]!, name: '<b>"' }] };
  assert.ok(!lineChart(bad).includes('<b>'));
});
