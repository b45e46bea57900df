import { conflicts } from './run-conflicts.ts';
import { type RunOptions, runOptions } from './run-options.ts';

/** Every option of a training run. Conflicting values are rejected, naming the option at fault. */
export const runSchema = runOptions.superRefine((options, context) => {
  for (const rule of conflicts) {
    if (!rule.found(options)) continue;
    context.addIssue({ code: 'custom', path: [rule.key], message: rule.message, params: { remedy: rule.remedy } });
  }
});

/** A complete run, except for the machine's threads: the content of `config.yaml`. */
export type Run = RunOptions & { readonly out: string; readonly batchTokens: number; readonly maxShapes: number };

/** Default batches: small ones leave a GPU mostly idle, and it gains less from little padding. */
export const defaultBatches = {
  cpu: { batchTokens: 3000, maxShapes: 28 },
  gpu: { batchTokens: 8000, maxShapes: 12 },
} as const;

/** Minutes of training if no limit is given. */
const DEFAULT_MINUTES = 20;

/**
 * Fills in what follows from the other options: the run's folder, a limit if none is given, and batches that suit the
 * device.
 */
export function completeRun(options: RunOptions, device: 'cpu' | 'gpu' = 'cpu'): Run {
  const unlimited = options.maxMinutes === undefined && options.maxSteps === undefined && options.epochs === undefined;
  return {
    ...options,
    batchTokens: options.batchTokens ?? defaultBatches[device].batchTokens,
    maxShapes: options.maxShapes ?? defaultBatches[device].maxShapes,
    out: options.out ?? `checkpoints/${options.from === undefined ? modelName(options) : tunedName(options.from)}`,
    ...(unlimited && { maxMinutes: DEFAULT_MINUTES }),
  };
}

/** `concat-tuned` for `checkpoints/concat` or `checkpoints/concat/model.safetensors`. */
function tunedName(from: string): string {
  const names = from.split(/[\\/]/).filter((name) => name !== '' && name !== '.' && !name.endsWith('.safetensors'));
  return `${names.filter((name) => name !== 'best').at(-1) ?? 'model'}-tuned`;
}

/** A short name for a model: `transformer`, `concat`, `general-local-p`. */
export function modelName(options: Pick<RunOptions, 'arch' | 'score' | 'window'>): string {
  if (options.arch === 'transformer') return 'transformer';
  return options.window === 'global' ? options.score : `${options.score}-${options.window}`;
}
