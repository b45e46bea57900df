import { alone, type Cluster } from '../cluster/cluster.ts';
import type { Run } from '../config/run.ts';
import type { BatchShape } from '../dataset/batch.ts';
import type { BatchSource, SamplerPosition } from '../dataset/sampler.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { RunError } from '../support/errors.ts';
import type { Runtime } from '../tensor/runtime.ts';
import type { HostTensor } from '../tensor/session.ts';
import type { Variables } from '../tensor/variables.ts';
import { Clock } from './clock.ts';
import { type BestSoFar, judge, nothingYet, type Scores, saysNothing } from './early-stopping.ts';
import type { FinishInfo, StopReason, TrainingListener, ValidationInfo } from './events.ts';
import { Saves, type Snapshot } from './saves.ts';
import {
  afterValidation,
  calmerRate,
  learningRate,
  noPlateau,
  type Plateau,
  type Position,
  usedFraction,
} from './schedules.ts';
import { createOptimizer, trainedNames, trainingVariables } from './state.ts';
import { averagingStep } from './step.ts';
import { Updates } from './updates.ts';

/**
 * The training state besides the variables: plain data for a checkpoint. Random numbers need no state: they are keyed
 * by step.
 */
export interface TrainingState {
  /** Updates made. */
  readonly step: number;
  /** Seconds of training, summed over resumes. */
  readonly seconds: number;
  readonly sampler: SamplerPosition;
  readonly best: BestSoFar;
  readonly plateau: Plateau;
  /** The lowest validation loss so far, null before the first. */
  readonly lowestLoss: number | null;
}

/** The state before training starts. */
export const beginning: TrainingState = {
  step: 0,
  seconds: 0,
  sampler: { epoch: 0, batch: 0 },
  best: nothingYet,
  plateau: noPlateau,
  lowestLoss: null,
};

/** The result of a validation. */
export interface Validation {
  readonly scores: Scores;
  readonly sample: ValidationInfo['sample'];
}

/** Everything training needs; it knows nothing about files, search or metrics. */
export interface TrainingInput {
  readonly runtime: Runtime;
  readonly model: Seq2Seq;
  readonly run: Run;
  /** The workers that train together; by default only this one. They compile all `shapes` before the first update. */
  readonly cluster?: Cluster;
  readonly shapes?: readonly BatchShape[];
  /** At the position of `state.sampler`. */
  readonly sampler: BatchSource;
  /**
   * The initial parameters, or all variables of the checkpoint that `state` belongs to. Consumed: emptied when training
   * starts.
   */
  readonly variables: Record<string, HostTensor>;
  readonly state: TrainingState;
  /** The loss of a model that gives every target piece the same probability: ln V. */
  readonly guessLoss: number;
  /** Parameters that are not trained. */
  readonly frozen: ReadonlySet<string>;
  readonly listener: Required<TrainingListener>;
  /** Stops after the current update. */
  readonly signal: AbortSignal;
  validate(variables: Variables): Promise<Validation>;
  /** Keeps a model that is the best so far, or among the best. */
  keep(variables: Variables, step: number, scores: Scores, improved: boolean): Promise<void>;
  /** Copies all variables and the state, to be saved. */
  capture(variables: Variables, state: TrainingState): Promise<Snapshot>;
}

/** Updates between two steps of the weight average: nearly the same average for a tenth of the work. */
const AVERAGE_EVERY = 10;

/** A gradient norm this many times the running mean is not an outlier batch: training has exploded. */
const EXPLODED = 1e4;

/**
 * Trains until the first limit of the run is reached. Validates every `validateEvery` updates and at the end; saves
 * after the first update, every `saveMinutes`, after each validation and when interrupted.
 * @throws RunError if the loss is NaN or the gradient explodes, and if the time is up before the first update; what was
 *   saved before stays
 */
export async function train(input: TrainingInput): Promise<FinishInfo> {
  const { runtime, model, run, cluster = alone, sampler, listener, signal, guessLoss } = input;
  const optimizer = createOptimizer(run);
  const trained = trainedNames(model, input.frozen);
  const initial =
    input.state.step === 0 ? trainingVariables(input.variables, trained, optimizer, run) : input.variables;
  const variables = await runtime.variables(initial, trained);
  // several times the model's size, no longer needed
  for (const values of [initial, input.variables]) for (const name of Object.keys(values)) delete values[name];
  const updates = new Updates({ runtime, model, optimizer, trained, variables, run, sampler, cluster });
  const average = run.ema > 0 ? runtime.compile(averagingStep(model), variables) : undefined;

  let { step, best, plateau, lowestLoss } = input.state;
  let position = input.state.sampler;
  let norms = 0;
  const clock = new Clock(input.state.seconds, cluster);
  const placeOf = (step: number, { epoch, batch }: SamplerPosition): Position => ({
    step,
    epoch: epoch + batch / sampler.batchesPerEpoch,
    seconds: clock.seconds(),
  });
  const where = (): Position => placeOf(step, position);
  const state = (): TrainingState => ({ step, seconds: clock.seconds(), sampler: position, best, plateau, lowestLoss });

  const saves = new Saves(run.saveMinutes, () => input.capture(variables, state()));

  const validate = async (): Promise<boolean> => {
    clock.pause();
    const { scores, sample } = await input.validate(variables);
    // JSON has no infinite perplexity, and no such model is worth keeping
    if (!Number.isFinite(scores.perplexity)) throw diverged(step, `the validation loss is ${scores.loss}`, run);
    lowestLoss = Math.min(scores.loss, lowestLoss ?? Number.POSITIVE_INFINITY);
    const judged = judge(best, scores, step, run.metric, run.patience);
    best = judged.best;
    plateau = afterValidation(plateau, scores[run.metric], judged.improved);
    await saves.finish();
    await input.keep(variables, step, scores, judged.improved);
    const record = { kind: 'validation', step, seconds: clock.seconds(), ...scores } as const;
    // before the save: a resumed run drops records after its save and writes them again
    listener.validated({
      record,
      epoch: where().epoch,
      improved: judged.improved,
      undecided: saysNothing(run.metric, best),
      guessLoss,
      sample,
    });
    await saves.now();
    clock.resume();
    return judged.stop;
  };

  let validatedAt = input.state.step;
  const finish = async (reason: StopReason): Promise<FinishInfo> => {
    if (reason === 'interrupted') await saves.now();
    else if (step === 0) {
      throw new RunError('the time was up before the first update: there is no model', {
        where: run.out,
        remedy: `give more than --max-minutes ${run.maxMinutes}`,
      });
    } else if (validatedAt !== step || best.value === null) await validate();
    const info: FinishInfo = {
      ...{ reason, step, seconds: clock.seconds(), metric: run.metric, best, lowestLoss, guessLoss, out: run.out },
    };
    listener.finished(info);
    return info;
  };

  /** Whether training does something after this many updates for which it needs their results. */
  const stops = (step: number, position: SamplerPosition): boolean =>
    step === 1 ||
    step % run.validateEvery === 0 ||
    (average !== undefined && step % AVERAGE_EVERY === 0) ||
    limit(run, placeOf(step, position)) !== undefined;

  try {
    if (cluster.size > 1) await updates.prepare(input.shapes ?? []);
    for (;;) {
      const stopped = await clock.agree(signal.aborted);
      const reached = limit(run, where());
      if (reached !== undefined) return finish(reached);
      if (stopped) return finish('interrupted');
      const begun = performance.now();
      const rate = (step: number, position: SamplerPosition) => learningRate(run, placeOf(step, position), plateau);
      const made = await updates.make({ step, position, rate, stops });
      for (const { loss, gradientNorm, ...update } of made) {
        step++;
        cluster.at?.(step);
        position = update.position;
        checkHealth(step, loss, gradientNorm, norms, run);
        norms = norms === 0 ? gradientNorm : 0.99 * norms + 0.01 * gradientNorm;
        if (average !== undefined && step % AVERAGE_EVERY === 0)
          await average({ decay: scalar(decayAt(run.ema, step)) });
        const stepSeconds = (performance.now() - begun) / 1000 / made.length;
        const share = usedFraction(run, where());
        const { targetTokens, learningRate } = update;
        listener.stepped({ ...where(), stepSeconds, share, loss, targetTokens, learningRate, gradientNorm });
      }
      if (step % run.validateEvery === 0) {
        validatedAt = step;
        if (await validate()) return finish('patience');
      } else if (step === 1) await saves.now();
      else await saves.whenDue();
    }
  } finally {
    await saves.settle();
  }
}

/** The limit that has been reached, if any. */
function limit(run: Run, { step, epoch, seconds }: Position): StopReason | undefined {
  if (run.maxSteps !== undefined && step >= run.maxSteps) return 'maxSteps';
  if (run.epochs !== undefined && epoch >= run.epochs) return 'epochs';
  if (run.maxMinutes !== undefined && seconds >= 60 * run.maxMinutes) return 'maxMinutes';
  return undefined;
}

/** Stops if an update has ruined the parameters, which have not been saved since. */
function checkHealth(step: number, loss: number, gradientNorm: number, usual: number, run: Run): void {
  const exploded = usual > 0 && step > 100 && gradientNorm > EXPLODED * usual;
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm) && !exploded) return;
  const what = exploded
    ? `the gradient norm is ${gradientNorm.toPrecision(3)}, usually ${usual.toPrecision(3)}`
    : 'the loss is not a number';
  throw diverged(step, what, run);
}

function diverged(step: number, what: string, run: Run): RunError {
  return new RunError(`training has diverged at step ${step}: ${what}`, {
    where: run.out,
    remedy: `try --learning-rate ${calmerRate(run.learningRate)}${run.clipNorm === 0 ? ' or --clip-norm 1' : ''}; earlier saves are intact`,
  });
}

/**
 * The average's decay over `AVERAGE_EVERY` updates; early on it forgets faster, so that the initial values do not
 * linger.
 */
function decayAt(decay: number, step: number): number {
  return Math.min(decay, (1 + step) / (10 + step)) ** AVERAGE_EVERY;
}

function scalar(value: number): HostTensor {
  return { shape: [], data: Float32Array.of(value) };
}
