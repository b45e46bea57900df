import { z } from 'zod';
import { attentionLevels, searchDefaults } from './search-options.ts';

const defaults = searchDefaults;

/** The widest beam: a step has as many rows at least, each as long as the vocabulary. */
const WIDEST = 1000;

/** The longest translation that may be asked for: the search makes room for all of it. */
const LONGEST = 65_535;

/** The options of a search as flags of `attn translate` and `attn eval` and keys of their config files. */
export const searchOptions = {
  beam: z
    .number()
    .int()
    .positive()
    .max(WIDEST)
    .default(defaults.beam)
    .describe('hypotheses that are followed at once; 1: greedy'),
  lengthPenalty: z
    .number()
    .nonnegative()
    .default(defaults.lengthPenalty)
    .describe('alpha of ((5 + length) / 6)^alpha that log probabilities are divided by; 0: none'),
  coveragePenalty: z
    .number()
    .nonnegative()
    .default(defaults.coveragePenalty)
    .describe('beta: hypotheses that leave source words unattended lose; 0: none'),
  pruning: z
    .number()
    .nonnegative()
    .default(defaults.pruning)
    .describe('give up what is e^this times less probable than the best continuation of a sentence; 0: nothing'),
  minOutputLength: z
    .number()
    .int()
    .nonnegative()
    .max(LONGEST)
    .default(defaults.minOutputLength)
    .meta({ description: 'fewest words or pieces of a translation', formerly: 'minLength' }),
  maxOutputLength: z.number().int().positive().max(LONGEST).optional().meta({
    description: 'most words or pieces of a translation, its end counted; without it twice the source and 10 more',
    formerly: 'maxLength',
  }),
  nbest: z
    .number()
    .int()
    .positive()
    .default(defaults.nbest)
    .describe('translations of each sentence, best first; at most --beam'),
};

/** For `superRefine` of a schema with these options: those that do not go together. */
export function checkSearch(
  { beam, nbest, minOutputLength, maxOutputLength }: z.output<z.ZodObject<typeof searchOptions>>,
  context: z.RefinementCtx,
): void {
  if (nbest > beam) {
    context.addIssue({
      code: 'custom',
      path: ['nbest'],
      message: `${nbest} translations of each sentence are more than a beam of ${beam} holds`,
      params: { remedy: `ask for fewer, or for a beam of ${nbest}` },
    });
  }
  if (maxOutputLength !== undefined && minOutputLength > maxOutputLength) {
    context.addIssue({
      code: 'custom',
      path: ['minOutputLength'],
      message: `no translation is at least ${minOutputLength} and at most ${maxOutputLength} long`,
      params: { remedy: 'lower the one or raise the other' },
    });
  }
}

/** A search and nothing else, for those who call `translate`. */
export const searchSchema = z
  .object({ ...searchOptions, attention: z.enum(attentionLevels).default(defaults.attention) })
  .superRefine(checkSearch);
