import { workerTranslations } from './translations.ts';

const translations = workerTranslations();
const source = document.getElementById('source') as HTMLTextAreaElement;
const target = document.getElementById('target') as HTMLElement;
let asked = new AbortController();

source.addEventListener('input', async () => {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  try {
    const { texts } = await translations.translate({ text: source.value }, signal);
    target.textContent = texts.join('\n');
  } catch (error) {
    if (!signal.aborted) target.textContent = String(error);
  }
});
