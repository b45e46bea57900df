import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { searchDefaults } from '../decoding/search-options.ts';
import {
  errorAnswer,
  type ModelsResponse,
  modelsResponse,
  type SentenceTranslation,
  type TranslateResponse,
  translateRequest,
  translateResponse,
} from './api.ts';
import type { KnownModel } from './catalogue.ts';
import type { Search } from './engine.ts';
import { messageFor, patienceOf, Refusal } from './refusal.ts';
import { jsonSchema } from './schema.ts';
import type { Service } from './service.ts';
import { joinTexts, translateTexts } from './translate-texts.ts';

const NDJSON = 'application/x-ndjson';

/** Our own API: `POST /v1/translate`, `GET /v1/models`. */
export function addV1(app: FastifyInstance, service: Service): void {
  const { options, queue, models } = service;
  const limits = { characters: options.maxCharacters, texts: MOST_TEXTS, beam: options.maxBeam };
  const request = translateRequest(limits);
  type Body = z.output<typeof request>;
  const failures = failuresOf([400, 401, 404, 409, 413, 415, 429, 500, 503]);

  app.post<{ Body: Body }>(
    '/v1/translate',
    {
      schema: {
        summary: 'Translate a text, or several',
        description: `With \`Accept: ${NDJSON}\` the sentences of \`translations\` are sent one per line, in order, as soon as they are ready.`,
        tags: ['attn'],
        body: { ...jsonSchema(request, 'input'), oneOf: [{ required: ['text'] }, { required: ['texts'] }] },
        response: {
          200: {
            content: {
              'application/json': { schema: jsonSchema(translateResponse) },
              [NDJSON]: { schema: { type: 'string' } },
            },
          },
          ...failures,
        },
      },
    },
    async ({ body, headers }, reply) => {
      const { text, texts = [text as string], split, model: name, attention, ...search } = body;
      checkAmount(texts, options.maxCharacters);
      const model = name === undefined ? service.defaultModel : modelNamed(models, name);
      const translated = translateTexts(queue, {
        ...{ model, texts, split, signal: patienceOf(reply, options.timeout) },
        search: searchOf(search, attention),
      });
      // a failure before the first sentence can still set the status
      const first = await translated.next();
      const rest = startingWith(first, translated);
      if (wantsLines(headers.accept)) return reply.type(NDJSON).send(Readable.from(asLines(rest)));
      const translations: SentenceTranslation[] = [];
      for await (const translation of rest) translations.push(translation);
      const answer: TranslateResponse = {
        model: model.name,
        texts: joinTexts(translations, texts.length),
        translations,
      };
      return answer;
    },
  );

  app.get(
    '/v1/models',
    {
      schema: {
        summary: 'The models that requests can name',
        tags: ['attn'],
        response: { 200: jsonSchema(modelsResponse), ...failuresOf([401, 429, 503]) },
      },
    },
    async (): Promise<ModelsResponse> => {
      const loaded = new Set(service.engine.loaded);
      return { models: models.map(({ path, ...model }) => ({ ...model, loaded: loaded.has(path) })) };
    },
  );
}

/** Texts in a request. */
const MOST_TEXTS = 1000;

/** The schemas of answers with these statuses, in Fastify's form. */
export function failuresOf(statuses: readonly number[]): Record<number, Record<string, unknown>> {
  return Object.fromEntries(statuses.map((status) => [status, jsonSchema(errorAnswer)]));
}

/** @throws Refusal if a request has too much text */
export function checkAmount(texts: readonly string[], most: number): void {
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  if (characters > most)
    throw new Refusal(413, `${characters} characters are more than the ${most} allowed in a request`);
}

/**
 * The search of a request. Options that do not go together are not refused: the beam is wide enough for the requested
 * hypotheses, the maximum length counts more than the minimum, and the options of draws only count if there are any, the
 * beam if there are none.
 */
function searchOf(asked: Omit<Search, 'attention'>, attention: boolean): Search {
  const { beam, nbest, sample, minOutputLength, maxOutputLength = minOutputLength } = asked;
  const { temperature, topK, topP, seed } = sample ? asked : searchDefaults;
  return {
    ...{ ...asked, attention, temperature, topK, topP, seed },
    beam: sample ? searchDefaults.beam : Math.max(beam, nbest),
    minOutputLength: Math.min(minOutputLength, maxOutputLength),
  };
}

function modelNamed(models: readonly KnownModel[], name: string): KnownModel {
  const model = models.find((known) => known.name === name);
  if (model !== undefined) return model;
  throw new Refusal(404, 'there is no model with this name: GET /v1/models lists them');
}

/** Whether lines are requested, and JSON is not equally acceptable. */
function wantsLines(accept: string | undefined): boolean {
  return accept?.split(',').some((type) => type.split(';')[0]?.trim() === NDJSON) ?? false;
}

async function* startingWith<T>(first: IteratorResult<T, void>, rest: AsyncIterable<T>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/** Sentences, one per line. An error after the answer has started becomes its last line. */
async function* asLines(translations: AsyncIterable<SentenceTranslation>): AsyncGenerator<string> {
  try {
    for await (const translation of translations) yield `${JSON.stringify(translation)}\n`;
  } catch (error) {
    yield `${JSON.stringify({ error: messageFor(error) })}\n`;
  }
}
