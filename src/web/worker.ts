import { type TranslatingParts, translateSentences } from '../decoding/translate-sentences.ts';
import type { Translation } from '../decoding/translation.ts';
import type { ModelsResponse, SentenceTranslation, TranslateRequest, TranslateResponse } from '../server/api.ts';
import { type Sentence, sentenceSplitter, wholeText } from '../server/sentences.ts';
import { joinTexts } from '../server/translate-texts.ts';
import type { Site, SiteModel } from '../workflows/site.ts';
import { startBackend, type WebBackend } from './backend.ts';
import { loadModel, readFile } from './model.ts';

/** A request of the page to the worker. A call cancelled before its turn is never started. */
export type WorkerCall =
  | { readonly id: number; readonly kind: 'models' }
  | { readonly id: number; readonly kind: 'translate'; readonly request: TranslateRequest }
  | { readonly id: number; readonly kind: 'cancel' };

/** What the worker answers. */
export type WorkerAnswer =
  | { readonly id: number; readonly models: ModelsResponse }
  | { readonly id: number; readonly translated: TranslateResponse; readonly backend: WebBackend }
  | { readonly id: number; readonly error: string };

const post = postMessage as (answer: WorkerAnswer) => void;
const asked = new URL(import.meta.url).searchParams.get('backend');
const backend = startBackend((asked ?? undefined) as WebBackend | undefined);
const site = readFile('models.json').then((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as Site);
const loaded = new Map<string, Promise<TranslatingParts>>();
const waiting: Exclude<WorkerCall, { kind: 'cancel' }>[] = [];
let working = false;

// a failure surfaces where they are awaited
for (const promise of [backend, site]) promise.catch(() => {});

addEventListener('message', ({ data: call }: MessageEvent<WorkerCall>) => {
  if (call.kind === 'cancel') {
    const at = waiting.findIndex(({ id }) => id === call.id);
    if (at >= 0) waiting.splice(at, 1);
    return;
  }
  waiting.push(call);
  if (!working) void work();
});

/** Answers calls one by one; messages arrive between them. */
async function work(): Promise<void> {
  working = true;
  for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
    const { id } = call;
    try {
      if (call.kind === 'models') post({ id, models: await models() });
      else post({ id, translated: await translate(call.request), backend: await backend });
    } catch (error) {
      post({ id, error: error instanceof Error ? error.message : String(error) });
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  working = false;
}

async function models(): Promise<ModelsResponse> {
  const { models } = await site;
  return {
    models: models.map(({ name, architecture, score, sourceLanguage, targetLanguage, default: meant }) => ({
      ...{ name, architecture, score, sourceLanguage, targetLanguage },
      ...{ default: meant, loaded: loaded.has(name) },
    })),
  };
}

async function translate(request: TranslateRequest): Promise<TranslateResponse> {
  const { text = '', texts = [text], split = true, model: name, attention, ...search } = request;
  const model = await modelOf(name);
  const parts = await partsOf(model);
  const cut = split ? sentenceSplitter(model.sourceLanguage) : wholeText;
  const sentences = texts.flatMap((one, input) => cut(one).map((sentence) => ({ input, ...sentence })));
  const found = await translateSentences(
    parts,
    sentences.map(({ source }) => source),
    { ...search, attention: attention ? 'mean' : 'none' },
  );
  const translations = sentences.map((sentence, i) => sentenceAnswer(sentence, found[i] as Translation));
  return { model: model.name, texts: joinTexts(translations, texts.length), translations };
}

/** A sentence's translations in the form of `POST /v1/translate`; with attention if the search kept it. */
function sentenceAnswer(
  { input, before, source, after }: Sentence & { readonly input: number },
  { pieces, truncated, hypotheses }: Translation,
): SentenceTranslation {
  return {
    ...{ input, before, after, source, sourcePieces: pieces, truncated },
    hypotheses: hypotheses.map(
      ({ text, score, logProbability, pieces: written, finished, attention: { attention } }) => ({
        ...{ text, score, logProbability, pieces: written, finished },
        ...(attention && { attention: attention.map((row) => Array.from(row)) }),
      }),
    ),
  };
}

async function modelOf(name: string | undefined): Promise<SiteModel> {
  const { models } = await site;
  const model = models.find((one) => (name === undefined ? one.default : one.name === name));
  if (model === undefined) throw new Error(`there is no model ${name}`);
  return model;
}

async function partsOf(model: SiteModel): Promise<TranslatingParts> {
  await backend;
  const known = loaded.get(model.name);
  if (known !== undefined) return known;
  const loading = loadModel(model);
  // it may be reachable the next time
  loading.catch(() => loaded.delete(model.name));
  loaded.set(model.name, loading);
  return loading;
}
