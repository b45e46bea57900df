/**
 * Which attention a search keeps of its hypotheses: none; `attention` alone, for a transformer the mean over the heads of
 * its last layer; or that and every head. Each is copied out of the engine at every step.
 */
export const attentionLevels = ['none', 'mean', 'heads'] as const;
/** One of {@link attentionLevels}. */
export type AttentionLevel = (typeof attentionLevels)[number];

/** How a search goes, with nothing left open. */
export interface SearchSettings {
  /** K: hypotheses that are followed at once; 1 is greedy. */
  readonly beam: number;
  /** Alpha of GNMT's length penalty; 0: none. */
  readonly lengthPenalty: number;
  /** Beta of GNMT's coverage penalty; 0: none. */
  readonly coveragePenalty: number;
  /** A continuation that is less probable than the best one of its sentence by more than this, in nats, is given up; 0: none is. */
  readonly pruning: number;
  /** Fewest words or pieces of a translation. */
  readonly minOutputLength: number;
  /** Most words or pieces of a translation, its end counted; without it twice the source and 10 more. */
  readonly maxOutputLength?: number | undefined;
  /** Whether unknown words may be said: where they are replaced afterwards, for they are nothing to read. */
  readonly unknownWords: boolean;
  /** Hypotheses of each sentence that are given, best first; at most K. */
  readonly nbest: number;
  /** The coverage penalty needs the mean and keeps it even where less is asked for. */
  readonly attention: AttentionLevel;
}

/** How a search goes, as far as it is said. */
export type SearchOptions = Partial<SearchSettings>;

/** What holds by default. */
export const searchDefaults: SearchSettings = {
  beam: 5,
  lengthPenalty: 1,
  coveragePenalty: 0,
  pruning: 3,
  minOutputLength: 0,
  unknownWords: false,
  nbest: 1,
  attention: 'heads',
};

/** A search as it was asked for, and the defaults; an option that is undefined was not asked for. */
export function withDefaults(options: SearchOptions = {}): SearchSettings {
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings: SearchSettings = { ...searchDefaults, ...Object.fromEntries(said) };
  return { ...settings, attention: atLeast(settings.attention, settings.coveragePenalty > 0 ? 'mean' : 'none') };
}

/** The level asked for, or the one that is needed if that is more. */
export function atLeast(asked: AttentionLevel, needed: AttentionLevel): AttentionLevel {
  return attentionLevels.indexOf(asked) < attentionLevels.indexOf(needed) ? needed : asked;
}

/** Greedy search without penalties: what validation uses. */
export const greedy: SearchOptions = { beam: 1, lengthPenalty: 0, attention: 'none' };
