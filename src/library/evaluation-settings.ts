import type { EvaluationOptions } from '../workflows/evaluate.ts';
import type { EvaluationSearch, EvaluationSettings } from './evaluation-options.ts';

/** The settings, validated and with defaults. @throws InputError for one that is out of range */
export async function evaluationSettings(
  settings: EvaluationSettings & EvaluationSearch,
): Promise<Pick<EvaluationOptions, 'search' | 'tokenize' | 'tokenizerModel' | 'attention' | 'say' | 'signal'>> {
  const [{ resolveOptions }, { searchSchema }] = await Promise.all([
    import('../config/options.ts'),
    import('../decoding/search-flags.ts'),
  ]);
  const { tokenize, tokenizerModel, attention = 10, onProgress, signal, ...given } = settings;
  const {
    attention: _,
    nbest: __,
    ...search
  } = resolveOptions(searchSchema, [{ values: { ...given }, name: (key) => key }]);
  return {
    search,
    ...{ tokenize, tokenizerModel, attention },
    say: onProgress ?? (() => {}),
    signal: signal ?? new AbortController().signal,
  };
}
