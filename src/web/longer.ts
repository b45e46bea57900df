import { byId, make } from '../reports/page/dom.js';
import type { ModelAnswer } from '../server/api.ts';
import { marked, wordsKept } from './differences.ts';
import type { Translations } from './translations.ts';

/** A sentence that grows, and its translations. */
type Growing = readonly (readonly string[])[];

/**
 * The slider that makes a sentence longer: the plain model beside one with attention, to show which one forgets.
 * @param isShown whether it is visible: models are not loaded in vain
 */
export function longerSlider(translations: Translations, models: readonly ModelAnswer[], sentences: Growing): void {
  const slider = byId('length') as HTMLInputElement;
  slider.max = String(sentences.length);
  const compared = contrasting(models);
  const rows = compared.map(({ name }) => {
    const meter = make('meter', { min: '0', 'aria-label': `Words of the reference that ${name} has` });
    const count = make('span', { class: 'count' });
    const text = make('dd', { class: 'text' });
    return {
      name,
      meter,
      count,
      text,
      row: make('div', {}, make('dt', {}, make('span', { class: 'name' }, name), meter, count), text),
    };
  });
  byId('long-answers').replaceChildren(...rows.map(({ row }) => row));
  let asked = new AbortController();

  const show = async (): Promise<void> => {
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    const [source = '', reference = ''] = sentences[Number(slider.value) - 1] ?? [];
    const words = `${source.split(' ').length} words`;
    byId('words').textContent = words;
    slider.setAttribute('aria-valuetext', words);
    byId('long-source').textContent = source;
    byId('long-reference').textContent = `Reference: ${reference}`;
    for (const { name, meter, count, text } of rows) {
      try {
        const { texts } = await translations.translate({ texts: [source], split: false, model: name }, signal);
        const [translation = ''] = texts;
        const { kept, all } = wordsKept(reference, translation);
        Object.assign(meter, { max: all, value: kept });
        count.textContent = `${kept} of ${all} words`;
        text.replaceChildren(...marked(reference, translation));
      } catch (error) {
        if (signal.aborted) return;
        text.textContent = error instanceof Error ? error.message : String(error);
      }
    }
  };

  const section = byId('longer');
  section.hidden = false;
  byId('forgets').hidden = !models.some(isPlain);
  slider.addEventListener('input', () => void show());
  // the first time it becomes visible: models are not loaded in vain
  const seen = new IntersectionObserver(([entry]) => {
    if (!entry?.isIntersecting) return;
    seen.disconnect();
    void show();
  });
  seen.observe(section);
}

function isPlain({ architecture, score }: ModelAnswer): boolean {
  return architecture !== 'transformer' && score === 'none';
}

/** The plain model and one with attention; what is available if one of them is missing. */
function contrasting(models: readonly ModelAnswer[]): readonly ModelAnswer[] {
  const [first] = models;
  const attending = models.find((model) => model.default && !isPlain(model)) ?? models.find((model) => !isPlain(model));
  const both = [models.find(isPlain), attending].filter((model) => model !== undefined);
  return both.length > 0 || first === undefined ? both : [first];
}
