// Small helpers for building a page.

/**
 * @param {string} name @param {string} legendText @param {readonly string[]} options @param {(index: number) => void}
 *   onChange
 * Radio buttons: the browser provides keyboard control and the texts for screen readers.
 */
export function choice(name, legendText, options, onChange) {
  const inputs = options.map((_, i) => make('input', { type: 'radio', name, value: String(i) }));
  const labels = inputs.map((input, i) => make('label', {}, input, make('span', {}, options[i] ?? '')));
  inputs.forEach((input, i) => {
    input.addEventListener('change', () => onChange(i));
  });
  const group = make('fieldset', { class: 'choice' }, make('legend', {}, legendText), ...labels);
  /** @param {number} chosen @param {(index: number) => boolean} [disabled] */
  const set = (chosen, disabled = () => false) => {
    inputs.forEach((input, i) => {
      input.checked = i === chosen;
      input.disabled = disabled(i);
    });
  };
  return { group, set };
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Record<string, string>} [attributes] @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag @param {Record<string, string>} attributes
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function makeSvg(tag, attributes) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return node;
}
