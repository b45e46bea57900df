import type { EvaluationOptions } from '../workflows/evaluate.ts';
import type { EvaluationSettings } from './evaluate-models.ts';

/** The settings with their defaults, checked. @throws InputError for one that is out of range */
export async function evaluationSettings(
  settings: EvaluationSettings,
): Promise<Pick<EvaluationOptions, 'search' | 'tokenize' | 'tokenizerModel' | 'attention' | 'say' | 'signal'>> {
  const [{ resolveOptions }, { searchSchema }] = await Promise.all([
    import('../config/options.ts'),
    import('../decoding/options.ts'),
  ]);
  const { beam, lengthPenalty, tokenize, tokenizerModel, attention = 10, onProgress, signal } = settings;
  const search = resolveOptions(searchSchema, [{ values: { beam, lengthPenalty }, name: (key) => key }]);
  return {
    search: { beam: search.beam, lengthPenalty: search.lengthPenalty },
    ...{ tokenize, tokenizerModel, attention },
    say: onProgress ?? (() => {}),
    signal: signal ?? new AbortController().signal,
  };
}
