import type { ParameterInfo } from '../layers/parameters.ts';
import { Random } from '../support/random.ts';
import type { HostTensor } from '../tensor/session.ts';
import { bahdanauModel } from './bahdanau.ts';
import { luongModel } from './luong.ts';
import { plainModel } from './plain.ts';
import type { ModelOptions, Seq2Seq } from './seq2seq.ts';
import { transformerModel } from './transformer.ts';

/** Creates the model described by a run's options. */
export function createModel(options: ModelOptions): Seq2Seq {
  if (options.arch === 'transformer') return transformerModel(options);
  if (options.score === 'none') return plainModel(options);
  if (options.score === 'bahdanau') return bahdanauModel(options);
  return luongModel(options, options.score);
}

/** How initial values are drawn. */
export type Initializer = 'pytorch' | 'uniform' | 'xavier';

/**
 * A model's initial parameters, the same for the same seed on every machine. Each parameter has its own random numbers,
 * so two models that differ in one layer start with equal values in all others.
 *
 * - `pytorch`: depends on the layer, see `ParameterInfo`: unit normal embeddings, recurrent layers uniform in
 * +-1/sqrt(H),
 *   linear ones in +-1/sqrt(fan-in).
 * - `uniform`: everything uniform in +-0.1 (Luong et al. 2015).
 * - `xavier`: matrices uniform in +-sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio 2010), biases zero.
 */
export function initialParameters(model: Seq2Seq, initializer: Initializer, seed: number): Record<string, HostTensor> {
  const result: Record<string, HostTensor> = {};
  for (const [name, info] of Object.entries(model.parameters)) {
    const data = new Float32Array(info.shape.reduce((size, n) => size * n, 1));
    const random = new Random(seed, 'parameter', name);
    const draw = drawer(initializer, info, random);
    for (let i = 0; i < data.length; i++) data[i] = draw();
    result[name] = { shape: info.shape, data };
  }
  return result;
}

function drawer(initializer: Initializer, info: ParameterInfo, random: Random): () => number {
  if (info.layer === 'zeros') return () => 0;
  if (info.layer === 'ones') return () => 1;
  const uniform = (bound: number) => () => (2 * random.uniform() - 1) * bound;
  if (initializer === 'uniform') return uniform(0.1);
  if (initializer === 'xavier' || info.layer === 'glorot') {
    const [outputs, inputs] = info.shape;
    return inputs === undefined ? () => 0 : uniform(Math.sqrt(6 / ((outputs as number) + inputs)));
  }
  if (info.layer === 'embedding') return () => random.normal();
  if (info.layer === 'scaled-embedding') return () => random.normal() / Math.sqrt(info.fan);
  return uniform(1 / Math.sqrt(info.fan));
}
