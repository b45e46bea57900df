import * as tf from '@tensorflow/tfjs-core';
import { parameter, type Tensors } from '../layers/parameters.ts';
import { keepAll, type Seq2Seq } from '../models/seq2seq.ts';
import type { Step, StepFunction } from '../tensor/compile.ts';
import { gatherRows } from '../tensor/ops/embedding.ts';
import { biasAdd, product } from '../tensor/ops/product.ts';

/** A model among those that translate together, and the prefix of its parameters' names in the variables. */
export interface Member {
  readonly model: Seq2Seq;
  readonly prefix: string;
}

/**
 * Reads source sentences: input `source` int32 [B, S] and `rows` int32 [R], which sentence each row of the search
 * belongs to; outputs `memory/...` and `state/...` of every member with R rows.
 * @param room how many words a state must have place for
 */
export function readingStep(members: readonly Member[], room: number): StepFunction {
  return (inputs, step) => {
    const outputs: Record<string, tf.Tensor> = {};
    for (const [i, { model, prefix }] of members.entries()) {
      const parameters = parametersOf(model, prefix, step);
      const memory = pickRows(model.encode(parameters, inputs.source as tf.Tensor, keepAll), inputs.rows as tf.Tensor);
      const state = model.start(parameters, memory, room);
      Object.assign(outputs, named(`memory/${i}/`, memory), named(`state/${i}/`, state));
    }
    return outputs;
  };
}

/**
 * One word further: inputs `memory/...` and `state/...` as before, `previous` int32 [R], the word before, and `origin`
 * int32 [R], the row that each row goes on from. Outputs the new `state/...`, the `attention/...` [R, S] of the first
 * member, and of every row the `count` most probable next words: `words` int32 and `logProbabilities`, both [R, count].
 * Members are averaged in probability.
 */
export function advancingStep(members: readonly Member[], count: number): StepFunction {
  return (inputs, step) => {
    const outputs: Record<string, tf.Tensor> = {};
    let probabilities: tf.Tensor | undefined;
    for (const [i, { model, prefix }] of members.entries()) {
      const parameters = parametersOf(model, prefix, step);
      const state = pickRows(unnamed(`state/${i}/`, inputs), inputs.origin as tf.Tensor);
      const advanced = model.advance(parameters, unnamed(`memory/${i}/`, inputs), state, inputs.previous as tf.Tensor);
      const logits = product(advanced.features, parameter(parameters, model.outputWeight), false, true);
      const own = tf.softmax(biasAdd(logits, parameter(parameters, 'output.bias')) as tf.Tensor2D);
      probabilities = probabilities === undefined ? own : tf.add(probabilities, own);
      Object.assign(outputs, named(`state/${i}/`, advanced.state));
      if (i > 0) continue;
      for (const [name, weights] of Object.entries(advanced.attention)) {
        outputs[`attention/${name}`] = tf.reshape(weights, [weights.shape[0] as number, -1]);
      }
    }
    const mean = tf.div(probabilities as tf.Tensor2D, members.length) as tf.Tensor2D;
    const { values, indices } = tf.topk(mean, Math.min(count, mean.shape[1]));
    return { ...outputs, words: indices, logProbabilities: tf.log(tf.maximum(values, 1e-37)) };
  };
}

/** Keeps some rows of memory and state: input `rows` int32 [R'] and any others, outputs the same others with R' rows. */
export function pickingStep(): StepFunction {
  return ({ rows, ...others }) => pickRows(others, rows as tf.Tensor);
}

function parametersOf(model: Seq2Seq, prefix: string, step: Step): Tensors {
  return Object.fromEntries(Object.keys(model.parameters).map((name) => [name, step.variable(`${prefix}${name}`)]));
}

function pickRows(tensors: Tensors, rows: tf.Tensor): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, gatherRows(tensor, rows)]));
}

function named(prefix: string, tensors: Tensors): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, tensor]));
}

function unnamed(prefix: string, tensors: Tensors): Tensors {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
