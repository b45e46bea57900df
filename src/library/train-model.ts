import type {
  FinishInfo,
  StartInfo,
  StepInfo,
  TrainingListener,
  TrainRecord,
  ValidationInfo,
} from '../training/events.ts';
import type { TrainingOptions } from './training-options.ts';
import { inTurn } from './turns.ts';

/** Callbacks during training. An error thrown by a callback ends the training run. */
export interface TrainingEvents {
  /** Once, before the first update. */
  readonly onStart?: (info: StartInfo) => void;
  /** After every update. */
  readonly onStep?: (info: StepInfo) => void;
  /** Every `logEvery` updates, with averages. */
  readonly onRecord?: (record: TrainRecord) => void;
  /** After every validation. */
  readonly onValidation?: (info: ValidationInfo) => void;
}

/** One training run: what to train, and its callbacks. */
export interface TrainOptions extends TrainingOptions, TrainingEvents {
  /** The folder of prepared data. */
  readonly data: string;
  /** What to do if the folder `out` already contains a training run. Default `error`. */
  readonly ifExists?: 'error' | 'resume' | 'overwrite';
  /**
   * Saves and stops: the promise resolves with the reason `interrupted`, and `ifExists: 'resume'` continues exactly
   * there.
   */
  readonly signal?: AbortSignal;
}

/**
 * Trains one model and writes its folder: the best model, metrics, TensorBoard events, the model card, the training
 * state. A process trains one model at a time; a translator of the same process waits meanwhile.
 * @throws `InputError` for options, data or checkpoints that do not fit together, and for a folder in which another
 *   process works; `RunError` if training diverges
 */
export async function train(options: TrainOptions): Promise<FinishInfo> {
  const [{ resolveOptions }, { presets }, { completeRun, runSchema }, { trainRun }, { optionsToStartFrom }] =
    await Promise.all([
      import('../config/options.ts'),
      import('../config/presets.ts'),
      import('../config/run.ts'),
      import('../workflows/train-run.ts'),
      import('../checkpoints/trained-options.ts'),
    ]);
  const { ifExists = 'error', signal = new AbortController().signal, ...others } = options;
  const { listener, values } = separateEvents(others);
  const preset = options.preset === undefined ? {} : presets[options.preset];
  const parent = options.from === undefined ? {} : optionsToStartFrom(options.from);
  const sources = [parent, preset, values].map((given) => ({ values: { ...given }, name: (key: string) => key }));
  const run = { ...completeRun(resolveOptions(runSchema, sources)), data: options.data };
  const start = ifExists === 'error' ? 'new' : ifExists;
  return inTurn(() => trainRun(run, { start, signal, listeners: [listener] }));
}

/** Separates the callbacks from the options they are given with, in the form the training loop calls. */
export function separateEvents<T extends TrainingEvents>(
  options: T,
): { listener: TrainingListener; values: Omit<T, keyof TrainingEvents> } {
  const { onStart, onStep, onRecord, onValidation, ...values } = options;
  const listener: TrainingListener = {
    started: (info) => onStart?.(info),
    stepped: (info) => onStep?.(info),
    recorded: (record) => onRecord?.(record),
    validated: (info) => onValidation?.(info),
  };
  return { listener, values };
}
