import type { Report } from '../reports/types.ts';
import { unlessAborted } from './corpus-options.ts';
import type { EvaluationSettings } from './evaluation-options.ts';
import { evaluationSettings } from './evaluation-settings.ts';
import { separateEvents, type TrainingEvents } from './train-model.ts';
import type { TrainingOptions } from './training-options.ts';
import { inTurn } from './turns.ts';

/** Options of every training run in a comparison: all except those being compared. */
export type CommonTrainingOptions = Omit<TrainingOptions, 'arch' | 'score' | 'window' | 'seed' | 'data' | 'out'>;

/** What to compare, on which data, and where to write it. */
export interface CompareOptions extends CommonTrainingOptions, EvaluationSettings, TrainingEvents {
  /** The folder of prepared data. */
  readonly data: string;
  /** Models: `none`, `dot`, `general/local-p`, `transformer`... Default `none`, `dot`, `general` and `concat`. */
  readonly scores?: readonly string[];
  /** Random seeds; every model is trained once with each. Default 1. */
  readonly seeds?: readonly number[];
  /** The folder of the report, with the runs in `runs/`. Default `checkpoints/compare`. */
  readonly out?: string;
  /** Start over in a folder that already contains a comparison; otherwise the comparison continues where it stopped. */
  readonly overwrite?: boolean;
}

/** The result of a comparison. */
export interface CompareResult {
  /** The content of `report.json`. */
  readonly report: Report;
  /** Training runs that failed, and are missing from the report. */
  readonly failures: readonly { readonly name: string; readonly problem: string }[];
}

/**
 * Trains several models with several seeds on the same batches, scores them on one test set, and writes one report with
 * significance tests. Called again after an abort, it continues where it stopped.
 * @throws `InputError`, before any work, for conflicting options, and for a folder that contains another comparison;
 *   `RunError` if every training run failed; the signal's reason
 */
export async function compare(options: CompareOptions): Promise<CompareResult> {
  const [
    { compare: compareModels },
    { parseModelVariant, variantText },
    { resolveOptions },
    { presets },
    { runSchema },
    { chooseDevice },
    { optionsToStartFrom },
  ] = await Promise.all([
    import('../workflows/compare.ts'),
    import('../workflows/model-variants.ts'),
    import('../config/options.ts'),
    import('../config/presets.ts'),
    import('../config/run.ts'),
    import('../tensor/device.ts'),
    import('../checkpoints/trained-options.ts'),
  ]);
  const { listener, values } = separateEvents(options);
  const { data, scores: asked, seeds = [1], out = 'checkpoints/compare', ...more } = values;
  const { overwrite = false, beam, lengthPenalty, attention, onProgress, signal, ...given } = more;
  const settings = await evaluationSettings({ beam, lengthPenalty, attention, onProgress, signal });
  const parent = given.from === undefined ? {} : optionsToStartFrom(given.from);
  const preset = given.preset === undefined ? {} : presets[given.preset];
  const sources = [parent, preset, given].map((from) => ({ values: { ...from }, name: (key: string) => key }));
  const { arch, score, window, seed: _, out: __, data: ___, ...common } = resolveOptions(runSchema, sources);
  const usual =
    given.from === undefined ? ['none', 'dot', 'general', 'concat'] : [variantText({ arch, score, window })];
  const result = await inTurn(() => {
    chooseDevice(common.device);
    return compareModels({
      ...{ variants: (asked ?? usual).map(parseModelVariant), seeds, common, data, out, overwrite },
      ...settings,
      listeners: [listener],
    });
  });
  return unlessAborted(result, signal);
}
