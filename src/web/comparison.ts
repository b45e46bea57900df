import { byId, make } from '../reports/page/dom.js';
import { small } from '../reports/page/drawings.js';
import type { ModelAnswer } from '../server/api.ts';
import { attentionOf } from './attention.ts';
import type { Translations } from './translations.ts';

/** Every model's answer side by side, once requested: from then on for every new text. */
export class Comparison {
  readonly #translations: Translations;
  readonly #models: readonly ModelAnswer[];
  readonly #onChoose: (name: string) => void;
  readonly #button = byId('ask-all');
  #open = false;
  #text = '';
  #asked = new AbortController();

  /** @param onChoose called with a model that is to be examined */
  constructor(translations: Translations, models: readonly ModelAnswer[], onChoose: (name: string) => void) {
    this.#translations = translations;
    this.#models = models;
    this.#onChoose = onChoose;
    byId('compare').hidden = models.length < 2;
    this.#button.addEventListener('click', () => this.#toggle());
  }

  /** The text they are asked to translate. */
  async ask(text: string): Promise<void> {
    this.#text = text;
    this.#asked.abort();
    if (!this.#open) return;
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    const cards: HTMLElement[] = [];
    for (const { name } of this.#models) {
      try {
        cards.push(await this.#card(name, signal));
      } catch (error) {
        if (signal.aborted) return;
        cards.push(make('div', { class: 'card' }, make('p', {}, `${name}: ${(error as Error).message}`)));
      }
    }
    byId('answers').replaceChildren(...cards);
  }

  #toggle(): void {
    this.#open = !this.#open;
    this.#button.setAttribute('aria-expanded', String(this.#open));
    this.#button.textContent = this.#open ? 'Hide them' : 'Ask all models';
    byId('answers').replaceChildren(...(this.#open ? [make('p', { class: 'note' }, 'Asking.')] : []));
    void this.ask(this.#text);
  }

  async #card(name: string, signal: AbortSignal): Promise<HTMLElement> {
    const request = { text: this.#text, model: name, attention: true };
    const { texts, translations } = await this.#translations.translate(request, signal);
    const matrix = attentionOf(name, translations)?.sentences[0]?.matrices[0]?.words;
    const open = make('button', { type: 'button' }, name);
    open.addEventListener('click', () => this.#onChoose(name));
    const picture = matrix ? small(matrix) : make('p', { class: 'note' }, 'without attention');
    return make('div', { class: 'card' }, open, picture, make('p', {}, texts.join(' ')));
  }
}
