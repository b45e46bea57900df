// The attention viewer. Point at a word, focus it or tap it, and the words it looks at are highlighted; a click pins
// it. Plain JavaScript, because it is embedded unchanged in the page; `npm run check` checks its types.

import { choice, make } from './dom.js';
import { colour, lines, overview, table } from './drawings.js';

/** @import { ViewerData, ViewerMatrices } from '../viewer-data.ts' */
/** @import { Matrix, Side } from './drawings.js' */
/** @typedef {{ side: Side, index: number }} Place a word: which list, and where in it */

/** @param {ViewerData} data @returns {string[]} the ways to show them */
const viewsOf = ({ models, choose }) => ['Matrix', 'Lines', ...(models.length > 1 ? [`All ${choose}s`] : [])];
const levels = /** @type {const} */ (['words', 'pieces']);

/**
 * Puts a viewer on a page.
 * @param {HTMLElement} viewer its container
 * @param {ViewerData} first what it shows
 * @param {{ place?: HTMLElement, stepModel?: (step: number) => void }} [options] another place for the two sentences; a
 *   function that selects the next model if the page has them, not the data
 * @returns {{ show: (data: ViewerData) => void }} shows other data
 */
export function attentionViewer(viewer, first, { place, stepModel: stepOutside } = {}) {
  let data = first;
  const state = {
    sentence: 0,
    model: 0,
    /** -1: the mean */
    head: -1,
    level: 0,
    view: 0,
    hovered: /** @type {Place | null} */ (null),
    pinned: /** @type {Place | null} */ (null),
  };

  const sentencePicker = make('select', { 'aria-label': 'Sentence' });
  const headPicker = make('select', { 'aria-label': 'Head' });
  const previous = make('button', { type: 'button', 'aria-label': 'Previous sentence' }, '‹');
  const next = make('button', { type: 'button', 'aria-label': 'Next sentence' }, '›');
  const modelName = data.choose === 'model' ? 'Model' : 'Translation';
  const modelChoice = choice('model', modelName, data.models, chooseModel);
  const levelChoice = choice('level', 'Show', levels, (level) => select({ level }));
  const viewChoice = choice('view', 'As', viewsOf(data), (view) => select({ view }));
  const source = wordList('source', 'Source sentence');
  const target = wordList('target', 'Translation: move through its words with the arrow keys');
  const reference = make('p', { class: 'reference' });
  const said = make('p', { class: 'said', role: 'status', 'aria-live': 'polite' });
  const picture = make('div', { class: 'picture' });
  const sentences = make('div', { class: 'sentences' }, source, target, reference);
  const stepper = make('div', { class: 'controls stepper' }, previous, sentencePicker, next);

  // if there is only one, there is nothing to choose
  const models = data.models.length > 1 ? [modelChoice.group] : [];
  place?.replaceChildren(stepper, sentences);
  viewer.replaceChildren(
    ...(place ? [] : [stepper]),
    make('div', { class: 'controls' }, ...models, headPicker, viewChoice.group, levelChoice.group),
    ...(place ? [] : [sentences]),
    said,
    picture,
    make(
      'p',
      { class: 'note' },
      'Tap a word, or click it, to keep it; tap it again to let go.',
      make(
        'span',
        { class: 'keys' },
        // whoever gives the sentences another place shows one at a time
        ` Keys: Tab to a word, Enter keeps it, Escape lets go; ← → words, ↑ ↓ ${data.choose}s${place ? '' : ', Page Up and Page Down sentences'}.`,
      ),
    ),
  );
  sentencePicker.addEventListener('change', () => chooseSentence(Number(sentencePicker.value)));
  headPicker.addEventListener('change', () => select({ head: Number(headPicker.value) }));
  previous.addEventListener('click', () => chooseSentence(state.sentence - 1));
  next.addEventListener('click', () => chooseSentence(state.sentence + 1));
  for (const area of place ? [place, viewer] : [viewer]) {
    area.addEventListener('pointerover', (event) => hover(placeOf(event.target)));
    area.addEventListener('pointerleave', () => hover(null));
    area.addEventListener('focusin', (event) => hover(placeOf(event.target)));
    area.addEventListener('focusout', () => hover(null));
    area.addEventListener('keydown', onKey);
  }
  for (const area of [source, target, picture]) area.addEventListener('click', (event) => pin(placeOf(event.target)));
  show(data);
  return { show };

  /** @returns {ViewerMatrices | null} the chosen model's matrices for the chosen sentence */
  function current() {
    return data.sentences[state.sentence]?.matrices[state.model] ?? null;
  }

  /** @returns {Matrix} what is shown */
  function matrix() {
    const matrices = current();
    if (!matrices) return { rows: [], columns: [], weights: [] };
    const level = levels[state.level] ?? 'words';
    const head = matrices.heads[state.head];
    return head ? { ...matrices[level], weights: head[level] } : matrices[level];
  }

  /** @param {number} sentence shown next, with a model that translated it */
  function chooseSentence(sentence) {
    const chosen = data.sentences[(sentence + data.sentences.length) % data.sentences.length];
    if (!chosen) return;
    const model = chosen.matrices[state.model] ? state.model : chosen.matrices.findIndex((one) => one !== null);
    select({ sentence: data.sentences.indexOf(chosen), model, hovered: null, pinned: null });
  }

  /** @param {number} model shown next; the pinned word stays pinned if this model wrote it too */
  function chooseModel(model) {
    const before = matrix().rows;
    const { pinned } = state;
    select({ model, head: -1, hovered: null });
    if (pinned?.side !== 'target') return;
    const { rows } = matrix();
    const word = before[pinned.index];
    const index = rows[pinned.index] === word ? pinned.index : rows.indexOf(word ?? '');
    select({ pinned: index < 0 ? null : { side: 'target', index } });
  }

  /** @param {Partial<typeof state>} change */
  function select(change) {
    if (change.level !== undefined && change.level !== state.level)
      Object.assign(state, { pinned: null, hovered: null });
    Object.assign(state, change);
    draw();
  }

  /** Redraws everything for the chosen sentence, model, head, level and view. */
  function draw() {
    const sentence = data.sentences[state.sentence];
    const shown = matrix();
    sentencePicker.value = String(state.sentence);
    modelChoice.set(state.model, (i) => sentence?.matrices[i] == null);
    levelChoice.set(state.level);
    viewChoice.set(state.view);
    const heads = current()?.heads ?? [];
    headPicker.hidden = heads.length === 0;
    headPicker.replaceChildren(
      make('option', { value: '-1' }, 'mean of the last layer'),
      ...heads.map(({ name }, i) => make('option', { value: String(i) }, name)),
    );
    headPicker.value = String(state.head);
    fillWords(source, 'source', shown.columns);
    fillWords(target, 'target', shown.rows);
    reference.textContent = sentence?.reference ? `Reference: ${sentence.reference}` : '';
    picture.replaceChildren([table, lines, allModels][state.view]?.(shown) ?? '');
    light();
  }

  /** Every model's picture; a click opens one. */
  function allModels() {
    return overview(data, state.sentence, levels[state.level] ?? 'words', (model) => {
      select({ view: 0 });
      chooseModel(model);
    });
  }

  /** Highlights the words that the pinned or hovered one looks at, or is looked at by. */
  function light() {
    const shown = matrix();
    const place = state.pinned ?? state.hovered;
    /** @param {Side} side @param {number} index @returns {number} thousandths */
    const weightOn = (side, index) => {
      if (!place || place.side === side) return 0;
      return (side === 'source' ? shown.weights[place.index]?.[index] : shown.weights[index]?.[place.index]) ?? 0;
    };
    for (const area of [sentences, picture])
      for (const word of /** @type {NodeListOf<HTMLElement>} */ (area.querySelectorAll('.word'))) {
        const at = placeOf(word);
        if (!at) continue;
        colour(word, weightOn(at.side, at.index));
        word.classList.toggle('active', at.side === place?.side && at.index === place.index);
        if (word.role === 'option')
          word.setAttribute('aria-selected', String(word.classList.contains('active') && state.pinned !== null));
      }
    picture.classList.toggle('focused', place !== null);
    for (const cell of /** @type {NodeListOf<HTMLElement>} */ (picture.querySelectorAll('[data-row]'))) {
      const mark = place?.side === 'target' ? cell.dataset.row : cell.dataset.column;
      cell.classList.toggle('lit', place !== null && Number(mark) === place.index);
    }
    said.textContent = place ? sentenceAbout(shown, place) : '';
  }

  /** @param {ViewerData} next to be shown from now on, for the same models */
  function show(next) {
    data = next;
    stepper.hidden = data.sentences.length < 2;
    sentencePicker.replaceChildren(
      ...data.sentences.map(({ index, source: text }, i) => make('option', { value: String(i) }, `${index}  ${text}`)),
    );
    chooseSentence(Math.min(state.sentence, data.sentences.length - 1));
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === 'Escape') pin(null);
    const word = event.target instanceof HTMLElement && event.target.role === 'option' ? event.target : null;
    const place = placeOf(word);
    if (!word || !place || event.ctrlKey || event.metaKey || event.altKey) return;
    const list = place.side === 'source' ? source : target;
    const last = list.querySelectorAll('.word').length - 1;
    /** @param {number} index */
    const go = (index) => {
      state.pinned = null;
      focusWord(list, Math.min(Math.max(index, 0), last));
      light(); // at either end the focus stays, so no event reports that the pin is gone
    };
    /** @param {number} step */
    const stepModel = (step) => {
      if (stepOutside) return stepOutside(step);
      const count = data.models.length;
      const order = Array.from({ length: count }, (_, i) => (state.model + step * (i + 1) + count * count) % count);
      const model = order.find((i) => data.sentences[state.sentence]?.matrices[i] != null);
      if (model !== undefined) chooseModel(model);
    };
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowLeft: () => go(place.index - 1),
      ArrowRight: () => go(place.index + 1),
      Home: () => go(0),
      End: () => go(last),
      ArrowUp: () => stepModel(-1),
      ArrowDown: () => stepModel(1),
      PageUp: () => chooseSentence(state.sentence - 1),
      PageDown: () => chooseSentence(state.sentence + 1),
      Enter: () => pin(place),
      ' ': () => pin(place),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** @param {Place | null} place */
  function hover(place) {
    state.hovered = place;
    light();
  }

  /** @param {Place | null} place pins it, or removes the pin */
  function pin(place) {
    const again = place?.side === state.pinned?.side && place?.index === state.pinned?.index;
    state.pinned = again ? null : place;
    light();
  }
}

/** @param {Matrix} shown @param {Place} place @returns {string} `‘hungry’ looks at ‘fame’ 92 %, ‘Ho’ 5 %` */
function sentenceAbout(shown, place) {
  const looking = place.side === 'target';
  const weights = looking ? (shown.weights[place.index] ?? []) : shown.weights.map((row) => row[place.index] ?? 0);
  const others = looking ? shown.columns : shown.rows;
  const greatest = weights
    .map((weight, i) => ({ weight, word: others[i] }))
    .sort((a, b) => b.weight - a.weight)
    .filter(({ weight }, i) => weight >= 10 && i < 4)
    .map(({ weight, word }) => `‘${word}’ ${Math.round(weight / 10)}\u00a0%`);
  const word = (looking ? shown.rows : shown.columns)[place.index];
  return `‘${word}’ ${looking ? 'looks at' : 'is looked at by'} ${greatest.join(', ') || 'nothing much'}`;
}

/** @param {Side} side @param {string} label @returns {HTMLElement} an empty list of words, one of which can be chosen */
function wordList(side, label) {
  return make('div', {
    class: `words ${side}`,
    role: 'listbox',
    'aria-orientation': 'horizontal',
    'aria-label': label,
  });
}

/** @param {HTMLElement} list @param {Side} side @param {readonly string[]} words */
function fillWords(list, side, words) {
  const hadFocus = list.contains(document.activeElement) ? Number(placeOf(document.activeElement)?.index) : -1;
  const spans = words.map((word, i) =>
    make(
      'span',
      {
        ...{ class: word === '</s>' ? 'word end' : 'word', role: 'option', tabindex: i === 0 ? '0' : '-1' },
        ...{ 'data-side': side, 'data-index': String(i) },
      },
      word,
    ),
  );
  list.replaceChildren(...spans.flatMap((span) => [span, ' ']));
  if (hadFocus >= 0) focusWord(list, Math.min(hadFocus, words.length - 1));
}

/** @param {HTMLElement} list @param {number} index the word that Tab returns to */
function focusWord(list, index) {
  const words = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('.word')]);
  words.forEach((word, i) => {
    word.tabIndex = i === index ? 0 : -1;
  });
  words[index]?.focus();
}

/** @param {EventTarget | null} node @returns {Place | null} the word or cell where an event happened */
function placeOf(node) {
  const holder = node instanceof Element ? /** @type {HTMLElement | null} */ (node.closest('[data-side]')) : null;
  return holder
    ? { side: holder.dataset.side === 'source' ? 'source' : 'target', index: Number(holder.dataset.index) }
    : null;
}
