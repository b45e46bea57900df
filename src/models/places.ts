import type { ModelOptions } from './seq2seq.ts';

/** How many places of a sentence, its end counted, a model has parameters for; absent where it takes any number. */
export interface Places {
  readonly source?: number;
  readonly target?: number;
}

/**
 * The places that a model has learned something of: `location` scores know source positions one by one (Luong et al. 2015),
 * learned positions those of both sides (Gehring et al. 2017). Every other model takes sentences of any length.
 */
export function learnedPlaces({
  arch,
  score,
  positions,
  maxPositions,
}: Pick<ModelOptions, 'arch' | 'score' | 'positions' | 'maxPositions'>): Places {
  if (arch === 'transformer') return positions === 'learned' ? { source: maxPositions, target: maxPositions } : {};
  return score === 'location' ? { source: maxPositions } : {};
}

/**
 * The most places of a source that a model without learned places reads: not its own limit but the memory's. At these
 * lengths what a search holds for one sentence, the attention of every step among it, comes to some hundred megabytes.
 */
const MOST_PLACES = { gru: 2048, transformer: 1024 } as const;

/** The most ids of a source, its end not counted, that a model is given to read: a longer one is cut, and that is said. */
export function longestSource(options: ModelOptions): number {
  return (learnedPlaces(options).source ?? MOST_PLACES[options.arch]) - 1;
}
