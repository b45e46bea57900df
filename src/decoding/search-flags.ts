import { z } from 'zod';
import { flagName } from '../config/options.ts';
import { attentionLevels, searchDefaults } from './search-options.ts';
import type { TranslateOptions } from './translation.ts';

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
      'maximum words or pieces in a translation, including its end symbol; default: twice the source (at least the minimum) plus 10',
    formerly: 'maxLength',
  }),
  noRepeatNgram: z
    .number()
    .int()
    .nonnegative()
    .max(LONGEST)
    .default(defaults.noRepeatNgram)
    .describe('never write the same n-gram of this many words or pieces twice; 0: off'),
  repetitionPenalty: z
    .number()
    .min(1)
    .default(defaults.repetitionPenalty)
    .describe('factor for the log probability of words or pieces already written; 1: off'),
  prefix: z
    .string()
    .optional()
    .describe('text with which every translation starts; a space at its end ends its last word'),
  sample: z
    .boolean()
    .default(defaults.sample)
    .describe('sample translations word by word instead of searching for the best'),
  temperature: z
    .number()
    .positive()
    .default(defaults.temperature)
    .describe('with --sample: below 1 favours probable words, above 1 the others'),
  topK: z
    .number()
    .int()
    .nonnegative()
    .default(defaults.topK)
    .describe('with --sample: sample from this many most probable words or pieces; 0: all'),
  topP: z
    .number()
    .positive()
    .max(1)
    .default(defaults.topP)
    .describe('with --sample: sample from the most probable ones with this share of the probability; 1: all'),
  seed: z
    .number()
    .int()
    .nonnegative()
    .default(defaults.seed)
    .describe('with --sample: the same seed gives the same translations'),
  nbest: z
    .number()
    .int()
    .positive()
    .max(WIDEST)
    .default(defaults.nbest)
    .describe('translations per sentence, best first; at most --beam, with --sample any number'),
};

/** Options that are only meaningful with sampling. */
const ofDraws = ['temperature', 'topK', 'topP', 'seed'] as const;

/** For `superRefine` of a schema with these options: rejects those that conflict. */
export function checkSearch(options: z.output<z.ZodObject<typeof searchOptions>>, context: z.RefinementCtx): void {
  const { beam, nbest, minOutputLength, maxOutputLength, sample } = options;
  for (const key of ofDraws) {
    if (sample || options[key] === defaults[key]) continue;
    context.addIssue({
      code: 'custom',
      path: [key],
      message: 'has no effect without --sample',
      params: { remedy: 'add --sample, or leave it out' },
    });
  }
  if (sample && beam !== defaults.beam) {
    context.addIssue({
      code: 'custom',
      path: ['beam'],
      message: 'has no effect with --sample, which draws --nbest translations without a beam',
      params: { remedy: 'leave one of the two out' },
    });
  }
  if (nbest > beam && !sample) {
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

/** Describes a search: its width, and the options that differ from the defaults, as flags. */
export function describeSearch(search: Omit<TranslateOptions, 'attention' | 'copyUnknown'>): string {
  const { beam = defaults.beam, sample, ...others } = search;
  const changed = Object.keys(searchOptions).flatMap((key) => {
    const value = others[key as keyof typeof others];
    if (value === undefined || value === defaults[key as keyof typeof defaults]) return [];
    return `${flagName(key)} ${typeof value === 'string' ? JSON.stringify(value) : value}`;
  });
  return [sample ? 'translations drawn at random' : `beam ${beam}`, ...changed].join(', ');
}

/** Only the search options, for callers of `translate`. */
export const searchSchema = z
  .object({ ...searchOptions, attention: z.enum(attentionLevels).default(defaults.attention) })
  .superRefine(checkSearch);
