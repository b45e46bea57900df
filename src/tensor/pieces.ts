import { ROW } from './flat.ts';
import { attribute, dataTypes, type GraphDef, vectorOf } from './graph-def.ts';

/** A contiguous part of a node's output. */
export interface Piece {
  readonly source: string;
  readonly from: number;
  readonly size: number;
  /** The total number of values in the source. */
  readonly total: number;
}

/**
 * Tracks which nodes of a recording are merely parts of another. When they are joined again in order, such as the
 * parameters of one layer for cuDNN and their gradients for the optimiser, they need not be sliced and copied.
 */
export class Pieces {
  readonly #pieces = new Map<string, Piece>();

  /** Declares that a node is a part. */
  add(name: string, piece: Piece): void {
    this.#pieces.set(name, piece);
  }

  /** Declares that a node has the same numbers as another. */
  same(name: string, as: string): void {
    const piece = this.#pieces.get(as);
    if (piece !== undefined) this.#pieces.set(name, piece);
  }

  /**
   * Joins vectors, treating neighbours in one source as one. Undefined, with nothing added, if there are none.
   * @param sizes the number of values in each
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
