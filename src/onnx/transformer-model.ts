import { outputWeight, targetEmbedding } from '../models/decoder.ts';
import type { ModelOptions } from '../models/seq2seq.ts';
import type { OnnxGraph, Value } from './graph.ts';
import { operations } from './operations.ts';

/** PyTorch's epsilon (tensor/ops/layer-norm.ts). */
const EPSILON = 1e-5;

/** A transformer's encoder (models/transformer.ts), and the keys and values for the decoder's layers. */
export function transformerEncoder(graph: OnnxGraph, options: ModelOptions): void {
  const { hidden, heads, layers } = options;
  const { op, embedAt, norm, attend, heads: byHead, merge, feedForward } = layersOf(graph, options);
  const ids = graph.input('input_ids', 'int64', ['batch', 'source']);
  const mask = graph.input('attention_mask', 'int64', ['batch', 'source']);
  const bias = paddingBias(graph, mask);
  const length = op.squeeze(op.size(ids, 1), 0);
  const places = op.toFloat(graph.node('Range', [graph.integers([0], []), length, graph.integers([1], [])]));
  let x = embedAt('encoder', 'encoder.embedding.weight', ids, places);
  for (let layer = 0; layer < layers; layer++) {
    const name = `encoder.layers.${layer}`;
    const normed = norm(`${name}.norm1`, x);
    const [queries, keys, values] = byHead(`${name}.self_attn`, normed, [0, 1, 2]) as [Value, Value, Value];
    x = op.add(x, merge(`${name}.self_attn`, attend(queries, keys, values, bias).context));
    x = op.add(x, feedForward(name, norm(`${name}.norm2`, x)));
  }
  const states = norm('encoder.norm', x);
  graph.output('last_hidden_state', states, ['batch', 'source', hidden]);
  const size = hidden / heads;
  const batch = op.size(ids, 0);
  const nothing = graph.node('ConstantOfShape', [op.concat([batch, graph.integers([heads, 0, size])], 0)]);
  for (let layer = 0; layer < layers; layer++) {
    const [keys, values] = byHead(`decoder.layers.${layer}.multihead_attn`, states, [1, 2]) as [Value, Value];
    for (const [part, value] of [
      ['key', keys],
      ['value', values],
    ] as const) {
      graph.output(`past_key_values.${layer}.decoder.${part}`, nothing, ['batch', heads, 'past', size]);
      graph.output(`past_key_values.${layer}.encoder.${part}`, value, ['batch', heads, 'source', size]);
    }
  }
}

/** One step of a transformer's decoder: the keys and values of the previous words grow by one. */
export function transformerDecoder(graph: OnnxGraph, options: ModelOptions): void {
  const { hidden, heads, layers } = options;
  const { op, embedAt, norm, attend, heads: byHead, merge, feedForward } = layersOf(graph, options);
  const ids = graph.input('input_ids', 'int64', ['batch', 1]);
  const bias = paddingBias(graph, graph.input('encoder_attention_mask', 'int64', ['batch', 'source']));
  const past = (layer: number, side: 'encoder' | 'decoder', part: 'key' | 'value') => {
    const length = side === 'encoder' ? 'source' : 'past';
    return graph.input(`past_key_values.${layer}.${side}.${part}`, 'float', ['batch', heads, length, hidden / heads]);
  };
  const caches = Array.from({ length: layers }, (_, layer) => ({
    source: [past(layer, 'encoder', 'key'), past(layer, 'encoder', 'value')] as const,
    own: [past(layer, 'decoder', 'key'), past(layer, 'decoder', 'value')] as const,
  }));
  const place = op.toFloat(op.size(caches[0]?.own[0] as Value, 2));
  let x = embedAt('decoder', targetEmbedding(options), ids, place);
  let weights = '';
  for (const [layer, { source, own }] of caches.entries()) {
    const name = `decoder.layers.${layer}`;
    const normed = norm(`${name}.norm1`, x);
    const [queries, ...added] = byHead(`${name}.self_attn`, normed, [0, 1, 2]) as [Value, Value, Value];
    const [keys, values] = own.map((cache, i) => op.concat([cache, added[i] as Value], 2)) as [Value, Value];
    graph.output(`present.${layer}.decoder.key`, keys, ['batch', heads, 'present', hidden / heads]);
    graph.output(`present.${layer}.decoder.value`, values, ['batch', heads, 'present', hidden / heads]);
    x = op.add(x, merge(`${name}.self_attn`, attend(queries, keys, values).context));
    const [asked] = byHead(`${name}.multihead_attn`, norm(`${name}.norm2`, x), [0]) as [Value];
    const found = attend(asked, ...source, bias);
    weights = found.weights;
    x = op.add(x, merge(`${name}.multihead_attn`, found.context));
    x = op.add(x, feedForward(name, norm(`${name}.norm3`, x)));
  }
  graph.output('cross_attention', graph.node('ReduceMean', [weights], { axes: [1], keepdims: 0 }), [
    'batch',
    1,
    'source',
  ]);
  const logits = op.add(op.project(norm('decoder.norm', x), outputWeight(options)), graph.parameter('output.bias'));
  graph.output('logits', logits, ['batch', 1, options.targetVocabulary]);
}

/** -1e9 for padding. @param mask int64 [B, S] @returns [B, 1, 1, S] */
function paddingBias(graph: OnnxGraph, mask: Value): Value {
  const op = operations(graph);
  return graph.node('Unsqueeze', [op.mul(op.sub(op.toFloat(mask), 1), 1e9), graph.integers([1, 2])]);
}

/** The layers of a transformer (layers/transformer.ts, self-attention.ts, positions.ts) over [B, L, D]. */
function layersOf(graph: OnnxGraph, { hidden, heads, activation, positions, maxPositions }: ModelOptions) {
  const op = operations(graph);
  const size = hidden / heads;

  /** Words and their positions. @param places [L] */
  const embedAt = (side: 'encoder' | 'decoder', table: string, ids: Value, places: Value): Value => {
    const words = op.mul(op.gather(graph.parameter(table), ids), Math.sqrt(hidden));
    if (positions === 'sinusoidal') return op.add(words, sinusoids(places));
    const last = graph.node('Cast', [op.min(places, maxPositions - 1)], { to: 7 });
    return op.add(words, op.gather(graph.parameter(`${side}.positions.weight`), last));
  };

  /** @param places [L] @returns [L, D] */
  const sinusoids = (places: Value): Value => {
    const half = Math.ceil(hidden / 2);
    const rates = graph.initializer('sinusoid_rates', () => ({
      shape: [1, half],
      data: Float32Array.from({ length: half }, (_, i) => 10000 ** ((-2 * i) / hidden)),
    }));
    const angles = op.unsqueeze(op.mul(op.reshape(places, [-1, 1]), rates), 2);
    const both = op.concat([graph.node('Sin', [angles]), graph.node('Cos', [angles])], 2);
    const rows = op.reshape(both, [-1, 2 * half]);
    if (hidden % 2 === 0) return rows;
    return graph.node('Slice', [rows, graph.integers([0]), graph.integers([hidden]), graph.integers([1])]);
  };

  const norm = (name: string, x: Value): Value =>
    graph.node('LayerNormalization', [x, graph.parameter(`${name}.weight`), graph.parameter(`${name}.bias`)], {
      axis: -1,
      epsilon: { float: EPSILON },
    });

  /** Queries (0), keys (1) or values (2) by head: [B, h, L, d]. */
  const byHead = (name: string, x: Value, wanted: readonly (0 | 1 | 2)[]): Value[] =>
    wanted.map((part) => {
      const rows = (parameter: string) => {
        const bounds = [graph.integers([part * hidden]), graph.integers([(part + 1) * hidden]), graph.integers([0])];
        return graph.node('Slice', [graph.parameter(`${name}.${parameter}`), ...bounds]);
      };
      const projected = op.add(op.matmul(x, op.transpose(rows('in_proj_weight'), [1, 0])), rows('in_proj_bias'));
      return op.transpose(op.reshape(projected, [0, 0, heads, size]), [0, 2, 1, 3]);
    });

  const attend = (queries: Value, keys: Value, values: Value, bias?: Value) => {
    const scores = op.mul(op.matmul(queries, op.transpose(keys, [0, 1, 3, 2])), 1 / Math.sqrt(size));
    const weights = op.softmax(bias === undefined ? scores : op.add(scores, bias));
    return { weights, context: op.matmul(weights, values) };
  };

  /** The heads' contexts, concatenated and mixed. @param context [B, h, L, d] */
  const merge = (name: string, context: Value): Value =>
    op.linear(op.reshape(op.transpose(context, [0, 2, 1, 3]), [0, 0, hidden]), `${name}.out_proj`, true);

  const activate = (x: Value): Value => {
    if (activation === 'relu') return graph.node('Relu', [x]);
    return op.mul(op.mul(x, 0.5), op.add(graph.node('Erf', [op.mul(x, Math.SQRT1_2)]), 1));
  };

  const feedForward = (name: string, x: Value): Value =>
    op.linear(activate(op.linear(x, `${name}.linear1`, true)), `${name}.linear2`, true);

  return { op, embedAt, norm, attend, heads: byHead, merge, feedForward };
}
