import type { PresetName, RunOptions } from './run-options.ts';

/**
 * What learns most from Tatoeba on two cores, in 20 minutes and in 60 (docs/results.md): deep and narrow (4.1 million
 * parameters with 4,000 + 4,000 pieces), its output tied to its embedding, its weights averaged.
 */
const transformer: Readonly<Partial<RunOptions>> = {
  arch: 'transformer',
  embedding: 192,
  hidden: 192,
  layers: 3,
  heads: 4,
  feedForward: 512,
  tieEmbeddings: true,
  dropout: 0.1,
  ema: 0.999,
  batchTokens: 4000,
  learningRate: 3e-3,
  schedule: 'cosine',
  warmup: 1000,
  maxMinutes: 20,
  validateEvery: 3000,
  precision: 'bfloat16',
};

/** Named sets of option values; the command line and a config file override them. */
export const presets: Readonly<Record<PresetName, Readonly<Partial<RunOptions>>>> = {
  // The embedded corpus in about half a minute per model, reproducibly. Two and a half passes are too few to memorise
  // it, so there is no dropout or label smoothing. Tied embeddings help most (docs/decisions/demo.md).
  demo: {
    embedding: 128,
    hidden: 128,
    tieEmbeddings: true,
    dropout: 0,
    labelSmoothing: 0,
    learningRate: 8e-3,
    batchTokens: 1000,
    maxShapes: 4,
    maxSteps: 1000,
    validateEvery: 250,
    logEvery: 50,
  },
  // The sizes and the recipe of the notebook this project grew from: an LSTM of 64 units over embeddings of 100, Keras'
  // Adam and Glorot initialisation, batches of 512 short sentences, 25 epochs, no regularisation, best model by loss.
  seed: {
    cell: 'lstm',
    embedding: 100,
    hidden: 64,
    dropout: 0,
    initializer: 'xavier',
    epochs: 25,
    batchTokens: 4000,
    learningRate: 1e-3,
    schedule: 'constant',
    clipNorm: 0,
    labelSmoothing: 0,
    metric: 'loss',
  },
  // The defaults, written out: a one-layer GRU of 256 units, which two cores train on Tatoeba in 20 minutes.
  base: {
    embedding: 256,
    hidden: 256,
    learningRate: 2e-3,
    schedule: 'linear',
    maxMinutes: 20,
  },
  transformer,
  best: { ...transformer, maxMinutes: 60 },
};
