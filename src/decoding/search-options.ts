import type { Prefix } from './prefix.ts';

/**
 * Which attention a search keeps for its hypotheses: none; only `attention`, for a transformer the mean over the heads
 * of its last layer; or that and every head. Each is copied out of the engine at every step.
 */
export const attentionLevels = ['none', 'mean', 'heads'] as const;
/** One of {@link attentionLevels}. */
export type AttentionLevel = (typeof attentionLevels)[number];

/** The complete settings of a search. */
export interface SearchSettings {
  /** K: hypotheses kept at once; 1 is greedy. */
  readonly beam: number;
  /** Alpha of GNMT's length penalty; 0: none. */
  readonly lengthPenalty: number;
  /** Beta of GNMT's coverage penalty; 0: none. */
  readonly coveragePenalty: number;
  /**
   * A continuation is dropped if it is less probable than the best one of its sentence by more than this, in nats; 0:
   * never.
   */
  readonly pruning: number;
  /** The minimum number of words or pieces in a translation. */
  readonly minOutputLength: number;
  /**
   * The maximum number of words or pieces in a translation, eos included; by default twice the source and the prefix, at
   * least the minimum, plus 10.
   */
  readonly maxOutputLength?: number | undefined;
  /** No n-gram of words or pieces is generated twice; 0: off. */
  readonly noRepeatNgram: number;
  /** Factor for the log probability of words or pieces already generated, when hypotheses are ranked; 1: off. */
  readonly repetitionPenalty: number;
  /** How every translation must start. */
  readonly prefix?: Prefix | undefined;
  /** Whether each of the `nbest` hypotheses is sampled word by word, without a beam. */
  readonly sample: boolean;
  /** For sampling: probabilities are raised to the power of 1 / temperature. */
  readonly temperature: number;
  /** For sampling: the number of most probable words to sample from; 0: all. */
  readonly topK: number;
  /** For sampling: the most probable words with this share of the probability are sampled from; 1: all. */
  readonly topP: number;
  /** For sampling: the same seed gives the same hypotheses for the same sentence. */
  readonly seed: number;
  /** Whether unknown words may be generated: only useful if they are replaced afterwards. */
  readonly unknownWords: boolean;
  /** How many hypotheses are returned for each sentence, best first; at most K. */
  readonly nbest: number;
  /** The coverage penalty needs the mean and keeps it even if less is requested. */
  readonly attention: AttentionLevel;
}

/** The settings of a search, all optional. */
export type SearchOptions = Partial<SearchSettings>;

/** The defaults. */
export const searchDefaults: SearchSettings = {
  beam: 5,
  lengthPenalty: 1,
  coveragePenalty: 0,
  pruning: 3,
  minOutputLength: 0,
  noRepeatNgram: 0,
  repetitionPenalty: 1,
  sample: false,
  temperature: 1,
  topK: 0,
  topP: 1,
  seed: 1,
  unknownWords: false,
  nbest: 1,
  attention: 'heads',
};

/** The given options completed with the defaults; undefined counts as not given. */
export function withDefaults(options: SearchOptions = {}): SearchSettings {
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings: SearchSettings = { ...searchDefaults, ...Object.fromEntries(said) };
  return {
    ...settings,
    ...(settings.sample && { beam: settings.nbest }),
    attention: atLeast(settings.attention, settings.coveragePenalty > 0 ? 'mean' : 'none'),
  };
}

/** The requested level, or the needed one if that is higher. */
export function atLeast(asked: AttentionLevel, needed: AttentionLevel): AttentionLevel {
  return attentionLevels.indexOf(asked) < attentionLevels.indexOf(needed) ? needed : asked;
}

/** Greedy search without penalties: what validation uses. */
export const greedy: SearchOptions = { beam: 1, lengthPenalty: 0, attention: 'none' };
