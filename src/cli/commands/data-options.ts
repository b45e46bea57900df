import { z } from 'zod';

/** The options with which every `attn data` command names its corpus. */
export const corpusOptions = {
  corpus: z
    .array(z.string())
    .describe('a TSV file; two files of sentences; or PREFIX for PREFIX.it and PREFIX.en; - for standard input'),
  columns: z
    .array(z.string())
    .optional()
    .describe('languages of the columns in order, - to skip one (it,en); default: detected from the text'),
  source: z
    .string()
    .optional()
    .describe('source language; default: it if the corpus has Italian and English, else the first'),
  target: z
    .string()
    .optional()
    .describe('target language; default: en if the corpus has Italian and English, else the second'),
  maxMalformed: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('fraction of malformed lines to skip; more is an error'),
};
