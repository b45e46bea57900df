import { byId, choice } from '../reports/page/dom.js';
import { attentionViewer } from '../reports/page/viewer.js';
import type { ViewerData } from '../reports/viewer-data.ts';
import type { ModelAnswer, SentenceTranslation } from '../server/api.ts';
import { attentionOf } from './attention.ts';
import { candidateLists } from './candidates.ts';
import { Comparison } from './comparison.ts';
import { type Shared, writeFragment } from './fragment.ts';
import type { Translations } from './translations.ts';

/** How long to wait after typing before translating, and before notifying a screen reader, in ms. */
const PAUSE = 80;
const QUIET = 700;

/** The maximum number of translations shown for a sentence; a server may allow fewer. */
const SHOWN = Math.min(5, Number(document.documentElement.dataset.nbest ?? 5));

/** The text, its translation as it grows, and views of how it came about. */
export class Workbench {
  readonly #translations: Translations;
  readonly #models: readonly ModelAnswer[];
  readonly #meant: ModelAnswer;
  readonly #comparison: Comparison;
  readonly #source = byId('source') as HTMLTextAreaElement;
  readonly #modelChoice: ReturnType<typeof choice>;
  #viewer: ReturnType<typeof attentionViewer> | undefined;
  #model: string;
  #sentences: readonly SentenceTranslation[] = [];
  /** The rank of the translation shown for each sentence. */
  #ranks: number[] = [];
  #asked = new AbortController();
  #pause: ReturnType<typeof setTimeout> | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  constructor(translations: Translations, models: readonly ModelAnswer[], meant: ModelAnswer) {
    this.#translations = translations;
    this.#models = models;
    this.#meant = meant;
    this.#model = meant.name;
    const names = models.map(({ name }) => name);
    this.#comparison = new Comparison(translations, models, (name) => this.go({ model: name }));
    this.#modelChoice = choice('translator', 'Model', names, (i) => this.go({ model: names[i] as string }));
    if (models.length > 1) byId('models').replaceChildren(this.#modelChoice.group);
    this.#source.addEventListener('input', () => this.#changed(PAUSE));
    byId('copy').addEventListener('click', () => copy('copy', this.#whole()));
    byId('share').addEventListener('click', () => {
      this.#remember();
      void copy('share', location.href);
    });
  }

  /** Shows another text, or the same text with another model. */
  go({ text, model }: Shared): void {
    if (text !== undefined) this.#source.value = text;
    const known = this.#models.find(({ name }) => name === model);
    if (known) this.#model = known.name;
    this.#modelChoice.set(this.#models.findIndex(({ name }) => name === this.#model));
    this.#changed(0);
  }

  #changed(pause: number): void {
    const text = this.#source.value;
    if (pause === 0) this.#remember();
    // an answer to the previous text would only confuse
    this.#asked.abort();
    clearTimeout(this.#pause);
    byId('linked').classList.add('stale');
    byId('whole').classList.add('stale');
    this.#pause = setTimeout(() => void this.#translate(text), pause);
  }

  /** Puts text and model in the address; not at every key, which browsers count and refuse. */
  #remember(): void {
    const model = this.#model === this.#meant.name ? {} : { model: this.#model };
    const fragment = writeFragment({ text: this.#source.value, ...model });
    history.replaceState(null, '', fragment || location.pathname + location.search);
  }

  async #translate(text: string): Promise<void> {
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    if (text.trim() === '') {
      this.#show([]);
      byId('status').textContent = '';
      return;
    }
    const loaded = this.#sentences.length > 0;
    if (!loaded) byId('status').textContent = 'Loading the model.';
    const start = performance.now();
    try {
      const request = { text, model: this.#model, nbest: SHOWN, attention: true };
      const { translations } = await this.#translations.translate(request, signal);
      if (signal.aborted) return;
      const milliseconds = Math.round(performance.now() - start);
      const { engine } = this.#translations;
      byId('status').textContent = `${milliseconds} ms${engine === undefined ? '' : `, ${engine}`}`;
      byId('problem').textContent = '';
      this.#show(translations);
      void this.#comparison.ask(text);
    } catch (error) {
      if (signal.aborted) return;
      byId('problem').textContent = error instanceof Error ? error.message : String(error);
      byId('status').textContent = '';
    }
  }

  /** Draws an answer; nothing for a text without words. */
  #show(sentences: readonly SentenceTranslation[]): void {
    this.#sentences = sentences;
    this.#ranks = sentences.map(() => 0);
    const lists = candidateLists(sentences, this.#ranks, (sentence, rank) => {
      this.#ranks[sentence] = rank;
      this.#draw();
    });
    byId('candidates').replaceChildren(...lists);
    byId('others').hidden = lists.length === 0;
    this.#draw();
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      byId('spoken').textContent = this.#whole();
      this.#remember();
    }, QUIET);
  }

  #draw(): void {
    const data = attentionOf(this.#model, this.#sentences, this.#ranks);
    const [linked, whole] = [byId('linked'), byId('whole')];
    linked.hidden = data === undefined;
    // for a single sentence, its words are the whole text
    whole.hidden = data !== undefined && this.#sentences.length === 1;
    whole.textContent = this.#whole();
    for (const place of [linked, whole]) place.classList.remove('stale');
    byId('attention').hidden = this.#sentences.length === 0;
    byId('viewer').hidden = data === undefined;
    byId('blind').hidden = data !== undefined;
    if (data) this.#look(data);
  }

  #look(data: ViewerData): void {
    if (this.#viewer) this.#viewer.show(data);
    else {
      this.#viewer = attentionViewer(byId('viewer'), data, {
        place: byId('linked'),
        stepModel: (step) => this.#stepModel(step),
      });
    }
  }

  #stepModel(step: number): void {
    const at = this.#models.findIndex(({ name }) => name === this.#model);
    const next = this.#models[(at + step + this.#models.length) % this.#models.length];
    if (next && this.#models.length > 1) this.go({ model: next.name });
  }

  /** The translation of the whole text. */
  #whole(): string {
    return this.#sentences
      .map(({ before, after, hypotheses }, i) => before + (hypotheses[this.#ranks[i] ?? 0]?.text ?? '') + after)
      .join('')
      .trim();
  }
}

/** Copies a text to the clipboard and confirms it on the button that was pressed. */
async function copy(id: string, text: string): Promise<void> {
  const button = byId(id);
  const said = button.textContent;
  if (button.dataset.said !== undefined) return;
  button.dataset.said = '';
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Not allowed here';
  }
  setTimeout(() => {
    button.textContent = said;
    delete button.dataset.said;
  }, 1500);
}
