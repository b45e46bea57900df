import type { PresetName, RunOptions } from './run.ts';

/** Named sets of option values; what the command line or a config file says wins over them. */
export const presets: Readonly<Record<PresetName, Readonly<Partial<RunOptions>>>> = {
  // The embedded corpus in about half a minute a model, the same each time: two and a half passes, too few to learn by
  // heart, so nothing is dropped or smoothed; tied embeddings, which bring most (docs/decisions/demo.md).
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
  // Adam and Glorot initialisation, batches of 512 short sentences, 25 epochs, no regularisation, best by loss.
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
  // The defaults, written out: a one-layer GRU of 256 that two cores train on Tatoeba in 20 minutes.
  base: {
    embedding: 256,
    hidden: 256,
    learningRate: 2e-3,
    schedule: 'linear',
    maxMinutes: 20,
  },
  // A transformer of `base`'s size (4.1 million numbers with 4,000 + 4,000 pieces): deep and narrow, its output tied to its
  // embedding. On 700 updates of the embedded corpus it liked 4e-3 better than 2e-3, and 2e-3 better than 1e-3.
  transformer: {
    arch: 'transformer',
    embedding: 192,
    hidden: 192,
    layers: 3,
    heads: 4,
    feedForward: 512,
    tieEmbeddings: true,
    dropout: 0.1,
    learningRate: 3e-3,
    schedule: 'linear',
    warmup: 400,
    maxMinutes: 20,
  },
  // The most an hour on two cores gives on Tatoeba: a wider GRU that reads both ways, averaged weights. Wider ones (512)
  // come round too few times in an hour.
  best: {
    bidirectional: true,
    embedding: 384,
    hidden: 384,
    tieEmbeddings: true,
    dropout: 0.25,
    ema: 0.999,
    learningRate: 1.5e-3,
    schedule: 'cosine',
    warmup: 200,
    maxMinutes: 60,
    validateEvery: 2000,
    precision: 'bfloat16',
  },
};
