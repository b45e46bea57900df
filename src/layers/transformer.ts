import * as tf from '@tensorflow/tfjs-core';
import { type ActivationName, activate } from '../tensor/ops/activations.ts';
import type { Dropout } from '../tensor/ops/dropout.ts';
import { layerNorm } from '../tensor/ops/layer-norm.ts';
import { linear } from '../tensor/ops/matmul.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import type { ParameterTable } from './parameters.ts';
import {
  type Attended,
  attend,
  type Heads,
  mixHeads,
  multiHeadParameters,
  multiHeadSelfAttention,
  queryHeads,
} from './self-attention.ts';

/**
 * The layers of a transformer, pre-norm (Xiong et al. 2020): every sublayer adds its output for the normalised rows to
 * the rows, `x + dropout(part(norm(x)))`. Names and layouts are those of PyTorch's nn.Transformer with `norm_first`.
 * Rows are positions, the positions of a sentence one after another: [B * L, D].
 */

/** What all layers of a model share. */
export interface LayerSettings {
  readonly heads: number;
  readonly activation: ActivationName;
  readonly dropout: Dropout;
}

/** A normalisation's parameters: the gain starts at 1, the offset at 0. */
export function normParameters(name: string, size: number): ParameterTable {
  return {
    [`${name}.weight`]: { shape: [size], layer: 'ones', fan: size },
    [`${name}.bias`]: { shape: [size], layer: 'zeros', fan: size },
  };
}

/** Normalises the rows with a named norm. @param x [N, D] */
export function norm(parameters: Tensors, name: string, x: tf.Tensor): tf.Tensor2D {
  return layerNorm(x, parameter(parameters, `${name}.weight`), parameter(parameters, `${name}.bias`));
}

/** An encoder layer's parameters. @param inner size between the two position-wise layers */
export function encoderLayerParameters(name: string, size: number, inner: number): ParameterTable {
  return {
    ...multiHeadParameters(`${name}.self_attn`, size),
    ...feedForwardParameters(name, size, inner),
    ...normParameters(`${name}.norm1`, size),
    ...normParameters(`${name}.norm2`, size),
  };
}

/** A decoder layer's parameters. @param inner size between the two position-wise layers */
export function decoderLayerParameters(name: string, size: number, inner: number): ParameterTable {
  return {
    ...multiHeadParameters(`${name}.self_attn`, size),
    ...multiHeadParameters(`${name}.multihead_attn`, size),
    ...feedForwardParameters(name, size, inner),
    ...normParameters(`${name}.norm1`, size),
    ...normParameters(`${name}.norm2`, size),
    ...normParameters(`${name}.norm3`, size),
  };
}

/**
 * An encoder layer: self-attention, then the position-wise layers.
 * @param x [B * S, D]
 * @param bias of the source's padding
 */
export function encoderLayer(
  parameters: Tensors,
  name: string,
  x: tf.Tensor,
  bias: tf.Tensor4D,
  { heads, activation, dropout }: LayerSettings,
): tf.Tensor {
  const normed = norm(parameters, `${name}.norm1`, x);
  const { context } = multiHeadSelfAttention(parameters, `${name}.self_attn`, normed, bias.shape[0], heads, {
    bias,
    dropout,
  });
  const attended = tf.add(x, dropout(context));
  const next = norm(parameters, `${name}.norm2`, attended);
  return tf.add(attended, dropout(feedForward(parameters, name, next, activation, dropout)));
}

/** The source in the form a decoder layer needs: keys and values by head, and the bias for its padding. */
export type Source = Omit<Heads, 'queries'> & { readonly bias: tf.Tensor4D };

/**
 * A decoder layer: self-attention, attention over the source, then the position-wise layers.
 * @param x [B * T, D]
 * @param attendSelf the self-attention of the normalised rows: over all of them at once, or over a cache
 * @returns the rows, and the weights of the attention over the source [B, h, T, S]
 */
export function decoderLayer(
  parameters: Tensors,
  name: string,
  x: tf.Tensor,
  attendSelf: (normed: tf.Tensor) => Attended,
  source: Source,
  { heads, activation, dropout }: LayerSettings,
): { readonly x: tf.Tensor; readonly weights: tf.Tensor } {
  const own = attendSelf(norm(parameters, `${name}.norm1`, x));
  const knowing = tf.add(x, dropout(own.context));
  const attention = `${name}.multihead_attn`;
  const normed = norm(parameters, `${name}.norm2`, knowing);
  const queries = queryHeads(parameters, attention, normed, source.bias.shape[0], heads);
  const { context, weights } = attend(queries, source.keys, source.values, { bias: source.bias, dropout });
  const attended = tf.add(knowing, dropout(mixHeads(parameters, attention, context)));
  const next = norm(parameters, `${name}.norm3`, attended);
  return { x: tf.add(attended, dropout(feedForward(parameters, name, next, activation, dropout))), weights };
}

function feedForwardParameters(name: string, size: number, inner: number): ParameterTable {
  return {
    [`${name}.linear1.weight`]: { shape: [inner, size], layer: 'glorot', fan: size },
    [`${name}.linear1.bias`]: { shape: [inner], layer: 'linear', fan: size },
    [`${name}.linear2.weight`]: { shape: [size, inner], layer: 'glorot', fan: inner },
    [`${name}.linear2.bias`]: { shape: [size], layer: 'linear', fan: inner },
  };
}

/** The two position-wise layers: `W_2 activation(W_1 x + b_1) + b_2`. */
function feedForward(
  parameters: Tensors,
  name: string,
  x: tf.Tensor,
  activation: ActivationName,
  dropout: Dropout,
): tf.Tensor2D {
  const weights = (layer: string) =>
    [parameter(parameters, `${name}.${layer}.weight`), parameter(parameters, `${name}.${layer}.bias`)] as const;
  const inner = activate(activation, linear(x, ...weights('linear1')));
  return linear(dropout(inner), ...weights('linear2'));
}
