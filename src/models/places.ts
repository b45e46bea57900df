import type { ModelOptions } from './seq2seq.ts';

/**
 * The number of positions, including the sentence end, for which a model has parameters; absent if there is no limit.
 */
export interface Places {
  readonly source?: number;
  readonly target?: number;
}

/**
 * The number of learned positions of a model: `location` scores depend on the source position (Luong et al. 2015),
 * learned position embeddings on those of both sides (Gehring et al. 2017). Every other model accepts sentences of any
 * length.
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
 * The maximum number of source positions for a model without learned ones: a limit of memory, not of the model. At
 * these lengths a search needs some hundred megabytes for one sentence, including the attention of every step.
 */
const MOST_PLACES = { gru: 2048, transformer: 1024 } as const;

/** The maximum number of source ids, without the sentence end: longer sources are cut, with a notice. */
export function longestSource(options: ModelOptions): number {
  return (learnedPlaces(options).source ?? MOST_PLACES[options.arch]) - 1;
}
