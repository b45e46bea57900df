import '../reports/page/theme.js';
import { byId, make } from '../reports/page/dom.js';
import type { ModelAnswer } from '../server/api.ts';
import examples from './examples.json';
import { readFragment } from './fragment.ts';
import { longerSlider } from './longer.ts';
import { keepForOffline } from './offline.ts';
import { KeyNeeded, serverTranslations, workerTranslations } from './translations.ts';
import { Workbench } from './workbench.ts';

/** Example sentences, by the languages of a model. */
interface Examples {
  readonly short: readonly string[];
  readonly longer: readonly (readonly string[])[];
}

/** Where the key for a server is stored while the page is open. */
const KEY = 'attn-key';

const onServer = document.documentElement.dataset.translator === 'server';
const translations = onServer ? serverTranslations(() => sessionStorage.getItem(KEY)) : workerTranslations();

/** `Italian`; a fallback if the code is unknown. */
function languageName(code: string, otherwise: string): string {
  try {
    return /^[a-z]{2,3}\b/.test(code) && code !== 'source' && code !== 'target'
      ? (new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(code) ?? otherwise)
      : otherwise;
  } catch {
    return otherwise;
  }
}

/** Shows which language is translated to which. */
function nameLanguages({ sourceLanguage, targetLanguage }: ModelAnswer): void {
  const source = languageName(sourceLanguage, 'Source');
  const target = languageName(targetLanguage, 'Translation');
  byId('source-title').textContent = source;
  byId('target-title').textContent = target;
  if (source !== 'Source') {
    byId('source').lang = sourceLanguage;
    byId('languages').textContent = `${source} to ${target}`;
  }
  if (target !== 'Translation')
    for (const id of ['linked', 'whole', 'spoken', 'candidates']) byId(id).lang = targetLanguage;
}

/** Starts the page. */
async function start(): Promise<void> {
  const { models } = await translations.models();
  const meant = models.find((model) => model.default) ?? models[0];
  if (meant === undefined) throw new Error('There is no model here.');
  nameLanguages(meant);
  const known: Examples | undefined = (examples as Readonly<Record<string, Examples>>)[
    `${meant.sourceLanguage}-${meant.targetLanguage}`
  ];
  const workbench = new Workbench(translations, models, meant);
  const shared = readFragment(location.hash);
  const buttons = (known?.short ?? []).map((text) => {
    const button = make('button', { type: 'button', lang: meant.sourceLanguage }, text);
    button.addEventListener('click', () => workbench.go({ text }));
    return button;
  });
  byId('examples').replaceChildren(...buttons);
  // a link that names no model means the first one, as when the page opens
  addEventListener('hashchange', () => workbench.go({ model: meant.name, ...readFragment(location.hash) }));
  // what was typed before everything was loaded is not lost
  const typed = (byId('source') as HTMLTextAreaElement).value;
  workbench.go({ ...shared, text: typed || (shared.text ?? known?.short[0] ?? '') });
  if (known) longerSlider(translations, models, known.longer);
}

if (onServer) byId('privacy').textContent = 'What you type goes to this server, which does not keep it.';
else void keepForOffline();
const keyForm = byId('key');
keyForm.addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, (byId('key-text') as HTMLInputElement).value.trim());
  byId('problem').textContent = '';
  keyForm.hidden = true;
  begin();
});

/** Starts the page; if the server requires a key, after it is entered. */
function begin(): void {
  start().catch((error: unknown) => {
    byId('status').textContent = '';
    byId('problem').textContent = error instanceof Error ? error.message : String(error);
    keyForm.hidden = !(error instanceof KeyNeeded);
    if (!keyForm.hidden) byId('key-text').focus();
  });
}

begin();
