import { EOS, type Vocabulary } from '../vocabulary/vocabulary.ts';
import type { ForcedResult, Forcing } from './forcing.ts';
import type { ScoredHypothesis, ScoredPair, ScorePairsOptions, SentencePair } from './scored-pair.ts';
import type { SourceSentence } from './source-reader.ts';

/** The parts of a scorer: models in an engine, with their vocabularies. */
export interface ScoringParts {
  readonly read: (sentence: string) => SourceSentence;
  readonly target: Vocabulary;
  /** The maximum number of ids in a target, including eos, that all models have positions for. */
  readonly longestTarget: number;
  readonly forcingFor: (pairs: number) => Promise<Forcing>;
}

/**
 * Scores given translations together. A side longer than the models can read is cut (`truncated`); a cut target has no
 * end (`finished`).
 */
export async function scorePairs(
  { read, target, longestTarget, forcingFor }: ScoringParts,
  pairs: readonly SentencePair[],
  { attention = 'none' }: ScorePairsOptions = {},
): Promise<ScoredPair[]> {
  if (pairs.length === 0) return [];
  const encoded = pairs.map((pair) => {
    const whole = [...target.encode(pair.target), EOS];
    return { pair, source: read(pair.source), said: whole.slice(0, longestTarget), cut: whole.length > longestTarget };
  });
  const force = await forcingFor(pairs.length);
  const forced = encoded.map(({ source: { ids }, said }) => ({ source: ids, said }));
  const results = await force(forced, attention);
  return encoded.map(({ pair, source: { pieces, truncated }, said, cut }, i) => {
    const { logProbabilities, attention: weights } = results[i] as ForcedResult;
    const logProbability = logProbabilities.reduce((sum, one) => sum + one, 0);
    const hypothesis: ScoredHypothesis = {
      ids: cut ? said : said.slice(0, -1),
      text: pair.target,
      pieces: said.map((id) => target.piece(id)),
      logProbability,
      score: logProbability / said.length,
      finished: !cut,
      logProbabilities: Array.from(logProbabilities),
      attention: weights,
    };
    return { source: pair.source, pieces, truncated: truncated || cut, hypotheses: [hypothesis] };
  });
}
