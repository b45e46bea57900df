import { z } from 'zod';
import { searchOptions } from '../decoding/search-flags.ts';

/**
 * The requests and responses of `attn serve` under `/v1`: zod schemas, from which the types, Fastify's validation and
 * the OpenAPI page are made. Field names are those of `attn translate --json`.
 */

/** The limits of one request; anything beyond is rejected. */
export interface RequestLimits {
  /** Characters in all texts of a request. */
  readonly characters: number;
  /** Texts in a request. */
  readonly texts: number;
  /** The widest beam, which also limits the number of translations per sentence. */
  readonly beam: number;
}

/** The maximum translation length that may be requested, in pieces. */
const LONGEST = 1000;

/** A search option whose maximum a server chooses. */
function upTo(most: number, option: z.ZodDefault<z.ZodNumber>) {
  const fallback = Math.min(most, option.def.defaultValue);
  const number = option.unwrap().max(most).default(fallback);
  return number.describe((option.description ?? '').replaceAll('--', ''));
}

/** The body of `POST /v1/translate`. Either `text` or `texts`. */
export function translateRequest({ characters, texts, beam }: RequestLimits) {
  const text = z.string().max(characters);
  return z.strictObject({
    text: text.optional().describe('a text of any number of sentences and lines'),
    texts: z.array(text).min(1).max(texts).optional().describe('several texts, instead of text'),
    split: z
      .boolean()
      .default(true)
      .describe('split texts into sentences and keep the white space between them; false: each text is one sentence'),
    model: z.string().max(200).optional().describe('a name from GET /v1/models; default: the one marked there'),
    beam: upTo(beam, searchOptions.beam),
    nbest: upTo(beam, searchOptions.nbest),
    lengthPenalty: upTo(10, searchOptions.lengthPenalty),
    coveragePenalty: upTo(10, searchOptions.coveragePenalty),
    pruning: upTo(1000, searchOptions.pruning),
    minOutputLength: upTo(LONGEST, searchOptions.minOutputLength),
    maxOutputLength: searchOptions.maxOutputLength
      .unwrap()
      .max(LONGEST)
      .optional()
      .describe('maximum pieces in a translation; default: twice the source plus 10'),
    noRepeatNgram: upTo(LONGEST, searchOptions.noRepeatNgram),
    repetitionPenalty: upTo(100, searchOptions.repetitionPenalty),
    prefix: searchOptions.prefix
      .unwrap()
      .max(LONGEST)
      .optional()
      .describe('text with which the translation of every sentence starts'),
    sample: searchOptions.sample,
    temperature: upTo(100, searchOptions.temperature),
    topK: upTo(1_000_000, searchOptions.topK),
    topP: upTo(1, searchOptions.topP),
    seed: upTo(2 ** 31 - 1, searchOptions.seed),
    attention: z.boolean().default(false).describe('return the attention of every hypothesis'),
  });
}

/** The body of `POST /v1/translate`, as written by a client. */
export type TranslateRequest = z.input<ReturnType<typeof translateRequest>>;

/** One translation of a sentence. */
const hypothesisAnswer = z.object({
  text: z.string(),
  score: z.number().describe('the ranking score: the log probability after the penalties'),
  logProbability: z.number().describe('in nats'),
  pieces: z.array(z.string()).readonly().describe('the pieces the model wrote, with </s> if it finished'),
  finished: z.boolean().describe('whether it ended with </s>, not at the length limit'),
  attention: z
    .array(z.array(z.number()).readonly())
    .readonly()
    .optional()
    .describe(
      'rows: pieces; columns: sourcePieces; five decimals. Present if requested and the model has attention; for a transformer the mean over the heads of its last layer',
    ),
});
export type HypothesisAnswer = z.output<typeof hypothesisAnswer>;

/** One sentence and its translations. */
export const sentenceTranslation = z.object({
  input: z.number().int().describe('index of its text in the request, from 0'),
  before: z.string().describe('white space of the text before the sentence'),
  after: z.string().describe('white space after it, if it is the last of its text'),
  source: z.string(),
  sourcePieces: z.array(z.string()).readonly().describe("what the model read: the source's pieces and </s>"),
  truncated: z
    .boolean()
    .describe('whether the sentence was longer than the model can read, so that only its start was translated'),
  hypotheses: z
    .array(hypothesisAnswer)
    .readonly()
    .describe('best first, at least one; a text without words has one that is empty'),
});
export type SentenceTranslation = z.output<typeof sentenceTranslation>;

/**
 * The answer to `POST /v1/translate`. With `Accept: application/x-ndjson` each of `translations` is sent as a line of
 * its own.
 */
export const translateResponse = z.object({
  model: z.string().describe("the model's name"),
  texts: z
    .array(z.string())
    .readonly()
    .describe('the best translation of each text, with the white space between its sentences kept'),
  translations: z.array(sentenceTranslation).readonly().describe('every sentence of every text, in order'),
});
export type TranslateResponse = z.output<typeof translateResponse>;

/** A model that requests can name. */
const modelAnswer = z.object({
  name: z.string(),
  architecture: z.enum(['gru', 'lstm', 'transformer']),
  score: z
    .string()
    .describe('its score function: dot and so on; none: without attention. Not meaningful for a transformer'),
  sourceLanguage: z.string().describe('ISO 639 code, or source if unknown'),
  targetLanguage: z.string().describe('ISO 639 code, or target if unknown'),
  default: z.boolean().describe('whether it is the default for requests that name no model'),
  loaded: z.boolean().describe('whether it is in memory now; if not, its first request waits until it is loaded'),
});
export type ModelAnswer = z.output<typeof modelAnswer>;

/** The answer to `GET /v1/models`. */
export const modelsResponse = z.object({ models: z.array(modelAnswer).readonly() });
export type ModelsResponse = z.output<typeof modelsResponse>;

/** The body of every answer with a status of 400 or more, and the last line of a stream that failed. */
export const errorAnswer = z.object({ error: z.string().describe('what was wrong and what to do') });
export type ErrorAnswer = z.output<typeof errorAnswer>;
