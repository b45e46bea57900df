import { InputError } from '../support/errors.ts';
import { Random } from '../support/random.ts';
import { type Matrix, multiHeadByLoops, simplifiedByLoops, type Trainable, trainableByLoops } from './loops.ts';
import type { AttentionStep } from './steps.ts';

/** The four mechanisms, each built on the previous one. */
export const selfAttentionVariants = ['simplified', 'trainable', 'causal', 'multi-head'] as const;
export type SelfAttentionVariant = (typeof selfAttentionVariants)[number];

/** Tokens and the vector of each. */
export interface AttentionInputs {
  readonly tokens: readonly string[];
  readonly vectors: Matrix;
}

/** The settings of an explanation. */
export interface ExplanationOptions {
  readonly variant: SelfAttentionVariant;
  /** The token that is explained by itself before all together: from 1. */
  readonly query: number;
  /** The size of a query, a key and a value; of all heads together. */
  readonly size: number;
  readonly heads: number;
  /** The dropout rate of the weights. */
  readonly dropout: number;
  /** For the weight matrices and dropout. */
  readonly seed: number;
}

/** A mechanism at work on a sentence. */
export interface Explanation {
  readonly steps: readonly AttentionStep[];
  /** The attention weights, for each head if there are several. */
  readonly weights: readonly Matrix[];
}

/**
 * Computes self-attention for a sentence and keeps every intermediate table.
 * @throws InputError for a query that does not exist, or heads that cannot share the size evenly
 */
export function explainSelfAttention(inputs: AttentionInputs, options: ExplanationOptions): Explanation {
  const { tokens, vectors } = inputs;
  const { variant, query, size, heads, seed, dropout } = options;
  if (query > tokens.length) {
    throw new InputError(`there are ${tokens.length} tokens`, {
      where: `--query ${query}`,
      remedy: 'choose one of them',
    });
  }
  const start = tablesOf(tokens).vectors('inputs', 'inputs', 'x_i, one vector per token', vectors);
  if (variant === 'simplified') {
    const { steps, weights } = simplified(inputs, query - 1);
    return { steps: [start, ...steps], weights: [weights] };
  }
  const inputSize = (vectors[0] as readonly number[]).length;
  const projections = {
    query: drawMatrix(size, inputSize, seed, 'query'),
    key: drawMatrix(size, inputSize, seed, 'key'),
    value: drawMatrix(size, inputSize, seed, 'value'),
  };
  const drawn = [
    start,
    matrixStep('W_q', projections.query, seed),
    matrixStep('W_k', projections.key, seed),
    matrixStep('W_v', projections.value, seed),
  ];
  const masks = Array.from({ length: heads }, (_, head) => dropoutMask(tokens.length, dropout, seed, head));
  if (variant !== 'multi-head') {
    const causal = variant === 'causal';
    const result = trainableByLoops(vectors, projections, {
      causal,
      ...(dropout > 0 && { dropout: masks[0] as Matrix }),
    });
    return { steps: [...drawn, ...trainableSteps(tokens, result, query - 1, causal)], weights: [result.weights] };
  }
  if (size % heads !== 0) {
    throw new InputError(`${heads} heads cannot share ${size} numbers evenly`, {
      where: `--heads ${heads}`,
      remedy: `choose --heads so that it divides --size (${size})`,
    });
  }
  const output = drawMatrix(size, size, seed, 'output');
  const result = multiHeadByLoops(vectors, projections, output, heads, dropout > 0 ? { dropout: masks } : {});
  const { vectors: step } = tablesOf(tokens);
  return {
    steps: [
      ...drawn,
      matrixStep('W_o', output, seed),
      ...result.heads.flatMap((head, i) => trainableSteps(tokens, head, query - 1, false, `head${i + 1}`)),
      step('joined', 'contexts of all heads', 'side by side', result.joined),
      step('context', 'context vectors', 'W_o applied to each of them', result.context),
    ],
    weights: result.heads.map(({ weights }) => weights),
  };
}

/** The approach of the seed notebooks: one query by itself, then all at once. */
function simplified({ tokens, vectors }: AttentionInputs, query: number): { steps: AttentionStep[]; weights: Matrix } {
  const result = simplifiedByLoops(vectors);
  const i = query + 1;
  const token = `token ${i}`;
  const ofQuery = (matrix: Matrix) => [matrix[query] as readonly number[]];
  const [scores] = ofQuery(result.scores) as [readonly number[]];
  const total = scores.reduce((sum, score) => sum + score, 0);
  const all = tablesOf(tokens);
  const one = tablesOf(tokens, [tokens[query] as string]);
  const steps = [
    one.pairs('queryScores', `scores of ${token}`, `ω_${i}j = x_${i} · x_j`, [scores]),
    one.shares('queryShares', 'normalised to add up to 1', `ω_${i}j / Σ_k ω_${i}k`, [
      scores.map((score) => score / total),
    ]),
    one.shares('queryWeights', 'better: softmax', `α_${i}j = exp(ω_${i}j) / Σ_k exp(ω_${i}k)`, ofQuery(result.weights)),
    one.vectors('queryContext', `context vector of ${token}`, `z_${i} = Σ_j α_${i}j x_j`, ofQuery(result.context)),
    all.pairs('scores', 'all scores', 'Ω = X Xᵀ', result.scores),
    all.shares('weights', 'all weights', 'A = softmax(Ω), row by row', result.weights),
    all.vectors('context', 'all context vectors', 'Z = A X', result.context),
  ];
  return { steps, weights: result.weights };
}

/** @param head whose tables these are, if there are several: `head1` */
function trainableSteps(
  tokens: readonly string[],
  result: Trainable,
  query: number,
  causal: boolean,
  head?: string,
): AttentionStep[] {
  const { queries, keys, values, scores, scaled, weights, dropped, context } = result;
  const i = query + 1;
  const d = (keys[0] as readonly number[]).length;
  const all = tablesOf(tokens);
  const one = tablesOf(tokens, [tokens[query] as string]);
  const hidden = causal ? ', minus infinity for later tokens' : '';
  const steps = [
    all.vectors('queries', 'queries', 'q_i = W_q x_i', queries),
    all.vectors('keys', 'keys', 'k_i = W_k x_i', keys),
    all.vectors('values', 'values', 'v_i = W_v x_i', values),
    one.pairs('queryScores', `scores of token ${i}`, `ω_${i}j = q_${i} · k_j`, [scores[query] as readonly number[]]),
    all.pairs('scores', 'all scores', 'Ω = Q Kᵀ', scores),
    all.pairs('scaled', 'scaled scores', `Ω / √d with d = ${d}${hidden}`, scaled),
    all.shares('weights', 'weights', 'A = softmax, row by row', weights),
    ...(dropped ? [all.shares('dropped', 'weights after dropout', '0, or divided by 1 - rate', dropped)] : []),
    all.vectors('context', 'context vectors', 'z_i = Σ_j α_ij v_j', context),
  ];
  if (head === undefined) return steps;
  return steps.map((step) => ({ ...step, name: `${head}.${step.name}`, title: `${step.title} of ${head}` }));
}

/** Step makers: vectors have numbered columns; pairs have one column per token; shares are pairs that sum to 1. */
function tablesOf(tokens: readonly string[], rows = tokens) {
  type Make = (name: string, title: string, formula: string, values: Matrix) => AttentionStep;
  const vectors: Make = (name, title, formula, values) => {
    const columns = numbered((values[0] as readonly number[]).length);
    return { name, title, formula, rows, columns, values };
  };
  const pairs: Make = (name, title, formula, values) => ({ name, title, formula, rows, columns: tokens, values });
  const shares: Make = (...step) => ({ ...pairs(...step), sums: true });
  return { vectors, pairs, shares };
}

function matrixStep(name: string, values: Matrix, seed: number): AttentionStep {
  const formula = `learned in training; random here, with seed ${seed}`;
  const columns = numbered((values[0] as readonly number[]).length);
  return { name, title: name, formula, rows: numbered(values.length), columns, values };
}

/** Uniform in +-1/sqrt(columns), like the initial values of PyTorch's nn.Linear. */
function drawMatrix(rows: number, columns: number, seed: number, name: string): number[][] {
  const random = new Random(seed, 'self-attention', name);
  const draw = () => (2 * random.uniform() - 1) / Math.sqrt(columns);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, draw));
}

/** The factor of each weight. */
function dropoutMask(length: number, rate: number, seed: number, head: number): number[][] {
  const random = new Random(seed, 'self-attention', 'dropout', head);
  const draw = () => (random.uniform() < rate ? 0 : 1 / (1 - rate));
  return Array.from({ length }, () => Array.from({ length }, draw));
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i + 1));
}
