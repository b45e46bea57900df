import * as tf from '@tensorflow/tfjs-core';
import type { SearchRows, Seq2Seq } from '../models/seq2seq.ts';
import { bestWordsKernel, packWeights, pickKernel } from '../tensor/ops/decoding-kernels.ts';
import { keepAll } from '../tensor/ops/dropout.ts';
import { gatherRows } from '../tensor/ops/embedding.ts';
import { gatherPlaces } from '../tensor/ops/loss.ts';
import { biasAdd, matmul } from '../tensor/ops/matmul.ts';
import { topK } from '../tensor/ops/top-k.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import type { Step, StepFunction } from '../tensor/step.ts';
import { target } from '../tensor/target.ts';
import type { AttentionLevel } from './search-options.ts';

/** A model of an ensemble, and the prefix of its parameters' names in the variables. */
export interface Member {
  readonly model: Seq2Seq;
  readonly prefix: string;
}

/**
 * Encodes N source sentences: input `source` int32 [N, S]; outputs `memory/...` and `state/...` of every member.
 * @param room how many words the state has room for
 */
export function encodeStep(members: readonly Member[], room: number): StepFunction {
  return (inputs, step) => {
    const outputs: Record<string, tf.Tensor> = {};
    for (const [i, { model, prefix }] of members.entries()) {
      const parameters = parametersOf(model, prefix, step);
      const memory = model.encode(parameters, inputs.source as tf.Tensor, keepAll);
      const state = model.initialState(parameters, memory, room);
      Object.assign(outputs, named(`memory/${i}/`, memory), named(`state/${i}/`, state));
    }
    return outputs;
  };
}

/**
 * Rearranges memory and state. Inputs: `old/memory/...`, `old/state/...` of the sentences being translated,
 * `new/memory/...`, `new/state/...` of those just encoded (one of the two may be absent), and the new rows as indices
 * into the old ones followed by the new ones: `places` int32 [B] of memory, `origin` int32 [R] of state; with custom
 * kernels, negative for rows that are not in use. Outputs: `memory/...` with B rows and `state/...` with R rows and room for `room` words, at least as many as before.
 */
export function reorderStep(members: readonly Member[], room: number): StepFunction {
  return ({ places, origin, ...tensors }) => {
    const [old, added] = ['old/', 'new/'].map((prefix) => widened(members, unnamed(prefix, tensors), room)) as [
      Tensors,
      Tensors,
    ];
    const outputs: Record<string, tf.Tensor> = {};
    for (const name of Object.keys({ ...old, ...added })) {
      const tables = [old[name], added[name]].filter((table) => table !== undefined);
      const rows = (name.startsWith('memory/') ? places : origin) as tf.Tensor;
      outputs[name] = pickFrom(tables, rows);
    }
    return outputs;
  };
}

/** Rows of one table, or of two as if they were one. */
function pickFrom([first, second]: readonly tf.Tensor[], rows: tf.Tensor): tf.Tensor {
  const { kernels } = target();
  if (kernels !== undefined) return pickKernel(kernels, [first as tf.Tensor, second ?? (first as tf.Tensor)], rows);
  return gatherRows(second === undefined ? (first as tf.Tensor) : tf.concat([first as tf.Tensor, second], 0), rows);
}

/**
 * Packs the weights of `decodeStep` for custom kernels, where a recording has them: no inputs; outputs `packed/...` of
 * every member, which become inputs of all steps until the variables change.
 */
export function packStep(members: readonly Member[]): StepFunction {
  return (_, step) => {
    const { kernels } = target();
    if (kernels === undefined) return {};
    const outputs = members.map(({ model, prefix }, i) => {
      const parameters = parametersOf(model, prefix, step);
      const output = { [OUTPUT]: packWeights(kernels, parameter(parameters, model.outputWeight)) };
      return named(`packed/${i}/`, { ...model.packed?.(kernels, parameters), ...output });
    });
    return Object.assign({}, ...outputs);
  };
}

/** The name of the output layer's packed weight. */
const OUTPUT = 'output';

/**
 * Decodes one word for R rows. Inputs: `memory/...` [B], `state/...` of the previous step, and for each row `place`
 * int32 [R], its sentence's row in memory, `origin` int32 [R], the row of the state it continues from, and `previous`
 * int32 [R], the previous word; and, if there are any, the `packed/...` weights, and `used` int32 [1], how many rows are
 * in use, the first ones: only these are computed. Outputs: the new `state/...` [R], as
 * much of `attention/...` [R, S] as `level` requests, and the `count` most probable next words of every row, `words`
 * int32 and `logProbabilities`, both [R, count]; for all words only `logProbabilities`, [R, V] in the order of their
 * ids. Several members are averaged, in probability and in attention.
 */
export function decodeStep(members: readonly Member[], count: number | 'all', level: AttentionLevel): StepFunction {
  return (inputs, step) => {
    const outputs: Record<string, tf.Tensor> = {};
    const probabilities: tf.Tensor[] = [];
    const attention: Tensors[] = [];
    let best: Record<string, tf.Tensor> | undefined;
    for (const [i, { model, prefix }] of members.entries()) {
      const parameters = parametersOf(model, prefix, step);
      const rows = {
        ...{ memory: unnamed(`memory/${i}/`, inputs), place: inputs.place as tf.Tensor },
        ...{ state: unnamed(`state/${i}/`, inputs), origin: inputs.origin as tf.Tensor },
        ...{ packed: unnamed(`packed/${i}/`, inputs), count: inputs.used as tf.Tensor },
      };
      // a compiled step does not compute what it does not use: where kernels read the rows in place, there are no copies
      const memory = pickRows(rows.memory, rows.place);
      const state = pickRows(rows.state, rows.origin);
      const isPacked = rows.packed[OUTPUT] !== undefined;
      const previous = inputs.previous as tf.Tensor;
      const advanced = model.decodeStep(parameters, memory, state, previous, isPacked ? rows : undefined);
      attention.push(advanced.attention);
      Object.assign(outputs, named(`state/${i}/`, advanced.state));
      if (isPacked && count !== 'all' && members.length === 1) {
        best = bestWordsOf(advanced.features, rows, parameter(parameters, 'output.bias'), count);
        continue;
      }
      const logits = matmul(advanced.features, parameter(parameters, model.outputWeight), false, true);
      probabilities.push(tf.softmax(biasAdd(logits, parameter(parameters, 'output.bias'))));
    }
    for (const [name, weights] of Object.entries(attentionOutputs(attention, level))) {
      outputs[name] = tf.reshape(weights, [weights.shape[0] as number, -1]);
    }
    if (best !== undefined) return { ...outputs, ...best };
    const all = mean(probabilities) as tf.Tensor2D;
    if (count === 'all') return { ...outputs, logProbabilities: safeLog(all) };
    const { values, indices } = topK(all, Math.min(count, all.shape[1]));
    return { ...outputs, words: indices, logProbabilities: safeLog(values) };
  };
}

/**
 * The log probabilities of given words (teacher forcing). Inputs: `source` int32 [B, S], `targetInput` and
 * `targetOutput` int32 [B, T]. Outputs: `logProbabilities` [B * T], a sentence's words in a row, and as much of
 * `attention/...` [B, T, S] as `level` requests. Several members are averaged as in a search.
 */
export function forcedStep(members: readonly Member[], level: AttentionLevel): StepFunction {
  return ({ source, targetInput, targetOutput }, step) => {
    const probabilities: tf.Tensor[] = [];
    const attention: Tensors[] = [];
    const words = tf.reshape(targetOutput as tf.Tensor, [-1]);
    const places = tf.stack([tf.range(0, words.size, 1, 'int32'), words], 1);
    for (const { model, prefix } of members) {
      const parameters = parametersOf(model, prefix, step);
      const memory = model.encode(parameters, source as tf.Tensor, keepAll);
      const decoded = model.decode(parameters, memory, targetInput as tf.Tensor, keepAll);
      const logits = matmul(decoded.features, parameter(parameters, model.outputWeight), false, true);
      const all = tf.softmax(biasAdd(logits, parameter(parameters, 'output.bias')));
      probabilities.push(gatherPlaces(all, places, all.shape[1] as number));
      attention.push(decoded.attention);
    }
    return { ...attentionOutputs(attention, level), logProbabilities: safeLog(mean(probabilities)) };
  };
}

function bestWordsOf(
  features: tf.Tensor,
  { packed, count: used }: Pick<SearchRows, 'packed' | 'count'>,
  bias: tf.Tensor,
  count: number,
): Record<string, tf.Tensor> {
  const { kernels } = target();
  if (kernels === undefined) throw new Error('weights were packed for kernels that this recording does not have');
  const own = { ...kernels, count: used };
  return { ...bestWordsKernel(own, features, parameter(packed, OUTPUT), bias, Math.min(count, bias.size)) };
}

/** A word with zero probability is possible if nothing else is. */
function safeLog(probabilities: tf.Tensor): tf.Tensor {
  return tf.log(tf.maximum(probabilities, 1e-37));
}

function widened(members: readonly Member[], tensors: Tensors, room: number): Tensors {
  const states = members.map(({ model }, i) => {
    const prefix = `state/${i}/`;
    const state = unnamed(prefix, tensors);
    return named(prefix, model.widen?.(state, room) ?? state);
  });
  return Object.assign({ ...tensors }, ...states);
}

/** `attention/...` [B, T, S], as much of it as the level requests. */
function attentionOutputs(attention: readonly Tensors[], level: AttentionLevel): Record<string, tf.Tensor> {
  if (level === 'none') return {};
  const all = Object.entries(together(attention));
  return named('attention/', Object.fromEntries(all.filter(([name]) => level === 'heads' || name === 'attention')));
}

/** One model's attention unchanged; for several models the mean of those that have any. */
function together(attention: readonly Tensors[]): Tensors {
  if (attention.length === 1) return attention[0] as Tensors;
  const main = attention.flatMap(({ attention: weights }) => weights ?? []);
  return main.length === 0 ? {} : { attention: mean(main) };
}

function mean(tensors: readonly tf.Tensor[]): tf.Tensor {
  return tensors.length === 1 ? (tensors[0] as tf.Tensor) : tf.div(tf.addN([...tensors]), tensors.length);
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
