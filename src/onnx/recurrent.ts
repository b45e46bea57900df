import type { CellName } from '../layers/recurrent.ts';
import type { HostTensor } from '../tensor/session.ts';
import type { OnnxGraph, Value } from './graph.ts';

/** PyTorch's gates in ONNX's order: r, z, n as z, r, h; i, f, g, o as i, o, f, c. */
const gateOrder = { gru: [1, 0, 2], 'gru-reset-before': [1, 0, 2], lstm: [0, 3, 1, 2] } as const;

/** The input of a recurrent layer. */
export interface LayerInput {
  /** [L, B, I] */
  readonly x: Value;
  /** int32 [B]; by default all steps count. */
  readonly lengths?: Value;
  /** h and, for an LSTM, c, each [directions, B, H]; by default zeros. */
  readonly initial?: readonly Value[];
}

/**
 * A recurrent layer as ONNX's GRU or LSTM.
 * @param suffixes of its parameters: `l0`, and `l0_reverse` for the other direction
 * @returns h after every step [L, directions, B, H], 0 at padding, and the final states [directions, B, H]
 */
export function recurrentLayer(
  graph: OnnxGraph,
  name: string,
  cell: CellName,
  suffixes: readonly string[],
  { x, lengths = '', initial = [] }: LayerInput,
): { readonly outputs: Value; readonly last: readonly Value[] } {
  const order = gateOrder[cell];
  const size = (graph.numbers(`${name}.weight_hh_${suffixes[0]}`).shape as [number, number])[1];
  const stacked = (part: string) =>
    suffixes.map((suffix) => reordered(graph.numbers(`${name}.${part}_${suffix}`), order));
  const weights = (part: string) => graph.initializer(`${name}.${part}_${suffixes[0]}`, () => stack(stacked(part)));
  const biases = graph.initializer(`${name}.bias_${suffixes[0]}`, () => {
    const [input, hidden] = [stacked('bias_ih'), stacked('bias_hh')];
    return stack(input.map((bias, i) => joined([bias, hidden[i] as HostTensor])));
  });
  const [outputs, ...last] = graph.nodes(
    cell === 'lstm' ? 'LSTM' : 'GRU',
    [x, weights('weight_ih'), weights('weight_hh'), biases, lengths, ...initial],
    cell === 'lstm' ? 3 : 2,
    {
      hidden_size: size,
      direction: suffixes.length > 1 ? 'bidirectional' : 'forward',
      ...(cell !== 'lstm' && { linear_before_reset: cell === 'gru' ? 1 : 0 }),
    },
  );
  return { outputs: outputs as Value, last };
}

/** Reorders the rows of the gates. @param tensor [gH, ...] */
function reordered({ shape, data }: HostTensor, order: readonly number[]): HostTensor {
  const length = data.length / order.length;
  const result = new Float32Array(data.length);
  for (const [to, from] of order.entries()) result.set(data.subarray(from * length, (from + 1) * length), to * length);
  return { shape, data: result };
}

/** Stacks tensors of one shape along a new first axis. */
function stack(tensors: readonly HostTensor[]): HostTensor {
  const { shape, data } = joined(tensors);
  return { shape: [tensors.length, (shape[0] as number) / tensors.length, ...shape.slice(1)], data };
}

/** Concatenates tensors along their first axis. */
function joined(tensors: readonly HostTensor[]): HostTensor {
  const [{ shape }] = tensors as [HostTensor];
  const data = new Float32Array(tensors.reduce((sum, tensor) => sum + tensor.data.length, 0));
  let at = 0;
  for (const tensor of tensors) {
    data.set(tensor.data, at);
    at += tensor.data.length;
  }
  const rows = tensors.reduce((sum, tensor) => sum + (tensor.shape[0] as number), 0);
  return { shape: [rows, ...shape.slice(1)], data };
}
