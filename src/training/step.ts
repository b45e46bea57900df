import * as tf from '@tensorflow/tfjs-core';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { type Dropout, keepAll } from '../tensor/ops/dropout.ts';
import { valueAndGradients } from '../tensor/ops/gradients.ts';
import { guidedLoss } from '../tensor/ops/guided-loss.ts';
import { outputLoss } from '../tensor/ops/loss.ts';
import { StepRandom } from '../tensor/ops/random.ts';
import { clipByGlobalNorm, type Gradients, globalNorm, type Optimizer, updateAverages } from '../tensor/optimizers.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import type { Step, StepFunction } from '../tensor/step.ts';
import { PAD } from '../vocabulary/vocabulary.ts';
import { ACCUMULATED, AVERAGE, variableName } from './state.ts';

/**
 * The number of shards into which a compiled step splits the rows of its batch, to compute them in parallel. A
 * recurrent network is a chain of small operations; none of them can keep two cores busy, but two chains can.
 */
export const SHARDS = 2;

/** The settings of a training step besides the model's own. */
export interface StepOptions {
  readonly dropout: number;
  readonly labelSmoothing: number;
  /** Weight of the alignment's cross-entropy in the objective, 0 by default; if above 0, batches need alignments. */
  readonly guidedWeight?: number;
  /** Maximum global norm of a gradient; 0: no limit. */
  readonly clipNorm: number;
}

/**
 * The loss of a batch.
 * @param inputs source int32 [B, S], targetInput and targetOutput int32 [B, T], and for guided attention alignment [B,
 *   T, S]
 * @param tokens the divisor of sums over target tokens; by default the number in this batch, for a shard that of the
 *   whole batch
 * @param guidedWeight weight of the attention's distance from the alignment (`guidedLoss`)
 * @returns [2]: the objective with label smoothing and guidance, and the negative log-likelihood, both means over
 *   target tokens in nats
 */
export function batchLoss(
  model: Seq2Seq,
  parameters: Tensors,
  inputs: Tensors,
  dropout: Dropout,
  labelSmoothing: number,
  tokens = countTokens(inputs),
  guidedWeight = 0,
): tf.Tensor1D {
  const { source, targetInput, targetOutput } = inputs as Record<'source' | 'targetInput' | 'targetOutput', tf.Tensor>;
  const memory = model.encode(parameters, source, dropout);
  const { features, attention } = model.decode(parameters, memory, targetInput, dropout);
  const real = tf.reshape(tf.cast(tf.notEqual(targetOutput, PAD), 'float32'), [targetOutput.size]);
  const weights = tf.div(real, tokens);
  const weight = parameters[model.outputWeight] as tf.Tensor;
  const bias = parameters['output.bias'] as tf.Tensor;
  const loss = outputLoss(features, weight, bias, targetOutput, weights, labelSmoothing);
  if (guidedWeight === 0) return loss;
  const guided = guidedLoss(parameter(attention, 'attention'), parameter(inputs, 'alignment'), tokens);
  return tf.add(loss, tf.mul(guided, tf.tensor1d([guidedWeight, 0])));
}

/** Target tokens of a batch without padding; at least 1, because it is a divisor. */
function countTokens({ targetOutput }: Tensors): tf.Scalar {
  const real = tf.cast(tf.notEqual(targetOutput as tf.Tensor, PAD), 'float32');
  return tf.maximum(tf.sum(real), 1);
}

/** The rows of a batch in `count` shards, as equal as possible; fewer if it has fewer rows. */
function shardsOf({ source, targetInput, targetOutput, alignment }: Tensors, count: number): Tensors[] {
  const parts = { source, targetInput, targetOutput, ...(alignment && { alignment }) } as Record<string, tf.Tensor>;
  if (count === 1) return [parts];
  const rows = (source as tf.Tensor).shape[0] as number;
  const shards = Math.min(count, rows);
  const edge = (i: number) => Math.round((i * rows) / shards);
  return Array.from({ length: shards }, (_, i) =>
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [name, tf.slice(part, edge(i), edge(i + 1) - edge(i))]),
    ),
  );
}

/**
 * A batch's loss and each shard's share of its gradients, by parameter, or by flat variable if a GPU keeps parameters in
 * one.
 */
interface Backward {
  readonly loss: tf.Tensor1D;
  readonly byShard: readonly Gradients[];
}

/** The parts of a training step. */
export interface StepParts {
  readonly model: Seq2Seq;
  readonly optimizer: Optimizer;
  /** The parameters that are trained; the others stay unchanged. */
  readonly trained: readonly string[];
  readonly options: StepOptions;
  /** How many shards of the batch are computed in parallel (`SHARDS`); 1 by default. */
  readonly shards?: number;
}

/**
 * One update: forward, backward, clipping and the optimiser, all in one function of tensors. Its inputs are those of
 * `batchLoss`, `seed` int32 [2] for dropout, and the optimiser's scalars; its outputs are `loss` [2] (see `batchLoss`)
 * and `gradientNorm`, before clipping. An update of several batches also takes `tokens`, a scalar: the number of target
 * tokens in all of them, by which each one's loss and gradients are divided, so that their sums are those of one large
 * batch.
 *
 * @param batches the number of batches in the update: if more than one, `accumulationStep` has added up the gradients
 *   of the earlier ones
 */
export function trainingStep(parts: StepParts, batches = 1): StepFunction {
  return (inputs, step) => {
    const { loss, byShard } = backward(parts, inputs, step);
    const sums = batches === 1 ? byShard : [withAccumulated(summed(byShard), step)];
    return { loss, gradientNorm: update(parts, sums, inputs, step, [loss]) };
  };
}

/**
 * The first half of an update by several workers: `gradient` [N], all gradients concatenated, to be summed over the
 * workers, and `loss`; inputs as in `trainingStep`, without the optimiser's.
 */
export function gradientStep(parts: StepParts, batches = 1): StepFunction {
  return (inputs, step) => {
    const { loss, byShard } = backward(parts, inputs, step);
    const gradients = summed(byShard);
    const sums = Object.values(batches === 1 ? gradients : withAccumulated(gradients, step));
    return { loss, gradient: tf.concat(sums.map((sum) => tf.reshape(sum, [sum.size]))) };
  };
}

/**
 * The second half: the update with the workers' summed `gradient` [N]. Inputs: that and the optimiser's, for any batch
 * shape.
 */
export function updateStep(parts: StepParts): StepFunction {
  return (inputs, step) => {
    // for the names and shapes under which the variables are stored
    const kept = Object.entries(step.together(variables(parts.trained, step)));
    const sizes = kept.map(([, { size }]) => size);
    const pieces = tf.split(inputs.gradient as tf.Tensor, sizes);
    const gradients = Object.fromEntries(
      kept.map(([name, { shape }], i) => [name, tf.reshape(pieces[i] as tf.Tensor, shape)]),
    );
    return { gradientNorm: update(parts, [gradients], inputs, step, []) };
  };
}

/**
 * Adds clipping and the optimiser to a step.
 * @param byShard parts of the gradients, to be added up
 * @param after what else has used the parameters' values
 * @returns the gradients' global norm before clipping
 */
function update(
  { optimizer, options }: StepParts,
  byShard: readonly Gradients[],
  inputs: Tensors,
  step: Step,
  after: readonly tf.Tensor[],
): tf.Scalar {
  const norm = optimizer.updateAll?.(step, byShard, options.clipNorm, inputs, after);
  if (norm !== undefined) return norm;
  const gradients = summed(byShard);
  const gradientNorm = globalNorm(gradients);
  const clipped = options.clipNorm === 0 ? gradients : clipByGlobalNorm(gradients, gradientNorm, options.clipNorm);
  for (const [name, gradient] of Object.entries(clipped)) optimizer.update(step, name, gradient, inputs);
  return gradientNorm;
}

/** Adds one batch's gradients to the accumulated ones; inputs and `loss` as in `trainingStep`. */
export function accumulationStep(parts: StepParts): StepFunction {
  return (inputs, step) => {
    const { loss, byShard } = backward(parts, inputs, step);
    for (const [name, gradient] of Object.entries(summed(byShard))) {
      const sum = variableName(ACCUMULATED, name);
      step.assign(sum, tf.add(step.variable(sum), gradient));
    }
    return { loss };
  };
}

/** Updates the running average of every parameter: `a + (1 - decay)(p - a)`; its input is `decay`, a scalar. */
export function averagingStep(model: Seq2Seq): StepFunction {
  return (inputs, step) => {
    const rate = tf.sub(1, inputs.decay as tf.Tensor);
    const names = Object.keys(model.parameters);
    const parameters = variables(names, step);
    const averages = names.map((name) => variableName(AVERAGE, name));
    const applied = updateAverages(step, averages, Object.values(parameters), rate);
    if (applied !== undefined) return { rate: applied };
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
 * nats. @param group the group of variables from which the parameters are read; by default the parameters themselves
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
  const own = variables(trained, step);
  const tokens = (inputs.tokens as tf.Scalar | undefined) ?? countTokens(inputs);
  const results = shardsOf(inputs, shards).map((shard) =>
    valueAndGradients((parameters) => {
      const all = { ...fixed, ...parameters };
      return batchLoss(model, all, shard, dropout, options.labelSmoothing, tokens, options.guidedWeight);
    }, own),
  );
  return {
    loss: tf.addN(results.map(({ value }) => value)),
    byShard: results.map(({ gradients }) => step.together(gradients)),
  };
}

/** The gradients of the whole batch. */
function summed(byShard: readonly Gradients[]): Gradients {
  const [first, ...others] = byShard as [Gradients, ...Gradients[]];
  if (others.length === 0) return first;
  return Object.fromEntries(
    Object.entries(first).map(([name, gradient]) => [
      name,
      tf.addN([gradient, ...others.map((shard) => shard[name] as tf.Tensor)]),
    ]),
  );
}

/** The gradients of the earlier batches and this one together; the sums are reset to zero. */
function withAccumulated(gradients: Gradients, step: Step): Gradients {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => {
      const sum = variableName(ACCUMULATED, name);
      const all = tf.add(step.variable(sum), gradient);
      step.assign(sum, tf.zerosLike(gradient));
      return [name, all];
    }),
  );
}

function variables(names: readonly string[], step: Step, group?: string): Record<string, tf.Tensor> {
  return Object.fromEntries(
    names.map((name) => [name, step.variable(group === undefined ? name : variableName(group, name))]),
  );
}
