import * as tf from '@tensorflow/tfjs-core';
import type { Dropout, Tensors } from '../layers/parameters.ts';
import { keepAll, type Seq2Seq } from '../models/seq2seq.ts';
import { valueAndGradients } from '../tensor/ops/gradients.ts';
import { outputLoss } from '../tensor/ops/loss.ts';
import { StepRandom } from '../tensor/ops/random.ts';
import { clipByGlobalNorm, type Gradients, globalNorm, type Optimizer } from '../tensor/optimizers.ts';
import type { Step, StepFunction } from '../tensor/step.ts';
import { PAD } from '../vocabulary/vocabulary.ts';
import { ACCUMULATED, AVERAGE, variableName } from './state.ts';

/**
 * Into how many shards a compiled step cuts the rows of its batch, to work on all of them at the same time: a recurrent
 * network is a chain of small operations, of which no single one can keep two cores busy, but two chains can.
 */
export const SHARDS = 2;

/** What a training step does beside the model's own work. */
export interface StepOptions {
  readonly dropout: number;
  readonly labelSmoothing: number;
  /** Largest global norm of a gradient; 0: any. */
  readonly clipNorm: number;
}

/**
 * The loss of a batch.
 * @param inputs source int32 [B, S], targetInput and targetOutput int32 [B, T]
 * @param tokens what the sums over target tokens are divided by; their number in this batch unless it is a shard of another
 * @returns [2]: the objective with label smoothing and the negative log-likelihood, both means over target tokens in nats
 */
export function batchLoss(
  model: Seq2Seq,
  parameters: Tensors,
  inputs: Tensors,
  dropout: Dropout,
  labelSmoothing: number,
  tokens = countTokens(inputs),
): tf.Tensor1D {
  const { source, targetInput, targetOutput } = inputs as Record<'source' | 'targetInput' | 'targetOutput', tf.Tensor>;
  const memory = model.encode(parameters, source, dropout);
  const { features } = model.decode(parameters, memory, targetInput, dropout);
  const real = tf.reshape(tf.cast(tf.notEqual(targetOutput, PAD), 'float32'), [targetOutput.size]);
  const weights = tf.div(real, tokens);
  const weight = parameters[model.outputWeight] as tf.Tensor;
  return outputLoss(features, weight, parameters['output.bias'] as tf.Tensor, targetOutput, weights, labelSmoothing);
}

/** Target tokens of a batch, padding left out; at least 1, to divide by. */
function countTokens({ targetOutput }: Tensors): tf.Scalar {
  const real = tf.cast(tf.notEqual(targetOutput as tf.Tensor, PAD), 'float32');
  return tf.maximum(tf.sum(real), 1);
}

/** The rows of a batch in as many shards, as equal as can be; fewer where it has fewer rows. */
function shardsOf({ source, targetInput, targetOutput }: Tensors, count: number): Tensors[] {
  const parts = { source, targetInput, targetOutput } as Record<string, tf.Tensor>;
  if (count === 1) return [parts];
  const rows = (source as tf.Tensor).shape[0] as number;
  const shards = Math.min(count, rows);
  const edge = (i: number) => Math.round((i * rows) / shards);
  return Array.from({ length: shards }, (_, i) =>
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [name, tf.slice(part, [edge(i), 0], [edge(i + 1) - edge(i), -1])]),
    ),
  );
}

/** A batch's loss and its gradients by parameter, or by flat variable where a GPU keeps parameters in one. */
interface Backward {
  readonly loss: tf.Tensor1D;
  readonly gradients: Gradients;
}

/** What a training step works on. */
export interface StepParts {
  readonly model: Seq2Seq;
  readonly optimizer: Optimizer;
  /** The parameters that are trained; the others stay as they are. */
  readonly trained: readonly string[];
  readonly options: StepOptions;
  /** How many shards of the batch are worked on at the same time (`SHARDS`); 1 by default. */
  readonly shards?: number;
}

/**
 * One update: forward, backward, clipping and the optimiser, all in one function of tensors. Its inputs are those of
 * `batchLoss`, `seed` int32 [2] for dropout, and the optimiser's scalars; its outputs `loss` [2] (see `batchLoss`) and
 * `gradientNorm`, before clipping.
 *
 * @param batches how many batches make the update: with more than one, the gradients of those before this one were added
 *   up by `accumulationStep`
 */
export function trainingStep(parts: StepParts, batches = 1): StepFunction {
  const { optimizer, options } = parts;
  return (inputs, step) => {
    const { loss, gradients: own } = backward(parts, inputs, step);
    const gradients = batches === 1 ? own : meanGradients(own, step, batches);
    const gradientNorm = globalNorm(gradients);
    const clipped = options.clipNorm === 0 ? gradients : clipByGlobalNorm(gradients, gradientNorm, options.clipNorm);
    for (const [name, gradient] of Object.entries(clipped)) optimizer.update(step, name, gradient, inputs);
    return { loss, gradientNorm };
  };
}

/** Adds one batch's gradients to the accumulated ones; inputs and `loss` as in `trainingStep`. */
export function accumulationStep(parts: StepParts): StepFunction {
  return (inputs, step) => {
    const { loss, gradients } = backward(parts, inputs, step);
    for (const [name, gradient] of Object.entries(gradients)) {
      const sum = variableName(ACCUMULATED, name);
      step.assign(sum, tf.add(step.variable(sum), gradient));
    }
    return { loss };
  };
}

/** Moves the running average of every parameter: `a + (1 - decay)(p - a)`; its input is `decay`, a scalar. */
export function averagingStep(model: Seq2Seq): StepFunction {
  return (inputs, step) => {
    const rate = tf.sub(1, inputs.decay as tf.Tensor);
    const parameters = variables(Object.keys(model.parameters), step);
    for (const [name, parameter] of Object.entries(step.together(parameters))) {
      const average = variableName(AVERAGE, name);
      const old = step.variable(average);
      step.assign(average, tf.add(old, tf.mul(rate, tf.sub(parameter, old))));
    }
    return { rate };
  };
}

/**
 * The loss of a batch without dropout and smoothing: `loss`, the summed negative log-likelihood of its target tokens in
 * nats. @param group the group of variables that the parameters are read from, the parameters themselves by default
 */
export function validationStep(model: Seq2Seq, group?: string): StepFunction {
  return (inputs, step) => {
    const parameters = variables(Object.keys(model.parameters), step, group);
    const mean = tf.slice(batchLoss(model, parameters, inputs, keepAll, 0), 1, 1);
    const tokens = tf.sum(tf.cast(tf.notEqual(inputs.targetOutput as tf.Tensor, PAD), 'float32'));
    return { loss: tf.mul(mean, tokens) };
  };
}

function backward({ model, trained, options, shards = 1 }: StepParts, inputs: Tensors, step: Step): Backward {
  const random = new StepRandom(inputs.seed as tf.Tensor);
  const dropout: Dropout = options.dropout === 0 ? keepAll : (x) => random.dropout(x, options.dropout) as typeof x;
  const fixed = variables(
    Object.keys(model.parameters).filter((name) => !trained.includes(name)),
    step,
  );
  const { value, gradients } = valueAndGradients(
    (parameters) => {
      const all = { ...fixed, ...parameters };
      const tokens = countTokens(inputs);
      const losses = shardsOf(inputs, shards).map((shard) =>
        batchLoss(model, all, shard, dropout, options.labelSmoothing, tokens),
      );
      return tf.addN(losses);
    },
    variables(trained, step),
  );
  return { loss: value, gradients: step.together(gradients) };
}

/** The mean over the batches before and this one; the sums go back to zero. */
function meanGradients(gradients: Gradients, step: Step, batches: number): Gradients {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => {
      const sum = variableName(ACCUMULATED, name);
      const mean = tf.div(tf.add(step.variable(sum), gradient), batches);
      step.assign(sum, tf.zerosLike(gradient));
      return [name, mean];
    }),
  );
}

function variables(names: readonly string[], step: Step, group?: string): Record<string, tf.Tensor> {
  return Object.fromEntries(
    names.map((name) => [name, step.variable(group === undefined ? name : variableName(group, name))]),
  );
}
