import type { RunOptions } from '../config/run-options.ts';

/** A learning rate to try after one that was too large: a quarter of it, and at most the usual one. */
export function calmerRate(rate: number): number {
  return Number(Math.min(rate / 4, 2e-3).toPrecision(2));
}

/** The options that determine the learning rate. */
export type ScheduleOptions = Pick<
  RunOptions,
  'schedule' | 'learningRate' | 'warmup' | 'dropout' | 'maxSteps' | 'epochs' | 'maxMinutes'
>;

/** The position of a training run before an update. */
export interface Position {
  /** Updates made so far. */
  readonly step: number;
  /** Passes over the training data so far, with their fraction. */
  readonly epoch: number;
  /** Seconds of training so far, summed over resumes. */
  readonly seconds: number;
}

/** The state of the plateau schedule; saved as JSON. */
export interface Plateau {
  readonly best: number | null;
  /** Validations since the best or the last halving. */
  readonly waited: number;
  readonly halvings: number;
}

export const noPlateau: Plateau = { best: null, waited: 0, halvings: 0 };

/** Consecutive validations without improvement after which the plateau schedule halves the learning rate. */
const PLATEAU_PATIENCE = 3;

/** The used fraction of the training budget, in [0, 1], by the limit that will be reached first; 0 without a limit. */
export function usedFraction(options: ScheduleOptions, position: Position): number {
  const shares = [
    position.step / (options.maxSteps ?? Number.POSITIVE_INFINITY),
    position.epoch / (options.epochs ?? Number.POSITIVE_INFINITY),
    position.seconds / (60 * (options.maxMinutes ?? Number.POSITIVE_INFINITY)),
  ];
  return Math.min(1, Math.max(...shares));
}

/**
 * The learning rate of the next update. A warm-up rises in equal steps to the first rate after it; the first update
 * does not have rate 0.
 * - `linear`, `cosine`: from the peak to 0 at the limit.
 * - `inverse-sqrt`: the peak times sqrt(warmup / step) (Vaswani et al. 2017, section 5.3, scaled to its peak).
 * - `luong`: halved every epoch once half of the epochs are over, two thirds with dropout (Luong et al. 2015, section
 *   4.1: after 5 of 10, after 8 of 12).
 * - `plateau`: halved after every three validations in a row without improvement.
 */
export function learningRate(options: ScheduleOptions, position: Position, plateau: Plateau = noPlateau): number {
  const update = position.step + 1;
  const rising = options.warmup > 0 ? Math.min(1, update / options.warmup) : 1;
  return options.learningRate * rising * decay(options, position, plateau);
}

function decay(options: ScheduleOptions, position: Position, plateau: Plateau): number {
  switch (options.schedule) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - usedFraction(options, position);
    case 'cosine':
      return (1 + Math.cos(Math.PI * usedFraction(options, position))) / 2;
    case 'inverse-sqrt':
      return Math.sqrt(Math.min(1, options.warmup / (position.step + 1)));
    case 'plateau':
      return 0.5 ** plateau.halvings;
    case 'luong': {
      const epochs = options.epochs ?? 0;
      const full = Math.floor(options.dropout > 0 ? (2 * epochs) / 3 : epochs / 2);
      return 0.5 ** Math.max(0, Math.floor(position.epoch) - full + 1);
    }
  }
}

/** Accounts for a validation in the plateau schedule. @param improved whether it is the best so far (`judge`) */
export function afterValidation(plateau: Plateau, value: number, improved: boolean): Plateau {
  if (improved) return { ...plateau, best: value, waited: 0 };
  const waited = plateau.waited + 1;
  return waited < PLATEAU_PATIENCE ? { ...plateau, waited } : { ...plateau, waited: 0, halvings: plateau.halvings + 1 };
}
