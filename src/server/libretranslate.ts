import formBody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { languageHits } from '../corpus/languages.ts';
import type { SentenceTranslation } from './api.ts';
import type { KnownModel } from './catalogue.ts';
import { defaultSearch } from './engine.ts';
import { escapeWords, type HtmlPart, htmlParts } from './html.ts';
import { patienceOf, Refusal } from './refusal.ts';
import { jsonSchema } from './schema.ts';
import type { Service } from './service.ts';
import { joinTexts, translateTexts } from './translate-texts.ts';
import { checkAmount, failuresOf } from './v1.ts';

const text = z.string();

const detectBody = z.looseObject({ q: text, api_key: z.string().optional() });

/** The requests of LibreTranslate's clients, as JSON or as a form, in which every value is text. */
function translateBody(models: readonly KnownModel[]) {
  return z.looseObject({
    q: z.union([text, z.array(text).min(1).max(1000)]).describe('text or texts'),
    source: z.enum(['auto', ...models.map(({ sourceLanguage }) => sourceLanguage)]).describe('language code, or auto'),
    target: z.enum(models.map(({ targetLanguage }) => targetLanguage)).describe('language code'),
    format: z.enum(['text', 'html']).default('text').describe('html: tags stay unchanged'),
    alternatives: z
      .union([z.number().int().min(0).max(999), z.string().regex(/^\d{1,3}$/)])
      .default(0)
      .describe('maximum number of alternative translations'),
    api_key: z.string().optional(),
  });
}

const language = z.object({ code: z.string(), name: z.string() });
const detected = z.object({ language: z.string(), confidence: z.number().describe('of 100') });
const alternatives = z.union([z.array(z.string()), z.array(z.array(z.string()))]);
const translateAnswer = z.object({
  translatedText: z.union([z.string(), z.array(z.string())]),
  alternatives: alternatives.optional(),
  detectedLanguage: z.union([detected, z.array(detected)]).optional(),
});
const settingsAnswer = z.object({
  apiKeys: z.boolean(),
  charLimit: z.number().int(),
  frontendTimeout: z.number().int(),
  keyRequired: z.boolean(),
  language: z.object({ source: language, target: language }),
  suggestions: z.boolean(),
  filesTranslation: z.boolean(),
  supportedFilesFormat: z.array(z.string()),
});

type Detected = z.output<typeof detected>;

/** LibreTranslate's API, so that its clients work unchanged (docs.libretranslate.com). */
export async function addLibreTranslate(app: FastifyInstance, service: Service): Promise<void> {
  const { options, models } = service;
  await app.register(formBody, { bodyLimit: app.initialConfig.bodyLimit ?? 2 ** 20 });
  const tags = ['LibreTranslate'];
  const failures = failuresOf([400, 401, 413, 415, 429, 500, 503]);
  const codes = new Set(models.flatMap(({ sourceLanguage, targetLanguage }) => [sourceLanguage, targetLanguage]));

  app.post<{ Body: z.output<ReturnType<typeof translateBody>> }>(
    '/translate',
    {
      schema: {
        ...{ summary: "Translate, as LibreTranslate's clients ask", tags, body: body(translateBody(models)) },
        consumes: ['application/json', 'application/x-www-form-urlencoded'],
        response: { 200: jsonSchema(translateAnswer), ...failures },
      },
    },
    async ({ body: { q, source, target, format, alternatives } }, reply) => {
      const texts = [q].flat();
      checkAmount(texts, options.maxCharacters);
      const found = source === 'auto' ? texts.map((one) => detect(one, codes)[0]) : [];
      const model = modelFor(models, source === 'auto' ? found.map((one) => one?.language) : [source], target);
      const nbest = Math.min(1 + Number(alternatives), options.maxBeam);
      const translated = await translateAll(service, reply, { model, texts, nbest, html: format === 'html' });
      const answer = (rank: number) => translated.map((ranks) => ranks[rank] as string);
      const shaped = <T>(values: readonly T[]) => (Array.isArray(q) ? values : values[0]);
      return {
        translatedText: shaped(answer(0)),
        ...(nbest > 1 && { alternatives: shaped(translated.map(([, ...others]) => others)) }),
        ...(source === 'auto' && {
          detectedLanguage: shaped(found.map((one) => one ?? { language: model.sourceLanguage, confidence: 0 })),
        }),
      };
    },
  );

  app.post<{ Body: z.output<typeof detectBody> }>(
    '/detect',
    {
      schema: {
        ...{ summary: 'Detect the language of a text', tags, body: body(detectBody) },
        description: 'Recognised by function words, among the languages of the models; empty if that is not clear.',
        consumes: ['application/json', 'application/x-www-form-urlencoded'],
        response: { 200: jsonSchema(z.array(detected)), ...failures },
      },
    },
    async ({ body: { q } }) => {
      checkAmount([q], options.maxCharacters);
      return detect(q, codes);
    },
  );

  app.get(
    '/languages',
    {
      schema: {
        ...{ summary: 'Languages, and those into which each is translated', tags },
        response: {
          200: jsonSchema(z.array(language.extend({ targets: z.array(z.string()) }))),
          ...failuresOf([401, 429, 503]),
        },
      },
    },
    async () => {
      const sources = [...new Set(models.map(({ sourceLanguage }) => sourceLanguage))];
      return [...codes].map((one) => ({
        ...named(one),
        targets: sources.includes(one)
          ? [...new Set(models.filter((m) => m.sourceLanguage === one).map((m) => m.targetLanguage))]
          : [],
      }));
    },
  );

  app.get(
    '/frontend/settings',
    {
      schema: {
        summary: 'Settings for a page',
        tags,
        response: { 200: jsonSchema(settingsAnswer), ...failuresOf([429, 503]) },
      },
      config: { open: true },
    },
    async (): Promise<z.output<typeof settingsAnswer>> => ({
      apiKeys: options.keys !== undefined,
      keyRequired: options.keys !== undefined,
      charLimit: options.maxCharacters,
      frontendTimeout: 500,
      language: {
        source: named(service.defaultModel.sourceLanguage),
        target: named(service.defaultModel.targetLanguage),
      },
      suggestions: false,
      filesTranslation: false,
      supportedFilesFormat: [],
    }),
  );
}

/** A body's schema: unknown fields are ignored, as in LibreTranslate. */
function body(schema: z.ZodType): Record<string, unknown> {
  return jsonSchema(schema, 'input');
}

interface Wanted {
  readonly model: KnownModel;
  readonly texts: readonly string[];
  readonly nbest: number;
  readonly html: boolean;
}

/** Every text's translations, best first, without duplicates. */
async function translateAll(
  { options, queue }: Service,
  reply: FastifyReply,
  { model, texts, nbest, html }: Wanted,
): Promise<string[][]> {
  const parts = texts.map((one) => (html ? htmlParts(one) : [{ words: one }]));
  const words = parts.flat().flatMap((part) => ('words' in part ? [part.words] : []));
  const usual = defaultSearch(options.maxBeam);
  const search = { ...usual, beam: Math.max(usual.beam, nbest), nbest };
  const signal = patienceOf(reply, options.timeout);
  const translations: SentenceTranslation[] = [];
  for await (const translation of translateTexts(queue, { model, texts: words, split: true, search, signal })) {
    translations.push(translation);
  }
  const ranks = Array.from({ length: nbest }, (_, rank) => {
    const translated = joinTexts(translations, words.length, rank).values();
    const next = () => translated.next().value as string;
    const written = (part: HtmlPart) => ('markup' in part ? part.markup : html ? escapeWords(next()) : next());
    return parts.map((own) => own.map(written).join(''));
  });
  return texts.map((_, i) => [...new Set(ranks.map((rank) => rank[i] as string))]);
}

/** The languages among `codes` that a text may be in, most likely first. */
function detect(text: string, codes: ReadonlySet<string>): Detected[] {
  const hits = languageHits([text]).filter((one) => one.hits > 0 && codes.has(one.language));
  const all = hits.reduce((sum, one) => sum + one.hits, 0);
  return hits.map((one) => ({ language: one.language, confidence: Math.round((100 * one.hits) / all) }));
}

/**
 * The model for a pair of languages, with preference for the default one.
 * @param sources languages of the texts, undefined where unclear: then whatever a model reads
 * @throws Refusal if no model translates between them
 */
function modelFor(models: readonly KnownModel[], sources: readonly (string | undefined)[], target: string): KnownModel {
  const into = models
    .filter(({ targetLanguage }) => targetLanguage === target)
    .toSorted((a, b) => Number(b.default) - Number(a.default));
  const known = sources.flatMap((source) => (source === undefined ? [] : [source]));
  const model = known.length === 0 ? into[0] : into.find(({ sourceLanguage }) => known.includes(sourceLanguage));
  if (model !== undefined) return model;
  throw new Refusal(400, `no model here translates ${known[0] ?? 'anything'} to ${target}: GET /languages lists them`);
}

function named(one: string): z.output<typeof language> {
  try {
    return { code: one, name: new Intl.DisplayNames(['en'], { type: 'language' }).of(one) ?? one };
  } catch {
    return { code: one, name: one };
  }
}
