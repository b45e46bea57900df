import * as tf from '@tensorflow/tfjs-core';
import { type CudnnCell, cudnnLayer, type DirectionWeights } from '../tensor/ops/cudnn.ts';
import { gruResetAfter } from '../tensor/ops/gru.ts';
import { gruKernel, lstmKernel } from '../tensor/ops/kernels.ts';
import { linear } from '../tensor/ops/matmul.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import { target } from '../tensor/target.ts';
import type { ParameterTable } from './parameters.ts';

/** The recurrent cells: GRU with the reset gate after or before the recurrent product, and LSTM. */
export type CellName = 'gru' | 'gru-reset-before' | 'lstm';

/** A cell's state: [h] of a GRU, [h, c] of an LSTM, each [B, H]. */
export type CellState = readonly tf.Tensor[];

/** The number of gates stacked in a cell's weights. */
const gateCount = { gru: 3, 'gru-reset-before': 3, lstm: 4 } as const;

/** The number of tensors in a cell's state. */
export function stateSize(cell: CellName): number {
  return cell === 'lstm' ? 2 : 1;
}

/** PyTorch's names and layouts of one layer: weight_ih [gH, I], weight_hh [gH, H], two biases [gH]. */
export function recurrentParameters(
  name: string,
  cell: CellName,
  layer: string,
  inputs: number,
  size: number,
): ParameterTable {
  const rows = gateCount[cell] * size;
  const info = (...shape: number[]) => ({ shape, layer: 'recurrent', fan: size }) as const;
  return {
    [`${name}.weight_ih_${layer}`]: info(rows, inputs),
    [`${name}.weight_hh_${layer}`]: info(rows, size),
    [`${name}.bias_ih_${layer}`]: info(rows),
    [`${name}.bias_hh_${layer}`]: info(rows),
  };
}

/** The input of one layer over a sequence. */
export interface RecurrentInput {
  /** [L, B, I], time-major. */
  readonly x: tf.Tensor;
  readonly initial: CellState;
  /** [L, B]: 1 for a token, 0 for padding, which leaves the state unchanged; without it every step counts. */
  readonly mask?: tf.Tensor;
  /** The number of unmasked steps of each row, at least 1, in the host's memory: int32 [B]. Needed on a GPU. */
  readonly lengths?: tf.Tensor | undefined;
  /** From the last step to the first. */
  readonly reverse?: boolean;
}

/**
 * Runs one recurrent layer over a sequence.
 * @param name of the layer's owner and `layer` its suffix: `encoder.gru` and `l0_reverse`
 * @returns h after every step [L, B, H] in the order of the input, and the final state
 */
export function recurrentLayer(
  parameters: Tensors,
  name: string,
  cell: CellName,
  layer: string,
  input: RecurrentInput,
): { outputs: tf.Tensor; last: CellState } {
  if (!byCudnn(cell, input)) return stepByStep(parameters, name, cell, layer, input);
  const { outputs, last } = cudnnLayer({
    ...{ cell, x: input.x, lengths: lengthsOf(input), weights: [directionWeights(parameters, name, layer)] },
    initial: input.initial.map((state) => tf.expandDims(state, 0)),
  });
  return { outputs, last: last.map((state) => tf.squeeze(state, [0])) };
}

/**
 * Runs one recurrent layer over a sequence in both directions, the second with the parameters of `layer` and
 * `_reverse`.
 * @returns h after every step of both [L, B, 2H], and the final state of each
 */
export function bothDirections(
  parameters: Tensors,
  name: string,
  cell: CellName,
  layer: string,
  input: RecurrentInput,
): { outputs: tf.Tensor; forward: CellState; backward: CellState } {
  if (!byCudnn(cell, input)) {
    const forward = stepByStep(parameters, name, cell, layer, input);
    const backward = stepByStep(parameters, name, cell, `${layer}_reverse`, { ...input, reverse: true });
    const outputs = tf.concat([forward.outputs, backward.outputs], 2);
    return { outputs, forward: forward.last, backward: backward.last };
  }
  const { outputs, last } = cudnnLayer({
    ...{ cell, x: input.x, lengths: lengthsOf(input) },
    weights: [layer, `${layer}_reverse`].map((suffix) => directionWeights(parameters, name, suffix)),
    initial: input.initial.map((state) => tf.stack([state, state])),
  });
  const ends = last.map((state) => tf.unstack(state) as [tf.Tensor, tf.Tensor]);
  return { outputs, forward: ends.map(([state]) => state), backward: ends.map(([, state]) => state) };
}

/** Whether NVIDIA's cuDNN runs a layer: on a GPU, for the cells it supports. A single step is not worth its start. */
function byCudnn(cell: CellName, { x, mask, lengths, reverse }: RecurrentInput): cell is CudnnCell {
  const lengthsKnown = mask === undefined || lengths !== undefined;
  return target().cudnn && cell !== 'gru-reset-before' && (x.shape[0] as number) > 1 && lengthsKnown && !reverse;
}

function lengthsOf({ x, lengths }: RecurrentInput): tf.Tensor {
  const [length, batch] = x.shape as [number, number, number];
  return lengths ?? tf.tensor1d(new Int32Array(batch).fill(length), 'int32');
}

function directionWeights(parameters: Tensors, name: string, layer: string): DirectionWeights {
  const weights = (part: string) => parameter(parameters, `${name}.${part}_${layer}`);
  return [weights('weight_ih'), weights('weight_hh'), weights('bias_ih'), weights('bias_hh')];
}

function stepByStep(
  parameters: Tensors,
  name: string,
  cell: CellName,
  layer: string,
  { x, initial, mask, reverse = false }: RecurrentInput,
): { outputs: tf.Tensor; last: CellState } {
  const [length, batch, inputs] = x.shape as [number, number, number];
  const weights = (part: string) => parameter(parameters, `${name}.${part}_${layer}`);
  const { kernels } = target();
  if (kernels !== undefined && cell !== 'gru-reset-before' && length > 1) {
    const [h, c] = initial as readonly [tf.Tensor, tf.Tensor];
    const whole = { x, mask, initial: h, reverse, weights: directionWeights(parameters, name, layer) };
    if (cell === 'gru') {
      const outputs = gruKernel(kernels, whole);
      return { outputs, last: [lastState(outputs, reverse)] };
    }
    const { states, lastCell } = lstmKernel(kernels, { ...whole, initialCell: c });
    return { outputs: states, last: [lastState(states, reverse), lastCell] };
  }
  const flat = tf.reshape(x, [length * batch, inputs]);
  const projected = tf.reshape(linear(flat, weights('weight_ih'), weights('bias_ih')), [length, batch, -1]);
  if (cell === 'gru') {
    const masked = mask === undefined ? projected : holdPadding(projected, mask);
    const outputs = gruResetAfter(masked, initial[0] as tf.Tensor, weights('weight_hh'), weights('bias_hh'), reverse);
    return { outputs, last: [lastState(outputs, reverse)] };
  }
  const step = cell === 'lstm' ? lstmStep : gruResetBeforeStep;
  const steps = timeSteps(projected);
  const masks = mask === undefined ? undefined : timeSteps(tf.expandDims(mask, 2));
  const outputs: tf.Tensor[] = new Array(length);
  let state = initial;
  for (let i = 0; i < length; i++) {
    const t = reverse ? length - 1 - i : i;
    const next = step(steps[t] as tf.Tensor, state, weights('weight_hh'), weights('bias_hh'));
    const real = masks?.[t];
    state = real === undefined ? next : next.map((value, k) => hold(state[k] as tf.Tensor, value, real));
    outputs[t] = state[0] as tf.Tensor;
  }
  return { outputs: tf.stack(outputs), last: state };
}

/** The final state. @param outputs [L, B, H] */
function lastState(outputs: tf.Tensor, reverse: boolean): tf.Tensor {
  const [length, batch, size] = outputs.shape as [number, number, number];
  return tf.reshape(tf.slice(outputs, reverse ? 0 : length - 1, 1), [batch, size]);
}

/** The steps of a sequence [L, ...]. tfjs's `unstack` has no gradient if there is only one. */
export function timeSteps(x: tf.Tensor): tf.Tensor[] {
  return x.shape[0] === 1 ? [tf.reshape(x, x.shape.slice(1))] : tf.unstack(x);
}

/**
 * Raises the update gate's input at padding so far that z is exactly 1 (a float32 sigmoid is 1 from 17 on) and its
 * gradient 0: the state passes through such a step unchanged.
 */
function holdPadding(projected: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const size = (projected.shape[2] as number) / 3;
  const zColumns = tf.concat([tf.zeros([size]), tf.fill([size], 1e4), tf.zeros([size])]);
  return tf.add(projected, tf.mul(tf.expandDims(tf.sub(1, mask), 2), zColumns));
}

/** The new state where `real` is 1, the old one, bit for bit, where it is 0. */
function hold(old: tf.Tensor, value: tf.Tensor, real: tf.Tensor): tf.Tensor {
  return tf.add(old, tf.mul(real, tf.sub(value, old)));
}

/**
 * One step of an LSTM (Hochreiter and Schmidhuber 1997, with a forget gate), gates in PyTorch's order i, f, g, o.
 * @param projected W x + b [B, 4H]
 */
function lstmStep(projected: tf.Tensor, [h, c]: CellState, weight: tf.Tensor, bias: tf.Tensor): CellState {
  const gates = tf.add(projected, linear(h as tf.Tensor, weight, bias));
  const [i, f, g, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const cell = tf.add(tf.mul(tf.sigmoid(f), c as tf.Tensor), tf.mul(tf.sigmoid(i), tf.tanh(g)));
  return [tf.mul(tf.sigmoid(o), tf.tanh(cell)), cell];
}

/**
 * One step of a GRU with the reset gate before the product (arXiv 1406.1078v3): `n = tanh(W x + b + U (r * h) + c)`.
 * @param projected W x + b [B, 3H], gates r, z, n
 */
function gruResetBeforeStep(projected: tf.Tensor, [h]: CellState, weight: tf.Tensor, bias: tf.Tensor): CellState {
  const state = h as tf.Tensor;
  const size = state.shape[1] as number;
  const [gateWeight, newWeight] = tf.split(weight, [2 * size, size], 0) as [tf.Tensor, tf.Tensor];
  const [gateBias, newBias] = tf.split(bias, [2 * size, size], 0) as [tf.Tensor, tf.Tensor];
  const [xGates, xNew] = tf.split(projected, [2 * size, size], 1) as [tf.Tensor, tf.Tensor];
  const [r, z] = tf.split(tf.sigmoid(tf.add(xGates, linear(state, gateWeight, gateBias))), 2, 1) as [
    tf.Tensor,
    tf.Tensor,
  ];
  const n = tf.tanh(tf.add(xNew, linear(tf.mul(r, state), newWeight, newBias)));
  return [tf.add(state, tf.mul(tf.sub(1, z), tf.sub(n, state)))];
}
