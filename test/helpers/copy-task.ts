import { createModel, initialParameters } from '../../src/models/create.ts';
import type { ModelOptions, Seq2Seq } from '../../src/models/seq2seq.ts';
import { Random, randomSeed } from '../../src/support/random.ts';
import { adam, type Optimizer } from '../../src/tensor/optimizers.ts';
import type { Runtime } from '../../src/tensor/runtime.ts';
import type { HostTensor } from '../../src/tensor/session.ts';
import type { CompiledStep } from '../../src/tensor/step.ts';
import type { Variables } from '../../src/tensor/variables.ts';
import { trainingVariables } from '../../src/training/state.ts';
import { type StepParts, trainingStep } from '../../src/training/step.ts';
import { BOS, EOS, PAD } from '../../src/vocabulary/vocabulary.ts';

/** A tiny model's options, with changes. */
export function tinyOptions(changes: Partial<ModelOptions> = {}): ModelOptions {
  return {
    arch: 'gru',
    score: 'dot',
    window: 'global',
    windowSize: 2,
    inputFeeding: false,
    cell: 'gru',
    resetAfter: true,
    embedding: 8,
    hidden: 8,
    layers: 1,
    bidirectional: false,
    tieEmbeddings: false,
    shareEmbeddings: false,
    maxPositions: 20,
    heads: 2,
    feedForward: 16,
    activation: 'relu',
    positions: 'sinusoidal',
    sourceVocabulary: 16,
    targetVocabulary: 16,
    ...changes,
  };
}

/** Random words whose translation is themselves, or themselves in reverse, as the tensors of a batch. */
export function copyBatch(
  random: Random,
  {
    batch,
    length,
    vocabulary,
    reverse = false,
  }: { batch: number; length: number; vocabulary: number; reverse?: boolean },
): Record<'source' | 'targetInput' | 'targetOutput', HostTensor> {
  const width = length + 1;
  const tensor = () => new Int32Array(batch * width).fill(PAD);
  const [source, targetInput, targetOutput] = [tensor(), tensor(), tensor()];
  for (let row = 0; row < batch; row++) {
    const words = Array.from(
      { length: 1 + random.integer(length) },
      () => EOS + 1 + random.integer(vocabulary - EOS - 1),
    );
    const target = reverse ? [...words].reverse() : words;
    source.set([...words, EOS], row * width);
    targetInput.set([BOS, ...target], row * width);
    targetOutput.set([...target, EOS], row * width);
  }
  const shape = [batch, width];
  return {
    source: { shape, data: source },
    targetInput: { shape, data: targetInput },
    targetOutput: { shape, data: targetOutput },
  };
}

/** The alignment of the n-th word with the n-th, without `</s>`. */
export function wordForWord({ source, targetOutput }: ReturnType<typeof copyBatch>): HostTensor {
  const [rows, width] = source.shape as [number, number];
  const data = new Float32Array(rows * width * width);
  for (let row = 0; row < rows; row++) {
    for (let t = 0; t < width; t++) {
      if ((targetOutput.data[row * width + t] as number) > EOS) data[(row * width + t) * width + t] = 1;
    }
  }
  return { shape: [rows, width, width], data };
}

/** Training of a tiny model in a runtime, one update per call. */
export interface TinyTraining {
  readonly model: Seq2Seq;
  readonly variables: Variables;
  readonly step: CompiledStep;
  /**
   * Update number `k` (from 0), which alone determines the batch, the dropout and the learning rate. @returns the loss
   */
  update(k: number): Promise<number>;
}

/** Starts training; `from` contains all variables of a stopped run. */
export async function tinyTraining(
  runtime: Runtime,
  options: Partial<ModelOptions> = {},
  training: {
    dropout?: number;
    optimizer?: Optimizer;
    from?: Readonly<Record<string, HostTensor>>;
    learningRate?: number | ((k: number) => number);
    reverse?: boolean;
    length?: number;
    batch?: number;
    shards?: number;
    guidedWeight?: number;
  } = {},
): Promise<TinyTraining> {
  const full = tinyOptions(options);
  const model = createModel(full);
  const optimizer = training.optimizer ?? adam();
  const trained = Object.keys(model.parameters);
  const parts: StepParts = {
    model,
    optimizer,
    trained,
    options: {
      dropout: training.dropout ?? 0,
      labelSmoothing: 0.1,
      clipNorm: 1,
      guidedWeight: training.guidedWeight ?? 0,
    },
    ...(training.shards !== undefined && { shards: training.shards }),
  };
  const first = initialParameters(model, 'pytorch', 1);
  const variables = await runtime.variables(
    training.from ?? trainingVariables(first, trained, optimizer, { ema: 0, accumulate: 1 }),
  );
  const step = runtime.compile(trainingStep(parts), variables);
  const { learningRate = 1e-2 } = training;
  const rateAt = (k: number) => (typeof learningRate === 'number' ? learningRate : learningRate(k));
  const update = async (k: number): Promise<number> => {
    const batch = copyBatch(new Random(7, 'batch', k), {
      batch: training.batch ?? 16,
      length: training.length ?? 6,
      vocabulary: full.sourceVocabulary,
      ...(training.reverse && { reverse: true }),
    });
    const scalars = Object.entries(optimizer.scalars(k + 1, rateAt(k)));
    const outputs = await step({
      ...batch,
      ...(training.guidedWeight && { alignment: wordForWord(batch) }),
      seed: { shape: [2], data: Int32Array.from(randomSeed(7, 'dropout', k)) },
      ...Object.fromEntries(scalars.map(([name, value]) => [name, { shape: [], data: Float32Array.of(value) }])),
    });
    return (outputs.loss as HostTensor).data[0] as number;
  };
  return { model, variables, step, update };
}

/** Skips a test if TensorFlow is not installed, with what to do about it. */
export const needsTensorFlow = 'TensorFlow is not installed here: npm run setup';
