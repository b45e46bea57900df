/** Describes a parameter: its shape and how its initial values are drawn. */
export interface ParameterInfo {
  readonly shape: readonly number[];
  /**
   * The layer it belongs to: `embedding` starts from a unit normal, `recurrent` from +-1/sqrt(H), `linear` from
   * +-1/sqrt(fan-in), like PyTorch's layers; `glorot` from +-sqrt(6 / (rows + columns)), like its transformer;
   * `scaled-embedding` from a normal of variance 1/E, for embeddings that are multiplied by sqrt(E). `fan` is the H,
   * the fan-in or the E.
   */
  readonly layer: 'embedding' | 'scaled-embedding' | 'recurrent' | 'linear' | 'glorot' | 'zeros' | 'ones';
  readonly fan: number;
}

/** A model's parameters by name, in a fixed order. */
export type ParameterTable = Readonly<Record<string, ParameterInfo>>;

/** A linear layer's weight [O, I], and its bias [O] unless left out. */
export function linearParameters(name: string, outputs: number, inputs: number, bias = true): ParameterTable {
  return {
    [`${name}.weight`]: { shape: [outputs, inputs], layer: 'linear', fan: inputs },
    ...(bias && { [`${name}.bias`]: { shape: [outputs], layer: 'linear', fan: inputs } }),
  };
}

/** An embedding's table [V, E]. */
export function embeddingParameters(name: string, vocabulary: number, size: number): ParameterTable {
  return { [`${name}.weight`]: { shape: [vocabulary, size], layer: 'embedding', fan: size } };
}

/** An embedding's table that is multiplied by sqrt(E) when it is read [V, E]. */
export function scaledEmbeddingParameters(name: string, vocabulary: number, size: number): ParameterTable {
  return { [`${name}.weight`]: { shape: [vocabulary, size], layer: 'scaled-embedding', fan: size } };
}
