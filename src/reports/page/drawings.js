// The pictures of a matrix: as a table, as lines between two columns of words, and as small ones of all models.

import { make, makeSvg } from './dom.js';

/** @import { ViewerData } from '../viewer-data.ts' */
/** @typedef {'target' | 'source'} Side */
/** @typedef {{ rows: readonly string[], columns: readonly string[], weights: readonly (readonly number[])[] }} Matrix weights in thousandths */

const scaleSteps = 20;
/** From this step on the colour is so dark that text on it needs the other ink. */
const strongFrom = 9;

/** @param {Matrix} shown @returns {HTMLElement} the matrix as a real table: a row for each word written, a column for each word read */
export function table({ rows, columns, weights }) {
  const head = columns.map((column, s) =>
    make(
      'th',
      { scope: 'col' },
      make('span', { class: 'word', 'data-side': 'source', 'data-index': String(s) }, column),
    ),
  );
  const body = rows.map((row, t) => {
    const cells = columns.map((_, s) => {
      const weight = weights[t]?.[s] ?? 0;
      const cell = make('td', { 'data-row': String(t), 'data-column': String(s) }, percent(weight));
      Object.assign(cell.dataset, { side: 'target', index: String(t) });
      colour(cell, weight);
      return cell;
    });
    const label = make('span', { class: 'word', 'data-side': 'target', 'data-index': String(t) }, row);
    return make('tr', {}, make('th', { scope: 'row' }, label), ...cells);
  });
  const caption = make('caption', {}, 'Percent of attention: rows are the words written, columns the words read');
  const corner = make('tr', {}, make('td', {}), ...head);
  const style = `--columns:${columns.length}`;
  const whole = make(
    'table',
    { class: 'matrix', style },
    caption,
    make('thead', {}, corner),
    make('tbody', {}, ...body),
  );
  return make('div', { class: 'scroll' }, whole, legend());
}

/**
 * @param {Matrix} shown @returns {HTMLElement} source words on the left, target words on the right, and lines whose
 *   strength is the attention
 */
export function lines({ rows, columns, weights }) {
  const height = 30 * Math.max(rows.length, columns.length);
  /** @param {Side} side @param {readonly string[]} words */
  const column = (side, words) =>
    make(
      'div',
      { class: `column ${side}` },
      ...words.map((word, i) =>
        make('span', {}, make('span', { class: 'word', 'data-side': side, 'data-index': String(i) }, word)),
      ),
    );
  const svg = makeSvg('svg', { viewBox: `0 0 100 ${height}`, preserveAspectRatio: 'none' });
  weights.forEach((row, t) => {
    row.forEach((weight, s) => {
      if (weight < 15) return;
      const from = ((s + 0.5) / columns.length) * height;
      const to = ((t + 0.5) / rows.length) * height;
      const path = makeSvg('path', { d: `M0 ${from}C45 ${from} 55 ${to} 100 ${to}` });
      path.setAttribute(
        'style',
        `stroke-width:${(0.6 + weight / 180).toFixed(2)}px;--strength:${(0.12 + (0.88 * weight) / 1000).toFixed(3)}`,
      );
      path.dataset.row = String(t);
      path.dataset.column = String(s);
      svg.append(path);
    });
  });
  const drawing = make(
    'div',
    { class: 'lines', 'aria-hidden': 'true' },
    column('source', columns),
    svg,
    column('target', rows),
  );
  drawing.style.height = `${height}px`;
  return drawing;
}

/**
 * @param {ViewerData} data @param {number} index of the sentence @param {'words' | 'pieces'} level
 * @param {(model: number) => void} onChoose
 * @returns {HTMLElement} a small picture of every model's matrix for a sentence, to choose one from
 */
export function overview(data, index, level, onChoose) {
  const cards = data.models.flatMap((name, i) => {
    const matrices = data.sentences[index]?.matrices[i];
    if (!matrices) return [];
    const open = make('button', { type: 'button' }, name);
    const card = make('div', { class: 'card' }, open, small(matrices[level]), make('p', {}, matrices.hypothesis));
    card.addEventListener('click', () => onChoose(i));
    return [card];
  });
  return make('div', { class: 'cards' }, ...cards);
}

/** @param {Matrix} shown @returns {HTMLElement} a matrix with its words, too small for numbers */
export function small({ rows, columns, weights }) {
  const head = columns.map((column) => make('th', {}, make('span', {}, column)));
  const body = rows.map((row, t) => {
    const cells = columns.map((_, s) => {
      const cell = make('td');
      cell.style.background = `var(--w${stepOf(weights[t]?.[s] ?? 0)})`;
      return cell;
    });
    return make('tr', {}, make('th', {}, make('span', {}, row)), ...cells);
  });
  const attributes = { class: 'small', style: `--columns:${columns.length}`, 'aria-hidden': 'true' };
  return make('div', { class: 'scroll' }, make('table', attributes, make('tr', {}, make('th'), ...head), ...body));
}

/** @returns {HTMLElement} what the colours mean */
function legend() {
  const swatches = Array.from({ length: scaleSteps + 1 }, (_, i) => {
    const swatch = make('i');
    swatch.style.background = `var(--w${i})`;
    return swatch;
  });
  return make('p', { class: 'legend', 'aria-hidden': 'true' }, '0 %', make('span', {}, ...swatches), '100 %');
}

/**
 * @param {number} weight thousandths @returns {string} a whole percentage; empty for zero, so that a row is readable
 */
function percent(weight) {
  return weight < 5 ? '' : String(Math.round(weight / 10));
}

/** @param {number} weight thousandths @returns {number} the step on the page's colour scale */
function stepOf(weight) {
  return Math.round((weight * scaleSteps) / 1000);
}

/** @param {HTMLElement} node @param {number} weight thousandths */
export function colour(node, weight) {
  const step = stepOf(weight);
  node.style.background = step > 0 || node.tagName === 'TD' ? `var(--w${step})` : '';
  node.classList.toggle('strong', step >= strongFrom);
}
