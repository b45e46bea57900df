import * as tf from '@tensorflow/tfjs-core';
import { attribute } from './graph-def.ts';
import { onTensorFlow } from './node-backend.ts';
import { native } from './ops/native.ts';
import type { Step } from './step.ts';
import { target } from './target.ts';

/** Gradients by parameter name. */
export type Gradients = Readonly<Record<string, tf.Tensor>>;

/** The L2 norm of all gradients together, as one vector. */
export function globalNorm(gradients: Gradients): tf.Scalar {
  const halves = Object.values(gradients).map((gradient) =>
    onTensorFlow() ? native('L2Loss', [gradient], { T: 'float32' }) : tf.div(tf.sum(tf.square(gradient)), 2),
  );
  return tf.sqrt(tf.mul(tf.addN(halves), 2));
}

/**
 * Gradients scaled so that their global norm is at most `clip` (Pascanu et al. 2013; like PyTorch's clip_grad_norm_).
 */
export function clipByGlobalNorm(gradients: Gradients, norm: tf.Scalar, clip: number): Gradients {
  const scale = tf.minimum(tf.div(clip, tf.add(norm, 1e-6)), 1);
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, scale)]));
}

/** An optimiser: what it keeps for each parameter, the scalars it needs at a step, and its update. */
export interface Optimizer {
  /** The variables it keeps for each parameter, by suffix, with their initial value. */
  readonly slots: Readonly<Record<string, number>>;
  /** The scalars to feed at a step. @param step counts from 1 */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  /** Adds the update of one parameter to a step. @param scalars the fed ones, by name */
  update(step: Step, name: string, gradient: tf.Tensor, scalars: Readonly<Record<string, tf.Tensor>>): void;
  /**
   * Adds clipping and the update of all parameters to a step as one custom operation, if this optimiser has one and the
   * step may use it.
   * @param parts gradients, each the sum of these
   * @param clip the limit of the global norm; 0: none
   * @param after what depends on everything that uses the parameters besides the gradients, such as the loss
   * @returns the gradients' global norm before clipping; undefined if nothing was added
   */
  updateAll?(
    step: Step,
    parts: readonly Gradients[],
    clip: number,
    scalars: Readonly<Record<string, tf.Tensor>>,
    after: readonly tf.Tensor[],
  ): tf.Scalar | undefined;
}

/** The name of an optimiser's slot for a parameter. */
export function slotName(parameter: string, slot: string): string {
  return `${slot}/${parameter}`;
}

/**
 * Adam (Kingma and Ba 2015), equal to PyTorch's: epsilon is added to the bias-corrected root, so TensorFlow's fused
 * operation gets `epsilon * sqrt(1 - beta2^t)`. With weight decay it is AdamW (Loshchilov and Hutter 2019).
 */
export function adam(beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0): Optimizer {
  return {
    slots: { first: 0, second: 0 },
    scalars: (step, learningRate) => ({
      learningRate,
      firstPower: beta1 ** step,
      secondPower: beta2 ** step,
      epsilon: epsilon * Math.sqrt(1 - beta2 ** step),
    }),
    updateAll: (step, parts, clip, scalars, after) => {
      const { kernels } = target();
      if (kernels === undefined) return undefined;
      const { learningRate, firstPower, secondPower, epsilon } = adamScalars(scalars);
      const names = Object.keys(parts[0] as Gradients);
      const gradients = parts.flatMap((part) => Object.values(part));
      const [first, second] = ['first', 'second'].map((slot) => names.map((name) => slotName(name, slot)));
      return step.changeInPlace(
        `AttnAdam_${kernels.variant}`,
        [...names, ...(first as string[]), ...(second as string[])],
        [...gradients, learningRate, firstPower, secondPower, epsilon],
        {
          n: attribute.integer(names.length),
          m: attribute.integer(gradients.length),
          clip: attribute.float(clip),
          beta1: attribute.float(beta1),
          beta2: attribute.float(beta2),
          decay: attribute.float(weightDecay),
          threads: attribute.integer(kernels.allThreads),
        },
        after,
      );
    },
    update: (step, name, gradient, scalars) => {
      const [first, second] = [slotName(name, 'first'), slotName(name, 'second')];
      const { learningRate, firstPower, secondPower, epsilon } = adamScalars(scalars);
      if (step.fused) {
        if (weightDecay > 0) {
          // the decay is a separate gradient step, before Adam's
          step.updateInPlace('ResourceApplyGradientDescent', [
            name,
            tf.mul(learningRate, weightDecay),
            step.variable(name),
          ]);
        }
        step.updateInPlace('ResourceApplyAdam', [
          ...[name, first, second],
          ...[firstPower, secondPower, learningRate, tf.scalar(beta1), tf.scalar(beta2), epsilon, gradient],
        ]);
        return;
      }
      const m = tf.add(tf.mul(step.variable(first), beta1), tf.mul(gradient, 1 - beta1));
      const v = tf.add(tf.mul(step.variable(second), beta2), tf.mul(tf.square(gradient), 1 - beta2));
      const rate = tf.div(tf.mul(learningRate, tf.sqrt(tf.sub(1, secondPower))), tf.sub(1, firstPower));
      const decayed = tf.mul(step.variable(name), tf.sub(1, tf.mul(learningRate, weightDecay)));
      step.assign(first, m);
      step.assign(second, v);
      step.assign(name, tf.sub(decayed, tf.mul(rate, tf.div(m, tf.add(tf.sqrt(v), epsilon)))));
    },
  };
}

function adamScalars(scalars: Readonly<Record<string, tf.Tensor>>) {
  const { learningRate, firstPower, secondPower, epsilon } = scalars as Record<string, tf.Scalar>;
  if (learningRate === undefined || firstPower === undefined || secondPower === undefined || epsilon === undefined) {
    throw new Error('adam needs learningRate, firstPower, secondPower and epsilon');
  }
  return { learningRate, firstPower, secondPower, epsilon };
}

/**
 * Moves running averages towards values by a share of the difference, `average + rate (value - average)`, as one custom
 * operation. @returns the rate; undefined, with nothing added, if the step may not use it
 */
export function updateAverages(
  step: Step,
  averages: readonly string[],
  values: readonly tf.Tensor[],
  rate: tf.Tensor,
): tf.Scalar | undefined {
  const { kernels } = target();
  if (kernels === undefined) return undefined;
  const attributes = { n: attribute.integer(averages.length), threads: attribute.integer(kernels.allThreads) };
  return step.changeInPlace(`AttnAverage_${kernels.variant}`, averages, [...values, rate], attributes, []);
}

/** Plain stochastic gradient descent. */
export function sgd(): Optimizer {
  return {
    slots: {},
    scalars: (_, learningRate) => ({ learningRate }),
    update: (step, name, gradient, { learningRate }) => {
      if (learningRate === undefined) throw new Error('sgd needs learningRate');
      if (step.fused) step.updateInPlace('ResourceApplyGradientDescent', [name, learningRate, gradient]);
      else step.assign(name, tf.sub(step.variable(name), tf.mul(learningRate, gradient)));
    },
  };
}

/** Adagrad (Duchi et al. 2011), like PyTorch's: `w -= rate * g / (sqrt(sum of g^2) + epsilon)`. */
export function adagrad(epsilon = 1e-10): Optimizer {
  return {
    slots: { accumulator: 0 },
    scalars: (_, learningRate) => ({ learningRate }),
    update: (step, name, gradient, { learningRate }) => {
      if (learningRate === undefined) throw new Error('adagrad needs learningRate');
      const slot = slotName(name, 'accumulator');
      const sum = tf.add(step.variable(slot), tf.square(gradient));
      step.assign(slot, sum);
      const update = tf.div(tf.mul(learningRate, gradient), tf.add(tf.sqrt(sum), epsilon));
      step.assign(name, tf.sub(step.variable(name), update));
    },
  };
}
