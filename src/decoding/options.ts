import { z } from 'zod';

/** The options of a search: flags of `attn translate`, `attn eval` and keys of their config files. */
export const searchOptions = {
  beam: z.number().int().positive().default(5).describe('hypotheses that are followed at once; 1: greedy'),
  lengthPenalty: z
    .number()
    .nonnegative()
    .default(1)
    .describe('alpha of ((5 + length) / 6)^alpha that log probabilities are divided by; 0: none'),
  coveragePenalty: z
    .number()
    .nonnegative()
    .default(0)
    .describe('beta: hypotheses that leave source words unattended lose; 0: none'),
  minLength: z.number().int().nonnegative().default(0).describe('fewest words or pieces of a translation'),
  maxLength: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('most words or pieces of a translation; without it twice the source and 10 more'),
};

/** How a search goes. */
export type SearchOptions = z.output<z.ZodObject<typeof searchOptions>>;

/** Greedy search without penalties: what validation uses. */
export const greedy: SearchOptions = { beam: 1, lengthPenalty: 0, coveragePenalty: 0, minLength: 0 };

/** The most words of a translation. @param sourceLength S, eos counted */
export function mostWords(options: SearchOptions, sourceLength: number): number {
  return options.maxLength ?? 2 * sourceLength + 10;
}
