/**
 * Self-attention number by number: loops over plain arrays, nothing hidden. This is what `attn self-attention` shows,
 * and the oracle for tests of the fast version in layers/self-attention.ts.
 */

/** Rows of numbers, all of one length. */
export type Matrix = readonly (readonly number[])[];

/** How similar two vectors are: the sum of the products of their numbers. */
export function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Makes numbers positive with a sum of 1 and emphasises the largest: `exp(x) / sum of exp(x)`. */
export function softmax(scores: readonly number[]): number[] {
  const greatest = Math.max(...scores); // subtracted first, so that no power overflows; the result is the same
  const powers = scores.map((score) => Math.exp(score - greatest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** The sum of all vectors, each multiplied by its weight. */
export function weightedSum(weights: readonly number[], vectors: Matrix): number[] {
  const sum = new Array<number>((vectors[0] as readonly number[]).length).fill(0);
  for (const [j, vector] of vectors.entries()) {
    for (const [i, number] of vector.entries()) sum[i] = (sum[i] as number) + (weights[j] as number) * number;
  }
  return sum;
}

/** W x for every x: each number of the result is one row of W dotted with x. */
export function transform(weight: Matrix, inputs: Matrix): number[][] {
  return inputs.map((x) => weight.map((row) => dot(row, x)));
}

/** The scores of every query (row) against every key (column). */
export function scoreAll(queries: Matrix, keys: Matrix): number[][] {
  return queries.map((query) => keys.map((key) => dot(query, key)));
}

/** Scores with minus infinity wherever the key comes after the query: exp turns it into a weight of 0. */
export function hideFuture(scores: Matrix): number[][] {
  return scores.map((row, i) => row.map((score, j) => (j <= i ? score : Number.NEGATIVE_INFINITY)));
}

/** The result of self-attention without trainable weights. */
export interface Simplified {
  readonly scores: Matrix;
  readonly weights: Matrix;
  readonly context: Matrix;
}

/** Self-attention without trainable weights: the inputs are queries, keys and values at once. */
export function simplifiedByLoops(inputs: Matrix): Simplified {
  const scores = scoreAll(inputs, inputs);
  const weights = scores.map(softmax);
  const context = weights.map((row) => weightedSum(row, inputs));
  return { scores, weights, context };
}

/** W_q, W_k and W_v, each d x D: they turn an input of D numbers into a query, a key and a value of d numbers. */
export interface Projections {
  readonly query: Matrix;
  readonly key: Matrix;
  readonly value: Matrix;
}

/** The result of self-attention with trainable weights, step by step. */
export interface Trainable extends Simplified {
  readonly queries: Matrix;
  readonly keys: Matrix;
  readonly values: Matrix;
  /** The scores divided by sqrt(d) and, in causal attention, with the future hidden: the input of the softmax. */
  readonly scaled: Matrix;
  /** The weights that make the context, if some were dropped. */
  readonly dropped?: Matrix;
}

/** How self-attention with trainable weights differs from the plain one. */
export interface TrainableSettings {
  /** No position sees a later one. */
  readonly causal?: boolean;
  /** Dropout: the factor of each weight, 0 or 1 / (1 - rate). */
  readonly dropout?: Matrix;
}

/** Self-attention with trainable weights, after Vaswani et al. 2017: `softmax(Q K^T / sqrt(d)) V`. */
export function trainableByLoops(
  inputs: Matrix,
  projections: Projections,
  { causal = false, dropout }: TrainableSettings = {},
): Trainable {
  const queries = transform(projections.query, inputs);
  const keys = transform(projections.key, inputs);
  const values = transform(projections.value, inputs);
  const scores = scoreAll(queries, keys);
  const smaller = scores.map((row) => row.map((score) => score / Math.sqrt(projections.key.length)));
  const scaled = causal ? hideFuture(smaller) : smaller;
  const weights = scaled.map(softmax);
  const dropped = dropout && weights.map((row, i) => row.map((weight, j) => weight * (dropout[i]?.[j] as number)));
  const context = (dropped ?? weights).map((row) => weightedSum(row, values));
  return { queries, keys, values, scores, scaled, weights, ...(dropped && { dropped }), context };
}

/** The result of multi-head attention. */
export interface MultiHead {
  /** Each head: its own attention, with its own rows of the projections. */
  readonly heads: readonly Trainable[];
  /** The heads' contexts, concatenated. */
  readonly joined: Matrix;
  /** W_o applied to them: the heads mixed. */
  readonly context: Matrix;
}

/**
 * Multi-head self-attention: the rows of W_q, W_k and W_v are divided among the heads, each attends by itself, and W_o
 * mixes their results.
 * @param projections each D' x D, with D' a multiple of `heads`
 * @param output W_o
 * @param settings `dropout` has one matrix per head
 */
export function multiHeadByLoops(
  inputs: Matrix,
  projections: Projections,
  output: Matrix,
  heads: number,
  { causal = false, dropout }: { readonly causal?: boolean; readonly dropout?: readonly Matrix[] } = {},
): MultiHead {
  const size = projections.query.length / heads;
  const results = Array.from({ length: heads }, (_, head) => {
    const own = (weight: Matrix) => weight.slice(head * size, (head + 1) * size);
    const { query, key, value } = projections;
    const mask = dropout?.[head];
    return trainableByLoops(
      inputs,
      { query: own(query), key: own(key), value: own(value) },
      { causal, ...(mask && { dropout: mask }) },
    );
  });
  const joined = inputs.map((_, i) => results.flatMap(({ context }) => context[i] as readonly number[]));
  return { heads: results, joined, context: transform(output, joined) };
}
