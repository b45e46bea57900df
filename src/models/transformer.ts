import * as tf from '@tensorflow/tfjs-core';
import { linearParameters, type ParameterTable, scaledEmbeddingParameters } from '../layers/parameters.ts';
import { learnedPositions, sinusoids } from '../layers/positions.ts';
import {
  type Attended,
  attend,
  causalBias,
  keyValueHeads,
  mixHeads,
  multiHeadSelfAttention,
  paddingBias,
  selfHeads,
} from '../layers/self-attention.ts';
import {
  decoderLayer,
  decoderLayerParameters,
  encoderLayer,
  encoderLayerParameters,
  type LayerSettings,
  norm,
  normParameters,
  type Source,
} from '../layers/transformer.ts';
import { writePlace } from '../tensor/ops/cache.ts';
import { type Dropout, keepAll } from '../tensor/ops/dropout.ts';
import { embed } from '../tensor/ops/embedding.ts';
import { parameter, type Tensors } from '../tensor/parameters.ts';
import { target } from '../tensor/target.ts';
import { PAD } from '../vocabulary/vocabulary.ts';
import { outputWeight, targetEmbedding } from './decoder.ts';
import type { ModelOptions, Seq2Seq } from './seq2seq.ts';
import { packedLayers, stepLayers } from './transformer-step.ts';

/**
 * The transformer of Vaswani et al. 2017 (arXiv 1706.03762) with its normalisations moved to the front (Xiong et al.
 * 2020), which makes training less sensitive. Its parameters are those of PyTorch's nn.Transformer with `norm_first`,
 * between two embeddings and an output layer.
 *
 * Decoding keeps every layer's keys and values of the previous words in a cache with a fixed number of positions, which
 * a search widens when it is full: a compiled step has a fixed shape.
 */
export function transformerModel(options: ModelOptions): Seq2Seq {
  const { hidden, heads, layers, activation } = options;
  const layerNumbers = Array.from({ length: layers }, (_, layer) => layer);
  const settings = (dropout: Dropout): LayerSettings => ({ heads, activation, dropout });

  /** Words and their positions: `sqrt(D) embedding + position`. @param ids int32 [..., N] @param places from 0 [N] */
  const embedAt = (side: Side, parameters: Tensors, ids: tf.Tensor, places: tf.Tensor): tf.Tensor2D => {
    const table = side === 'encoder' ? 'encoder.embedding.weight' : targetEmbedding(options);
    const words = tf.mul(embed(parameter(parameters, table), ids), Math.sqrt(hidden));
    const positions =
      options.positions === 'sinusoidal'
        ? sinusoids(places, hidden)
        : learnedPositions(parameter(parameters, `${side}.positions.weight`), places);
    return tf.reshape(tf.add(words, positions), [ids.size, hidden]);
  };

  /** What decoder layer `layer` attends to in the source. */
  const sourceOf = (memory: Tensors, layer: number): Source => ({
    keys: parameter(memory, `layer${layer}.keys`),
    values: parameter(memory, `layer${layer}.values`),
    bias: paddingBias(parameter(memory, 'mask')),
  });

  return {
    options,
    parameters: {
      ...embeddingTables(options),
      ...Object.assign(
        {},
        ...layerNumbers.map((layer) => encoderLayerParameters(`encoder.layers.${layer}`, hidden, options.feedForward)),
        ...layerNumbers.map((layer) => decoderLayerParameters(`decoder.layers.${layer}`, hidden, options.feedForward)),
      ),
      ...normParameters('encoder.norm', hidden),
      ...normParameters('decoder.norm', hidden),
      ...outputParameters(options),
    },
    outputWeight: outputWeight(options),
    encode: (parameters, source, dropout) => {
      const [batch, length] = source.shape as [number, number];
      const mask = tf.cast(tf.notEqual(source, PAD), 'float32');
      const bias = paddingBias(mask);
      let x: tf.Tensor = dropout(embedAt('encoder', parameters, source, tf.range(0, length)));
      for (const layer of layerNumbers) {
        x = encoderLayer(parameters, `encoder.layers.${layer}`, x, bias, settings(dropout));
      }
      const states = norm(parameters, 'encoder.norm', x);
      const memory: Record<string, tf.Tensor> = { mask };
      for (const layer of layerNumbers) {
        const name = `decoder.layers.${layer}.multihead_attn`;
        const { keys, values } = keyValueHeads(parameters, name, states, batch, heads);
        Object.assign(memory, { [`layer${layer}.keys`]: keys, [`layer${layer}.values`]: values });
      }
      return memory;
    },
    decode: (parameters, memory, targetInput, dropout) => {
      const [batch, length] = targetInput.shape as [number, number];
      const bias = causalBias(length);
      const weights: tf.Tensor[] = [];
      let x: tf.Tensor = dropout(embedAt('decoder', parameters, targetInput, tf.range(0, length)));
      for (const layer of layerNumbers) {
        const name = `decoder.layers.${layer}`;
        const attendSelf = (normed: tf.Tensor) =>
          multiHeadSelfAttention(parameters, `${name}.self_attn`, normed, batch, heads, { bias, dropout });
        const result = decoderLayer(parameters, name, x, attendSelf, sourceOf(memory, layer), settings(dropout));
        x = result.x;
        weights.push(result.weights);
      }
      return { features: norm(parameters, 'decoder.norm', x), attention: namedHeads(weights) };
    },
    initialState: (_, memory, room) => {
      const batch = parameter(memory, 'mask').shape[0] as number;
      const empty = () => tf.zeros([batch, heads, room, hidden / heads]);
      const caches = layerNumbers.flatMap((layer) => [
        [`layer${layer}.keys`, empty()],
        [`layer${layer}.values`, empty()],
      ]);
      return { step: tf.zeros([batch, 1]), ...Object.fromEntries(caches) };
    },
    widen: (state, room) =>
      Object.fromEntries(
        Object.entries(state).map(([name, x]) => {
          const added = x.rank === 4 ? room - (x.shape[2] as number) : 0;
          const nothing = [0, 0] as [number, number];
          return [name, added === 0 ? x : tf.pad(x, [nothing, nothing, [0, added], nothing])];
        }),
      ),
    packed: (kernels, parameters) => packedLayers(kernels, options, parameters),
    decodeStep: (parameters, memory, state, previous, rows) => {
      const batch = previous.size;
      const step = parameter(state, 'step');
      const next: Record<string, tf.Tensor> = { step: tf.add(step, 1) };
      const weights: tf.Tensor[] = [];
      let x: tf.Tensor = embedAt('decoder', parameters, previous, tf.reshape(step, [batch]));
      const { kernels } = target();
      if (kernels !== undefined && rows !== undefined) {
        const { features, weights, caches } = stepLayers(kernels, options, parameters, x, rows);
        return { features, attention: namedHeads(weights), state: { ...next, ...caches } };
      }
      for (const layer of layerNumbers) {
        const name = `decoder.layers.${layer}`;
        const attendSelf = (normed: tf.Tensor): Attended => {
          const { queries, ...own } = selfHeads(parameters, `${name}.self_attn`, normed, batch, heads);
          const keys = writePlace(parameter(state, `layer${layer}.keys`), own.keys, step);
          const values = writePlace(parameter(state, `layer${layer}.values`), own.values, step);
          Object.assign(next, { [`layer${layer}.keys`]: keys, [`layer${layer}.values`]: values });
          const { context, weights } = attend(queries, keys, values, { bias: emptyBias(keys, step) });
          return { context: mixHeads(parameters, `${name}.self_attn`, context), weights };
        };
        const result = decoderLayer(parameters, name, x, attendSelf, sourceOf(memory, layer), settings(keepAll));
        x = result.x;
        weights.push(result.weights);
      }
      return { features: norm(parameters, 'decoder.norm', x), attention: namedHeads(weights), state: next };
    },
  };
}

type Side = 'encoder' | 'decoder';

/** Embeddings, including those of learned positions. */
function embeddingTables(options: ModelOptions): ParameterTable {
  const { sourceVocabulary, targetVocabulary, hidden, maxPositions } = options;
  return {
    ...scaledEmbeddingParameters('encoder.embedding', sourceVocabulary, hidden),
    ...(!options.shareEmbeddings && scaledEmbeddingParameters('decoder.embedding', targetVocabulary, hidden)),
    ...(options.positions === 'learned' && {
      ...scaledEmbeddingParameters('encoder.positions', maxPositions, hidden),
      ...scaledEmbeddingParameters('decoder.positions', maxPositions, hidden),
    }),
  };
}

function outputParameters(options: ModelOptions): ParameterTable {
  const { targetVocabulary, hidden } = options;
  const output = linearParameters('output', targetVocabulary, hidden);
  if (!options.tieEmbeddings) return output;
  const { 'output.weight': _, ...bias } = output;
  return bias;
}

/** -1e9 for positions after a step, 0 up to it. @param cache [R, h, C, d] @returns [R, 1, 1, C] */
function emptyBias(cache: tf.Tensor, step: tf.Tensor): tf.Tensor4D {
  const [rows, , places] = cache.shape as [number, number, number];
  const empty = tf.cast(tf.greater(tf.range(0, places), step), 'float32');
  return tf.reshape(tf.mul(empty, -1e9), [rows, 1, 1, places]);
}

/**
 * Attention over the source by name: `layer1.head1` and so on, and `attention`, the mean over the last layer's heads.
 * @param weights of each layer [B, h, T, S]
 */
function namedHeads(weights: readonly tf.Tensor[]): Tensors {
  const heads = weights.flatMap((layer, i) =>
    tf.unstack(layer, 1).map((head, k) => [`layer${i + 1}.head${k + 1}`, head] as const),
  );
  return { attention: tf.mean(weights.at(-1) as tf.Tensor, 1), ...Object.fromEntries(heads) };
}
