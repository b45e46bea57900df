import { modelName, runSchema } from '../config/run.ts';
import type { RunOptions } from '../config/run-options.ts';
import { InputError } from '../support/errors.ts';
import { didYouMean } from '../support/nearest.ts';

/** One kind of attention in a comparison. */
export interface ModelVariant extends Pick<RunOptions, 'arch' | 'score' | 'window'> {
  /** `dot`, `general-local-p`, `transformer`. */
  readonly name: string;
}

const scores: readonly string[] = runSchema.shape.score.unwrap().options;
const windows: readonly string[] = runSchema.shape.window.unwrap().options;

/**
 * Reads `dot`, `general/local-p` or `transformer`.
 * @throws InputError that lists the valid names
 */
export function parseModelVariant(text: string): ModelVariant {
  const [score = '', window = 'global', ...rest] = text.split('/');
  if (text === 'transformer') return named({ arch: 'transformer', score: 'dot', window: 'global' });
  if (!scores.includes(score) || !windows.includes(window) || rest.length > 0) {
    throw new InputError(`'${text}' is not a score function`, {
      where: '--scores',
      remedy: `${didYouMean(text, [...scores, 'transformer'])}scores: ${scores.join(', ')}, transformer; with a window: general/local-p, dot/local-m...`,
    });
  }
  return named({ arch: 'gru', score: score as ModelVariant['score'], window: window as ModelVariant['window'] });
}

/** The text of a model that `parseModelVariant` reads. */
export function variantText({ arch, score, window }: Omit<ModelVariant, 'name'>): string {
  if (arch === 'transformer') return 'transformer';
  return window === 'global' ? score : `${score}/${window}`;
}

function named(model: Omit<ModelVariant, 'name'>): ModelVariant {
  return { name: modelName(model), ...model };
}
