import { escapeXml } from './escape.ts';
import { fixed } from './format.ts';

/** One line of a chart. */
export interface Series {
  readonly name: string;
  /** The index of a colour in the page's palette; beyond its end the colours repeat, dashed. */
  readonly colour: number;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A tick under the x axis, with a second, quieter line under its label. */
export interface Tick {
  readonly at: number;
  readonly label: string;
  readonly detail?: string;
}

/** A line chart: the data, and the texts around it. */
export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly series: readonly Series[];
  /** Where the x axis starts, if not at the first point: time starts at 0. */
  readonly xFrom?: number;
  /** Explicit ticks where round numbers do not fit: categories. */
  readonly xTicks?: readonly Tick[];
  readonly decimals: number;
}

const plot = { width: 480, height: 300, left: 38, top: 10, bottom: 47 };
/** The minimum width of the lines, and the height of a name. */
const narrowest = 280;
const nameHeight = 14;

const colours = 8;
const dashes = ['', '7 3', '2 3', '9 3 2 3'];

/**
 * Lines as inline SVG, coloured by the page's style (`series-N`), each named at its end. Series with the same name
 * share one label. Every point shows its value as a tooltip. With many or long names the drawing is larger.
 */
export function lineChart(chart: Chart): string {
  const drawn = chart.series.filter((series) => series.points.length > 0);
  const points = drawn.flatMap((series) => series.points);
  const names = [...new Set(drawn.map(({ name }) => name))];
  const labels = shorten(names);
  // where colours repeat, a sample of each line beside its name distinguishes them
  const sample = drawn.some(({ colour }) => dashOf(colour)) ? 24 : 0;
  const right = 14 + sample + Math.ceil(7.4 * Math.max(0, ...labels.map(({ length }) => length)));
  const width = Math.max(plot.width, plot.left + narrowest + right);
  const height = Math.max(plot.height, plot.top + nameHeight * names.length + plot.bottom);
  const bottom = height - plot.bottom;
  const xTicks =
    chart.xTicks ??
    roundTicks([...points.map(({ x }) => x), ...(chart.xFrom === undefined ? [] : [chart.xFrom])]).map((at) => ({
      at,
      label: trim(at),
    }));
  const yTicks = roundTicks(points.map(({ y }) => y));
  const toX = scaleBetween([...xTicks.map(({ at }) => at), ...points.map(({ x }) => x)], plot.left + 8, width - right);
  const toY = scaleBetween([...yTicks, ...points.map(({ y }) => y)], bottom, plot.top);

  const grid = yTicks.map(
    (at) =>
      `<line class="grid" x1="${plot.left}" x2="${width - right}" y1="${toY(at)}" y2="${toY(at)}"/>` +
      `<text class="tick" x="${plot.left - 8}" y="${toY(at) + 4}" text-anchor="end">${trim(at)}</text>`,
  );
  const axis = xTicks.map(
    ({ at, label, detail }: Tick) =>
      `<text class="tick" x="${toX(at)}" y="${bottom + 17}" text-anchor="middle">${escapeXml(label)}</text>` +
      (detail
        ? `<text class="detail" x="${toX(at)}" y="${bottom + 29}" text-anchor="middle">${escapeXml(detail)}</text>`
        : ''),
  );
  const lines = drawn.map(({ name, colour, points: line }) => {
    const path = line.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${toX(x)} ${toY(y)}`).join('');
    const dots = line.map(({ x, y }) => {
      const tip = escapeXml(`${name}: ${fixed(y, chart.decimals)}`);
      return `<circle cx="${toX(x)}" cy="${toY(y)}" r="${line.length > 40 ? 1 : 2.6}"><title>${tip}</title></circle>`;
    });
    return `<g class="series ${colourClass(colour)}"><path d="${path}"${dashOf(colour)}/>${dots.join('')}</g>`;
  });
  const ends = spread(
    names.map((name, i) => {
      const { colour, points: line } = drawn.find((one) => one.name === name)!;
      return { label: labels[i]!, colour, y: toY(line.at(-1)!.y) };
    }),
    bottom,
  ).map(({ label, colour, y }) => {
    const x = width - right + 9;
    const text = `<text class="name ${colourClass(colour)}" x="${x + sample}" y="${y + 4}">${escapeXml(label)}</text>`;
    if (sample === 0) return text;
    return `<g class="series ${colourClass(colour)}"><path d="M${x} ${y}h19"${dashOf(colour)}/></g>${text}`;
  });
  const summary = drawn.map(({ name, points: line }) => `${name} ends at ${fixed(line.at(-1)!.y, chart.decimals)}`);
  const label = escapeXml(`${chart.title}, by ${chart.xLabel}: ${summary.join(', ')}.`);
  return [
    `<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">`,
    ...grid,
    ...axis,
    `<text class="axis" x="${(plot.left + width - right) / 2}" y="${height - 5}" text-anchor="middle">${escapeXml(chart.xLabel)}</text>`,
    ...lines,
    ...ends,
    '</svg>',
  ].join('');
}

/** An interval as a whisker with a dot at the score, on an axis from `low` to `high`. */
export function intervalPlot(
  interval: { readonly low: number; readonly high: number },
  score: number,
  axis: readonly [low: number, high: number],
  colour: number,
): string {
  const toX = scaleBetween(axis, 6, 154);
  return (
    `<svg class="interval ${colourClass(colour)}" viewBox="0 0 160 16" aria-hidden="true">` +
    `<line class="rail" x1="6" x2="154" y1="8" y2="8"/>` +
    `<line class="whisker" x1="${toX(interval.low)}" x2="${toX(interval.high)}" y1="8" y2="8"/>` +
    `<circle cx="${toX(score)}" cy="8" r="3.6"/></svg>`
  );
}

/** About five round numbers that span the values. */
function roundTicks(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!Number.isFinite(low)) return [];
  const rough = (high - low || Math.abs(high) || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** Maps the range of some values to [from, to], to a tenth of a pixel. */
function scaleBetween(values: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) =>
    Math.round(10 * (high === low ? (from + to) / 2 : from + ((to - from) * (value - low)) / (high - low))) / 10;
}

function colourClass(colour: number): string {
  return `series-${colour % colours}`;
}

/** An attribute that distinguishes a line from an earlier one of its colour. */
function dashOf(colour: number): string {
  const dash = dashes[Math.floor(colour / colours) % dashes.length];
  return dash ? ` stroke-dasharray="${dash}"` : '';
}

/** Moves overlapping labels apart, as little as possible from the top down; none goes below `bottom`. */
function spread<T extends { readonly y: number }>(labels: readonly T[], bottom: number): T[] {
  const sorted = labels.toSorted((a, b) => a.y - b.y);
  const ys = sorted.map(({ y }) => y);
  for (let i = 1; i < ys.length; i++) ys[i] = Math.max(ys[i]!, ys[i - 1]! + nameHeight);
  let limit = bottom;
  for (let i = ys.length - 1; i >= 0; i--, limit -= nameHeight) ys[i] = Math.min(ys[i]!, limit);
  return sorted.map((label, i) => ({ ...label, y: ys[i]! }));
}

/** A tick's number without the noise of binary fractions. */
function trim(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '−');
}

/**
 * Shortens names to leave room for the lines: long ones are cut in the middle or, if two would then look alike, lose
 * the words that all of them start with, at any length.
 */
function shorten(names: readonly string[]): readonly string[] {
  const isLong = (name: string): boolean => name.length > 20;
  const cut = names.map((name) => (isLong(name) ? `${name.slice(0, 9)}…${name.slice(-10)}` : name));
  if (new Set(cut).size === names.length) return cut;
  const [first = '', ...others] = names.filter(isLong);
  let same = 0;
  while (same < first.length && others.every((name) => name[same] === first[same])) same++;
  const start = first.slice(0, same).lastIndexOf('-') + 1;
  return names.map((name) => (isLong(name) && start > 0 ? `…${name.slice(start)}` : name));
}
