import { z } from 'zod';

/** The options by which every `attn data` command names its corpus. */
export const corpusOptions = {
  corpus: z
    .array(z.string())
    .describe('a TSV file; two files of sentences; or PREFIX for PREFIX.it and PREFIX.en; - for standard input'),
  columns: z
    .array(z.string())
    .optional()
    .describe('languages of the columns in their order, - for one to skip (it,en); seen in the text unless said'),
  source: z.string().optional().describe('language to translate from (it, where the corpus has Italian and English)'),
  target: z.string().optional().describe('language to translate to (en, where the corpus has Italian and English)'),
  maxMalformed: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('share of malformed lines to skip; more of them is an error'),
};
