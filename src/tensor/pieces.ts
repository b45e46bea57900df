import { ROW } from './flat.ts';
import { attribute, dataTypes, type GraphDef, vectorOf } from './graph-def.ts';

/** Part of the numbers of a node's output, in their order. */
export interface Piece {
  readonly source: string;
  readonly from: number;
  readonly size: number;
  /** How many numbers the source has. */
  readonly total: number;
}

/**
 * Which nodes of a recording are nothing but parts of another. Joined again in their order, as the parameters of one layer
 * are for cuDNN and their gradients for the optimiser, they need not be taken out and copied.
 */
export class Pieces {
  readonly #pieces = new Map<string, Piece>();

  /** Says that a node is a part. */
  add(name: string, piece: Piece): void {
    this.#pieces.set(name, piece);
  }

  /** Says that a node has the numbers of another. */
  same(name: string, as: string): void {
    const piece = this.#pieces.get(as);
    if (piece !== undefined) this.#pieces.set(name, piece);
  }

  /**
   * Adds what joins vectors, neighbours in one source as one. Undefined where there are none: nothing is added then.
   * @param sizes how many numbers each has
   */
  join(graph: GraphDef, names: readonly string[], sizes: readonly number[]): string | undefined {
    const runs = this.#runs(names, sizes).map(({ names, source, from, size, total }) => {
      if (names.length === 1) return names;
      if (size === total) return [reshape(graph, source, [size])];
      // rows of a flat variable are a view of its memory
      if ([from, size, total].some((n) => n % ROW !== 0)) return names;
      const table = reshape(graph, source, [total / ROW, ROW]);
      const bounds = [vectorOf(graph, [from / ROW, 0]), vectorOf(graph, [size / ROW, ROW])];
      return [reshape(graph, graph.node('Slice', [table, ...bounds], { T: float, Index: int }), [size])];
    });
    const nodes = runs.flat();
    if (nodes.length === names.length) return undefined;
    if (nodes.length === 1) return nodes[0];
    const attributes = { N: attribute.integer(nodes.length), T: float, Tidx: int };
    return graph.node('ConcatV2', [...nodes, vectorOf(graph, [0], [])], attributes);
  }

  #runs(names: readonly string[], sizes: readonly number[]): (Piece & { readonly names: string[] })[] {
    const runs: (Piece & { names: string[] })[] = [];
    for (const [i, name] of names.entries()) {
      const size = sizes[i] as number;
      const piece = this.#pieces.get(name) ?? { source: name, from: 0, size, total: size };
      const last = runs.at(-1);
      if (last !== undefined && last.source === piece.source && last.from + last.size === piece.from) {
        runs[runs.length - 1] = { ...last, size: last.size + piece.size, names: [...last.names, name] };
      } else runs.push({ ...piece, names: [name] });
    }
    return runs;
  }
}

function reshape(graph: GraphDef, name: string, shape: readonly number[]): string {
  return graph.node('Reshape', [name, vectorOf(graph, shape)], { T: float, Tshape: int });
}

const float = attribute.type(dataTypes.float32);
const int = attribute.type(dataTypes.int32);
