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

/** What a program is told while a model is trained. An error that a callback throws ends the training. */
export interface TrainingEvents {
  /** Once, before the first update. */
  readonly onStart?: (info: StartInfo) => void;
  /** After every update. */
  readonly onStep?: (info: StepInfo) => void;
  /** Every `logEvery` updates, summed up. */
  readonly onRecord?: (record: TrainRecord) => void;
  /** After every validation. */
  readonly onValidation?: (info: ValidationInfo) => void;
}

/** One training: what to train, and who is told. */
export interface TrainOptions extends TrainingOptions, TrainingEvents {
  /** The folder of prepared data. */
  readonly data: string;
  /** What happens where the folder `out` holds a training already. Default `error`. */
  readonly ifExists?: 'error' | 'resume' | 'overwrite';
  /** Saves and stops: the promise resolves with the reason `interrupted`, and `ifExists: 'resume'` goes on exactly there. */
  readonly signal?: AbortSignal;
}

/**
 * Trains one model and writes its folder: the best model, metrics, TensorBoard events, the model card, where it stands.
 * A process trains one model at a time; a translator of the same process waits meanwhile.
 * @throws `InputError` for options, data or checkpoints that do not fit together, and for a folder in which another process
 *   works; `RunError` where training diverges
 */
export async function train(options: TrainOptions): Promise<FinishInfo> {
  const [{ resolveOptions }, { presets }, { completeRun, runSchema }, { trainRun }] = await Promise.all([
    import('../config/options.ts'),
    import('../config/presets.ts'),
    import('../config/run.ts'),
    import('../workflows/train-run.ts'),
  ]);
  const { ifExists = 'error', signal = new AbortController().signal, ...others } = options;
  const { listener, values } = separateEvents(others);
  const preset = options.preset === undefined ? {} : presets[options.preset];
  const sources = [preset, values].map((given) => ({ values: { ...given }, name: (key: string) => key }));
  const run = { ...completeRun(resolveOptions(runSchema, sources)), data: options.data };
  const start = ifExists === 'error' ? 'new' : ifExists;
  return inTurn(() => trainRun(run, { start, signal, listeners: [listener] }));
}

/** Takes the callbacks from among the options they are given with, as the training loop calls them. */
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
