import { z } from 'zod';
import { attentionLevels, searchDefaults } from './search-options.ts';

const defaults = searchDefaults;

/** The widest beam: a step has at least as many rows, each as long as the vocabulary. */
const WIDEST = 1000;

/** The longest translation that may be requested: the search makes room for all of it. */
const LONGEST = 65_535;

/** The options of a search as flags of `attn translate` and `attn eval` and keys of their config files. */
export const searchOptions = {
  beam: z
    .number()
    .int()
    .positive()
    .max(WIDEST)
    .default(defaults.beam)
    .describe('hypotheses kept at each step; 1: greedy'),
  lengthPenalty: z
    .number()
    .nonnegative()
    .default(defaults.lengthPenalty)
    .describe('alpha: log probabilities are divided by ((5 + length) / 6)^alpha; 0: off'),
  coveragePenalty: z
    .number()
    .nonnegative()
    .default(defaults.coveragePenalty)
    .describe('beta: penalizes hypotheses that leave source words unattended; 0: off'),
  pruning: z
    .number()
    .nonnegative()
    .default(defaults.pruning)
    .describe('drop continuations e^this times less probable than the best of the sentence; 0: off'),
  minOutputLength: z
    .number()
    .int()
    .nonnegative()
    .max(LONGEST)
    .default(defaults.minOutputLength)
    .meta({ description: 'minimum words or pieces in a translation', formerly: 'minLength' }),
  maxOutputLength: z.number().int().positive().max(LONGEST).optional().meta({
    description:
      'maximum words or pieces in a translation, including its end symbol; default: twice the source plus 10',
    formerly: 'maxLength',
  }),
  nbest: z
    .number()
    .int()
    .positive()
    .default(defaults.nbest)
    .describe('translations per sentence, best first; at most --beam'),
};

/** For `superRefine` of a schema with these options: rejects those that conflict. */
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

/** Only the search options, for callers of `translate`. */
export const searchSchema = z
  .object({ ...searchOptions, attention: z.enum(attentionLevels).default(defaults.attention) })
  .superRefine(checkSearch);
