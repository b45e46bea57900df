import type { AttentionLevel } from './search-options.ts';
import type { TranslatedHypothesis, Translation } from './translation.ts';

/** A sentence and a given translation of it. */
export interface SentencePair {
  readonly source: string;
  readonly target: string;
}

/** A given translation as the models see it. Its only hypothesis is the translation itself. */
export interface ScoredPair extends Translation {
  readonly hypotheses: readonly [ScoredHypothesis];
}

/** A given translation: its `score` is the mean log probability of its pieces, including its end. */
export interface ScoredHypothesis extends TranslatedHypothesis {
  /** For each of `pieces`, in nats. */
  readonly logProbabilities: readonly number[];
}

/** How pairs are scored. */
export interface ScorePairsOptions {
  /** How much attention to keep. Default `none`. */
  readonly attention?: AttentionLevel;
}
