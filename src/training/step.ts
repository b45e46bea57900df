import * as tf from '@tensorflow/tfjs-core';
import type { Dropout, Tensors } from '../layers/parameters.ts';
import { keepAll, type Seq2Seq } from '../models/seq2seq.ts';
import type { StepFunction } from '../tensor/compile.ts';
import { valueAndGradients } from '../tensor/ops/gradients.ts';
import { outputLoss } from '../tensor/ops/loss.ts';
import { StepRandom } from '../tensor/ops/random.ts';
import { clipByGlobalNorm, globalNorm, type Optimizer } from '../tensor/optimizers.ts';
import { PAD } from '../vocabulary/vocabulary.ts';

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
 * @returns [2]: the objective with label smoothing and the negative log-likelihood, both means over target tokens in nats
 */
export function batchLoss(
  model: Seq2Seq,
  parameters: Tensors,
  inputs: Tensors,
  dropout: Dropout,
  labelSmoothing: number,
): tf.Tensor1D {
  const { source, targetInput, targetOutput } = inputs as Record<'source' | 'targetInput' | 'targetOutput', tf.Tensor>;
  const memory = model.encode(parameters, source, dropout);
  const { features } = model.decode(parameters, memory, targetInput, dropout);
  const real = tf.reshape(tf.cast(tf.notEqual(targetOutput, PAD), 'float32'), [targetOutput.size]);
  const weights = tf.div(real, tf.maximum(tf.sum(real), 1));
  const weight = parameters[model.outputWeight] as tf.Tensor;
  return outputLoss(features, weight, parameters['output.bias'] as tf.Tensor, targetOutput, weights, labelSmoothing);
}

/**
 * One update: forward, backward, clipping and the optimiser, all in one function of tensors.
 * Its inputs are those of `batchLoss`, `seed` int32 [2] for dropout, and the optimiser's scalars; its outputs `loss` [2]
 * (see `batchLoss`) and `gradientNorm`, before clipping.
 * @param frozen names of parameters that stay as they are
 */
export function trainingStep(
  model: Seq2Seq,
  optimizer: Optimizer,
  options: StepOptions,
  frozen: ReadonlySet<string> = new Set(),
): StepFunction {
  const names = Object.keys(model.parameters);
  return (inputs, step) => {
    const random = new StepRandom(inputs.seed as tf.Tensor);
    const dropout: Dropout = options.dropout === 0 ? keepAll : (x) => random.dropout(x, options.dropout) as typeof x;
    const fixed = named(
      names.filter((name) => frozen.has(name)),
      (name) => step.variable(name),
    );
    const trained = named(
      names.filter((name) => !frozen.has(name)),
      (name) => step.variable(name),
    );
    const { value, gradients } = valueAndGradients(
      (parameters) => batchLoss(model, { ...fixed, ...parameters }, inputs, dropout, options.labelSmoothing),
      trained,
    );
    const gradientNorm = globalNorm(gradients);
    const clipped = options.clipNorm === 0 ? gradients : clipByGlobalNorm(gradients, gradientNorm, options.clipNorm);
    for (const [name, gradient] of Object.entries(clipped)) optimizer.update(step, name, gradient, inputs);
    return { loss: value, gradientNorm };
  };
}

function named(names: readonly string[], variable: (name: string) => tf.Tensor): Record<string, tf.Tensor> {
  return Object.fromEntries(names.map((name) => [name, variable(name)]));
}
