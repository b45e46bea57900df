import { z } from 'zod';
import { searchOptions } from '../decoding/search-flags.ts';

/**
 * What `attn serve` takes and gives under `/v1`. The shapes that clients read have types; those that they send have zod
 * schemas, from which Fastify's checks and the OpenAPI page are made. Field names are those of `attn translate --json`.
 */

/** What a server lets one request ask for; what is more is refused. */
export interface RequestLimits {
  /** Characters of all texts of a request. */
  readonly characters: number;
  /** Texts of a request. */
  readonly texts: number;
  /** The widest beam, and so the most translations of a sentence. */
  readonly beam: number;
}

/** The longest translation of a sentence that may be asked for. */
const LONGEST = 1000;

/** An option of the search whose greatest value a server chooses. */
function upTo(most: number, option: z.ZodDefault<z.ZodNumber>) {
  const fallback = Math.min(most, option.def.defaultValue);
  return option
    .unwrap()
    .max(most)
    .default(fallback)
    .describe(option.description ?? '');
}

/** The body of `POST /v1/translate`. Either `text` or `texts`. */
export function translateRequest({ characters, texts, beam }: RequestLimits) {
  const text = z.string().max(characters);
  return z.strictObject({
    text: text.optional().describe('a text of any number of sentences and lines'),
    texts: z.array(text).min(1).max(texts).optional().describe('several texts, in the place of text'),
    split: z
      .boolean()
      .default(true)
      .describe('cut texts into sentences and keep the white space between them; false: each text is one sentence'),
    model: z.string().max(200).optional().describe('a name of GET /v1/models; default: the one that is marked there'),
    beam: upTo(beam, searchOptions.beam),
    nbest: upTo(beam, searchOptions.nbest),
    lengthPenalty: upTo(10, searchOptions.lengthPenalty),
    coveragePenalty: upTo(10, searchOptions.coveragePenalty),
    pruning: upTo(1000, searchOptions.pruning),
    minOutputLength: upTo(LONGEST, searchOptions.minOutputLength),
    maxOutputLength: searchOptions.maxOutputLength.unwrap().max(LONGEST).optional(),
    attention: z.boolean().default(false).describe('give the attention of every hypothesis'),
  });
}

/** The body of `POST /v1/translate`, as a client writes it. */
export type TranslateRequest = z.input<ReturnType<typeof translateRequest>>;

/** The answer to `POST /v1/translate`. With `Accept: application/x-ndjson` each of `translations` comes as a line of its own. */
export interface TranslateResponse {
  /** The name of the model. */
  readonly model: string;
  /** The best translation of each text, white space between its sentences kept. */
  readonly texts: readonly string[];
  /** Every sentence of every text, in order. */
  readonly translations: readonly SentenceTranslation[];
}

/** One sentence and its translations. */
export interface SentenceTranslation {
  /** Which of the request's texts it is of, from 0. */
  readonly input: number;
  /** White space of the text before the sentence, and, for the last sentence of a text, after it. */
  readonly before: string;
  readonly after: string;
  readonly source: string;
  /** What the model read: the source's pieces and `</s>`. */
  readonly sourcePieces: readonly string[];
  /** Whether the sentence was longer than the model can read, and only its beginning was translated. */
  readonly truncated: boolean;
  /** Best first, at least one; a text without words has one that is empty. */
  readonly hypotheses: readonly HypothesisAnswer[];
}

/** One translation of a sentence. */
export interface HypothesisAnswer {
  readonly text: string;
  /** What it was ranked by: the log probability after the penalties. */
  readonly score: number;
  /** In nats. */
  readonly logProbability: number;
  /** What the model wrote, and `</s>` where it ended by itself. */
  readonly pieces: readonly string[];
  /** Whether it ended by itself, not at the length limit. */
  readonly finished: boolean;
  /**
   * Rows: `pieces`; columns: `sourcePieces`. Five decimals. There where it was asked for and the model has attention; of a
   * transformer the mean over the heads of its last layer.
   */
  readonly attention?: readonly (readonly number[])[];
}

/** The answer to `GET /v1/models`. */
export interface ModelsResponse {
  readonly models: readonly ModelAnswer[];
}

/** A model that requests can name. */
export interface ModelAnswer {
  readonly name: string;
  readonly architecture: 'gru' | 'lstm' | 'transformer';
  /** Its score function: `dot`; `none`: without attention. Says nothing of a transformer. */
  readonly score: string;
  /** ISO 639 codes, as the corpus was named. */
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
  /** Whether requests that name no model mean this one. */
  readonly default: boolean;
  /** Whether it is in memory now: the first request of another waits until it is loaded. */
  readonly loaded: boolean;
}

/** What every answer with a status of 400 or more holds. */
export interface ErrorAnswer {
  /** What was wrong and what to do, in one or two sentences. */
  readonly error: string;
}
