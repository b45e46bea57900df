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

/** Lines with these names, each in its own colour. */
function named(names: readonly string[]): Chart {
  return { ...chart, series: names.map((name, colour) => ({ ...chart.series[0]!, name, colour })) };
}

function labels(svg: string): string[] {
  return [...svg.matchAll(/class="name[^>]*>([^<]*)</g)].map((match) => match[1]!);
}

/** Numbers from the drawing. */
function numbers(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].map((match) => Number(match[1]));
}

test('points are where their numbers say: evenly spaced in x, twice as high for twice the gain', () => {
  const svg = lineChart(chart);
  const xs = numbers(svg, /<circle cx="([\d.]+)"/g);
  const ys = numbers(svg, /<circle [^>]*cy="([\d.]+)"/g);
  assert.ok(Math.abs(xs[1]! - xs[0]! - (xs[2]! - xs[1]!)) < 0.2);
  assert.ok(Math.abs(2 * (ys[0]! - ys[1]!) - (ys[1]! - ys[2]!)) < 0.3);
  assert.equal(xs[3], xs[0]);
});

test('time starts at 0, wherever the first point is', () => {
  const late: Chart = {
    ...chart,
    series: [
      {
        ...chart.series[0]!,
        points: [
          { x: 10, y: 1 },
          { x: 20, y: 2 },
        ],
      },
    ],
  };
  const firstTick = (svg: string) => /text-anchor="middle">([^<]*)</.exec(svg)?.[1];
  assert.equal(firstTick(lineChart(late)), '10');
  assert.equal(firstTick(lineChart({ ...late, xFrom: 0 })), '0');
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
  const svg = lineChart(named([`${'a'.repeat(30)}${'b'.repeat(30)}`]));
  assert.match(svg, />a{9}…b{10}<\/text>/);
});

test('different names look different, wherever they differ', () => {
  const rates = ['0.001', '0.002'].map((rate) => `dot-learning-rate-${rate}`);
  assert.deepEqual(labels(lineChart(named(rates))), ['dot-learn…rate-0.001', 'dot-learn…rate-0.002']);
  const both = rates.map((name) => `${name}-dropout-0.1`);
  assert.deepEqual(labels(lineChart(named(['dot', ...both]))), ['dot', '…0.001-dropout-0.1', '…0.002-dropout-0.1']);
  const unlike = [...both, 'concat-learning-rate-0.001-dropout-0.1'];
  const svg = lineChart(named(unlike));
  assert.deepEqual(labels(svg).toSorted(), unlike.toSorted());
  const [width = 0] = numbers(svg, /viewBox="0 0 ([\d.]+)/g);
  assert.ok(
    numbers(svg, /<circle cx="([\d.]+)"/g).some((x) => x > 300),
    'the lines keep their room',
  );
  assert.ok(width > 300 + 7 * 38, 'and so do the names');
});

test('however many names there are, each appears in the drawing', () => {
  const svg = lineChart(named(Array.from({ length: 40 }, (_, i) => `model ${i}`)));
  const [height = 0] = numbers(svg, /viewBox="0 0 [\d.]+ ([\d.]+)"/g);
  const ys = numbers(svg, /class="name[^>]* y="([\d.-]+)"/g);
  assert.equal(ys.length, 40);
  assert.ok(Math.min(...ys) > 0 && Math.max(...ys) < height, `${ys} in ${height}`);
});

test('where colours repeat no two lines look alike, and each name has a sample of its line', () => {
  const looks = (svg: string) =>
    [...svg.matchAll(/<g class="series (series-\d)"><path d="[^"]*"([^>]*)\/>/g)].map(([, ...look]) => look.join());
  const svg = lineChart(named(Array.from({ length: 24 }, (_, i) => `model ${i}`)));
  const [lines, samples] = [looks(svg).slice(0, 24), looks(svg).slice(24)];
  assert.equal(new Set(lines).size, 24);
  assert.deepEqual(samples.toSorted(), lines.toSorted());
  assert.doesNotMatch(svg, /series-([89]|\d\d)/, 'the page has eight colours');
  assert.equal(looks(lineChart(named(['dot', 'concat']))).length, 2);
});

test('a name cannot become markup', () => {
  const bad = { ...chart, series: [{ ...chart.series[0]!, name: '<b>"' }] };
  assert.ok(!lineChart(bad).includes('<b>'));
});
