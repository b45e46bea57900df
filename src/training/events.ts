import type { VectorCoverage } from '../vocabulary/word-vectors.ts';
import type { BestSoFar, Scores, ValidationMetric } from './early-stopping.ts';

/** A training run that starts or resumes. */
export interface StartInfo {
  /** The model's name: `dot`. */
  readonly name: string;
  /** The folder of the run. */
  readonly out: string;
  /** The number of trainable parameters. */
  readonly parameters: number;
  /** The folder of the data. */
  readonly data: string;
  /** Sentence pairs in the training data. */
  readonly sentences: number;
  /** What computes, for people: `the CPU`. */
  readonly device: string;
  /** What the user should know beforehand: how BLEU counts words, what is cut. Sentences. */
  readonly notes?: readonly string[];
  /** Updates made before: 0 unless it resumes. */
  readonly step: number;
  /** About the word vectors it starts with, if any. */
  readonly vectors?: readonly VectorCoverage[];
}

/** One update. */
export interface StepInfo {
  /** Updates so far, including this one. */
  readonly step: number;
  /** Passes over the training data so far, with their fraction. */
  readonly epoch: number;
  /** Seconds since the start, summed over resumes. */
  readonly seconds: number;
  /** Seconds this update took. */
  readonly stepSeconds: number;
  /** The used fraction of the training budget, in [0, 1] (`usedFraction`). */
  readonly share: number;
  /** Mean loss per target token in this update. */
  readonly loss: number;
  /** Target tokens in this update, without padding. */
  readonly targetTokens: number;
  readonly learningRate: number;
  /** Global norm of the gradient before clipping. */
  readonly gradientNorm: number;
}

/** A line of `metrics.jsonl`: the updates since the previous line. */
export interface TrainRecord {
  readonly kind: 'train';
  readonly step: number;
  readonly epoch: number;
  readonly seconds: number;
  /** Mean loss per target token. */
  readonly loss: number;
  /** Target tokens since the previous record, without padding. */
  readonly targetTokens: number;
  /** Relative to the time spent on updates; validation does not count. */
  readonly targetTokensPerSecond: number;
  /** Of the last update. */
  readonly learningRate: number;
  /** Mean over the updates. */
  readonly gradientNorm: number;
}

/** A line of `metrics.jsonl`: the measurements of a validation. */
export interface ValidationRecord extends Scores {
  readonly kind: 'validation';
  readonly step: number;
  readonly seconds: number;
}

/** A validation, with a sample sentence for people. */
export interface ValidationInfo {
  readonly record: ValidationRecord;
  readonly epoch: number;
  /** Whether this is the best model so far. */
  readonly improved: boolean;
  /** The loss of a model that gives every target piece the same probability: ln V. */
  readonly guessLoss: number;
  /** Whether the metric has been 0 so far, so that the loss decides instead. */
  readonly undecided?: boolean;
  readonly sample: { readonly source: string; readonly reference: string; readonly hypothesis: string };
}

/** Why a training run ended. */
export type StopReason = 'maxSteps' | 'epochs' | 'maxMinutes' | 'patience' | 'interrupted';

/** A training run that has ended. */
export interface FinishInfo {
  readonly reason: StopReason;
  readonly step: number;
  readonly seconds: number;
  readonly metric: ValidationMetric;
  readonly best: BestSoFar;
  /** The lowest validation loss, null if there was none. */
  readonly lowestLoss: number | null;
  /** The loss of a model that gives every target piece the same probability: ln V. */
  readonly guessLoss: number;
  /** The folder of the run. */
  readonly out: string;
}

/** Whether the model has learned anything: one that knows nothing has a loss of ln V. */
export function hasLearned({ lowestLoss, guessLoss }: Pick<FinishInfo, 'lowestLoss' | 'guessLoss'>): boolean {
  return lowestLoss !== null && lowestLoss < guessLoss;
}

/** Whether a validation loss is so far above that of guessing that training is lost. */
export function hasDiverged(loss: number, guessLoss: number): boolean {
  return loss > 2 * guessLoss;
}

/** An observer of training: a terminal, a file, TensorBoard, a test. */
export interface TrainingListener {
  started?(info: StartInfo): void;
  /** After every update. */
  stepped?(info: StepInfo): void;
  /** Every `recordEvery` updates, with averages. */
  recorded?(record: TrainRecord): void;
  validated?(info: ValidationInfo): void;
  finished?(info: FinishInfo): void;
  /** The last call, even if training failed: close what is open. */
  closed?(): void;
}

/** Notifies every listener; summarises every `recordEvery` updates in a record. */
export function broadcast(listeners: readonly TrainingListener[], recordEvery: number): Required<TrainingListener> {
  let steps: StepInfo[] = [];
  const recorded = (record: TrainRecord) => {
    for (const listener of listeners) listener.recorded?.(record);
  };
  return {
    recorded,
    started(info) {
      for (const listener of listeners) listener.started?.(info);
    },
    stepped(info) {
      for (const listener of listeners) listener.stepped?.(info);
      steps.push(info);
      if (info.step % recordEvery !== 0) return;
      recorded(summarise(steps));
      steps = [];
    },
    validated(info) {
      for (const listener of listeners) listener.validated?.(info);
    },
    finished(info) {
      for (const listener of listeners) listener.finished?.(info);
    },
    closed() {
      for (const listener of listeners) {
        try {
          listener.closed?.();
        } catch {
          // the others are closed too, and the error that ended training stays the visible one
        }
      }
    },
  };
}

/** Several updates as one record. */
export function summarise(steps: readonly StepInfo[]): TrainRecord {
  const last = steps.at(-1);
  if (last === undefined) throw new RangeError('no steps to sum up');
  const sum = (of: (step: StepInfo) => number) => steps.reduce((total, step) => total + of(step), 0);
  const targetTokens = sum((step) => step.targetTokens);
  return {
    kind: 'train',
    step: last.step,
    epoch: last.epoch,
    seconds: last.seconds,
    loss: sum((step) => step.loss * step.targetTokens) / targetTokens,
    targetTokens,
    targetTokensPerSecond: targetTokens / sum((step) => step.stepSeconds),
    learningRate: last.learningRate,
    gradientNorm: sum((step) => step.gradientNorm) / steps.length,
  };
}
