import { outputWeight, targetEmbedding } from '../models/decoder.ts';
import { cellName, cellOf } from '../models/encoder.ts';
import type { ModelOptions } from '../models/seq2seq.ts';
import type { OnnxGraph, Value } from './graph.ts';
import { operations } from './operations.ts';
import { recurrentLayer } from './recurrent.ts';

/** The parts of a cell's state, by their names in inputs and outputs. */
const parts = ['hidden', 'cell'] as const;

function stateParts(options: ModelOptions): readonly string[] {
  return cellOf(options) === 'lstm' ? parts : parts.slice(0, 1);
}

function stateName(prefix: string, layer: number, part: string): string {
  return `${prefix}.${layer}.decoder.${part}`;
}

/** A recurrent model's encoder (models/encoder.ts), and everything else that depends only on the source. */
export function recurrentEncoder(graph: OnnxGraph, options: ModelOptions): void {
  const { hidden, layers, bidirectional, score, inputFeeding, window } = options;
  const op = operations(graph);
  const ids = graph.input('input_ids', 'int64', ['batch', 'source']);
  const mask = graph.input('attention_mask', 'int64', ['batch', 'source']);
  const lengths = graph.node('Cast', [op.reshape(op.sum(mask, 1), [-1])], { to: 6 });
  let x = op.transpose(op.gather(graph.parameter('encoder.embedding.weight'), ids), [1, 0, 2]);
  const initial: Value[][] = [];
  for (let layer = 0; layer < layers; layer++) {
    const suffixes = bidirectional ? [`l${layer}`, `l${layer}_reverse`] : [`l${layer}`];
    const name = cellName('encoder', options);
    const { outputs, last } = recurrentLayer(graph, name, cellOf(options), suffixes, { x, lengths });
    // [L, directions, B, H] to [L, B, directions H]
    x = op.reshape(op.transpose(outputs, [0, 2, 1, 3]), [0, 0, hidden * suffixes.length]);
    initial.push(
      last.map((state) => {
        const both = op.reshape(op.transpose(state, [1, 0, 2]), [0, hidden * suffixes.length]);
        return bidirectional ? op.tanh(op.linear(both, `bridge.l${layer}`, true)) : both;
      }),
    );
  }
  if (bidirectional && score !== 'none') x = op.linear(x, 'encoder.projection');
  const states = op.transpose(x, [1, 0, 2]);
  graph.output('last_hidden_state', states, [
    'batch',
    'source',
    bidirectional && score === 'none' ? 2 * hidden : hidden,
  ]);
  const keys = keysOf(graph, options, states);
  if (keys !== undefined) graph.output('past_key_values.encoder.key', keys, ['batch', 'source', hidden]);
  for (const [layer, state] of initial.entries()) {
    for (const [i, part] of stateParts(options).entries()) {
      graph.output(stateName('past_key_values', layer, part), state[i] as Value, ['batch', hidden]);
    }
  }
  const zeros = (size: number) => op.mul(op.toFloat(op.concat(new Array(size).fill(op.sum(mask, 1)), 1)), 0);
  if (inputFeeding) graph.output('past_key_values.decoder.fed', zeros(hidden), ['batch', hidden]);
  if (window === 'local-m') graph.output('past_key_values.decoder.step', zeros(1), ['batch', 1]);
}

/** What the decoder's state is compared with; undefined for the states themselves. */
function keysOf(graph: OnnxGraph, { score, hidden }: ModelOptions, states: Value): Value | undefined {
  const op = operations(graph);
  if (score === 'general') return op.project(states, 'attention.general.weight');
  if (score === 'bahdanau') return op.project(states, 'attention.key.weight');
  if (score === 'concat') return op.matmul(states, halfOf(graph, hidden, 1));
  return undefined;
}

/** The half of concat's W_a [H, 2H] for h_t (0) or h_s (1), transposed: [H, H]. */
function halfOf(graph: OnnxGraph, size: number, half: 0 | 1): Value {
  const name = 'attention.concat.weight';
  const [start, end] = [half * size, (half + 1) * size];
  const inputs = [graph.parameter(name), graph.integers([start]), graph.integers([end]), graph.integers([1])];
  return graph.node('Transpose', [graph.node('Slice', inputs)], { perm: [1, 0] });
}

/** One step of a recurrent model's decoder (models/plain.ts, luong.ts, bahdanau.ts). */
export function recurrentDecoder(graph: OnnxGraph, options: ModelOptions): void {
  const { hidden, layers, score, inputFeeding, window } = options;
  const op = operations(graph);
  const attends = score !== 'none';
  const ids = graph.input('input_ids', 'int64', ['batch', 1]);
  // a plain model does not look at the source
  const mask = attends ? graph.input('encoder_attention_mask', 'int64', ['batch', 'source']) : '';
  const states = attends ? graph.input('encoder_hidden_states', 'float', ['batch', 'source', hidden]) : '';
  const hasKeys = score === 'general' || score === 'concat' || score === 'bahdanau';
  const keys = hasKeys ? graph.input('past_key_values.encoder.key', 'float', ['batch', 'source', hidden]) : states;
  const state = Array.from({ length: layers }, (_, layer) =>
    stateParts(options).map((part) =>
      graph.input(stateName('past_key_values', layer, part), 'float', ['batch', hidden]),
    ),
  );
  const fed = inputFeeding ? graph.input('past_key_values.decoder.fed', 'float', ['batch', hidden]) : undefined;
  const step = window === 'local-m' ? graph.input('past_key_values.decoder.step', 'float', ['batch', 1]) : undefined;

  const attend = (query: Value) => {
    const scores = scoresOf(graph, options, query, keys);
    const weights = weightsOf(graph, options, { scores, mask, query, step });
    return { weights, context: op.matmul(weights, states) };
  };
  let x = op.gather(graph.parameter(targetEmbedding(options)), ids);
  let weights: Value | undefined;
  if (score === 'bahdanau') {
    const before = attend(op.unsqueeze(state[layers - 1]?.[0] as Value, 1));
    weights = before.weights;
    x = op.concat([x, before.context], 2);
  }
  if (fed !== undefined) x = op.concat([x, op.unsqueeze(fed, 1)], 2);
  // time first: [1, B, E]
  x = op.transpose(x, [1, 0, 2]);
  for (let layer = 0; layer < layers; layer++) {
    const initial = (state[layer] as Value[]).map((part) => op.unsqueeze(part, 0));
    const { outputs, last } = recurrentLayer(graph, cellName('decoder', options), cellOf(options), [`l${layer}`], {
      x,
      initial,
    });
    x = op.squeeze(outputs, 1);
    for (const [i, part] of stateParts(options).entries()) {
      graph.output(stateName('present', layer, part), op.squeeze(last[i] as Value, 0), ['batch', hidden]);
    }
  }
  let features = op.transpose(x, [1, 0, 2]);
  if (attends && score !== 'bahdanau') {
    const after = attend(features);
    weights = after.weights;
    features = op.tanh(op.linear(op.concat([after.context, features], 2), 'attention.output'));
  }
  if (fed !== undefined) graph.output('present.decoder.fed', op.squeeze(features, 1), ['batch', hidden]);
  if (step !== undefined) graph.output('present.decoder.step', op.add(step, 1), ['batch', 1]);
  if (weights !== undefined) graph.output('cross_attention', weights, ['batch', 1, 'source']);
  const logits = op.add(op.project(features, outputWeight(options)), graph.parameter('output.bias'));
  graph.output('logits', logits, ['batch', 1, options.targetVocabulary]);
}

/** Scores of a step against every source position (layers/score-functions.ts). @param query [B, 1, H] @returns [B, 1, S] */
function scoresOf(graph: OnnxGraph, { score, hidden, maxPositions }: ModelOptions, query: Value, keys: Value): Value {
  const op = operations(graph);
  if (score === 'concat' || score === 'bahdanau') {
    const projected =
      score === 'concat' ? op.matmul(query, halfOf(graph, hidden, 0)) : op.project(query, 'attention.query.weight');
    return op.transpose(op.project(op.tanh(op.add(projected, keys)), 'attention.energy.weight'), [0, 2, 1]);
  }
  if (score !== 'location') return op.matmul(query, op.transpose(keys, [0, 2, 1]));
  // as many positions as the source has; those beyond the model's own get no weight
  const known = op.project(query, 'attention.location.weight');
  const length = op.size(keys, 1);
  const missing = op.max(op.sub(length, graph.integers([maxPositions])), graph.integers([0]));
  const pads = op.concat([graph.integers([0, 0, 0, 0, 0]), missing], 0);
  const padded = graph.node('Pad', [known, pads, graph.scalar(-1e9)]);
  return graph.node('Slice', [padded, graph.integers([0]), length, graph.integers([2])]);
}

interface WeightsInput {
  /** [B, 1, S] */
  readonly scores: Value;
  /** int64 [B, S] */
  readonly mask: Value;
  /** [B, 1, H] */
  readonly query: Value;
  /** [B, 1], for local-m */
  readonly step: Value | undefined;
}

/** Attention weights inside their window (layers/attention-window.ts). @returns [B, 1, S] */
function weightsOf(graph: OnnxGraph, options: ModelOptions, { scores, mask, query, step }: WeightsInput): Value {
  const op = operations(graph);
  const bias = (inside: Value) => op.mul(op.sub(op.toFloat(inside), 1), 1e9);
  const { window, windowSize: reach } = options;
  if (window === 'global') return op.softmax(op.add(scores, op.unsqueeze(bias(mask), 1)));
  const count = op.squeeze(op.size(mask, 1), 0);
  const range = graph.node('Range', [graph.integers([0], []), count, graph.integers([1], [])]);
  const positions = op.reshape(op.toFloat(range), [1, 1, -1]);
  // without </s>, which even a sentence without words has: [B, 1, 1]
  const lengths = op.unsqueeze(op.max(op.sub(op.toFloat(op.sum(mask, 1)), 1), 1), 2);
  const center =
    step === undefined
      ? op.mul(
          lengths,
          op.sigmoid(op.linear(op.tanh(op.linear(query, 'attention.position')), 'attention.position.energy')),
        )
      : op.min(op.unsqueeze(step, 2), op.sub(lengths, 1));
  const distance = op.sub(positions, center);
  const near = graph.node('LessOrEqual', [graph.node('Abs', [distance]), graph.scalar(reach)]);
  const inside = graph.node('And', [near, graph.node('Less', [positions, lengths])]);
  const weights = op.softmax(op.add(scores, bias(inside)));
  if (window === 'local-m') return weights;
  return op.mul(weights, graph.node('Exp', [op.mul(op.mul(distance, distance), -2 / reach ** 2)]));
}
