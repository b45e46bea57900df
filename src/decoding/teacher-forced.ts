import type { Tensor } from '@tensorflow/tfjs-core';
import { batchTensors, makeBatch } from '../dataset/batch.ts';
import { planBatches } from '../dataset/epoch-plan.ts';
import type { EncodedPair } from '../dataset/pair-file.ts';
import { chooseShapes } from '../dataset/shapes.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { keepAll } from '../tensor/ops/dropout.ts';
import { parameter } from '../tensor/parameters.ts';
import type { Runtime } from '../tensor/runtime.ts';
import type { HostTensor } from '../tensor/session.ts';
import type { Variables } from '../tensor/variables.ts';

/** Positions of a batch on its longer side, and how many shapes are worth compiling for a few hundred sentences. */
const BATCH = { batchTokens: 1000, maxShapes: 4 };

/**
 * Where a model looks while it is forced to write given translations (teacher forcing).
 * @param model a model with attention
 * @param variables hold its parameters
 * @param pairs ids without eos
 * @returns for each pair T rows of S weights, eos included on both sides
 */
export async function teacherForcedAttention(
  runtime: Runtime,
  model: Seq2Seq,
  variables: Variables,
  pairs: readonly EncodedPair[],
): Promise<Float32Array[][]> {
  const names = Object.keys(model.parameters);
  const look = runtime.compile((inputs, step) => {
    const parameters = Object.fromEntries(names.map((name) => [name, step.variable(name)]));
    const memory = model.encode(parameters, inputs.source as Tensor, keepAll);
    const { attention } = model.decode(parameters, memory, inputs.targetInput as Tensor, keepAll);
    return { weights: parameter(attention, 'attention') };
  }, variables);
  const lengths = pairs.map(({ source, target }) => ({ source: source.length, target: target.length }));
  const shapes = chooseShapes(
    lengths.map(({ source, target }) => ({ source: source + 1, target: target + 1, count: 1 })),
    BATCH,
  );
  const split = { size: pairs.length, lengths: (index: number) => lengths[index] as (typeof lengths)[number] };
  const found: Float32Array[][] = [];
  for (const { shape, sentences } of planBatches(split, shapes, (position) => position)) {
    const batch = makeBatch(shape, sentences, (index) => pairs[index] as EncodedPair);
    const { source, targetInput } = batchTensors(batch);
    const { weights } = await look({ source, targetInput });
    for (const [row, index] of sentences.entries())
      found[index] = rowsOf(weights as HostTensor, row, split.lengths(index));
  }
  return found;
}

/** One sentence's rows of a batch [B, T, S], without padding. */
function rowsOf({ shape, data }: HostTensor, row: number, lengths: { source: number; target: number }): Float32Array[] {
  const [, T, S] = shape as [number, number, number];
  return Array.from({ length: lengths.target + 1 }, (_, t) => {
    const begin = (row * T + t) * S;
    return Float32Array.from(data.subarray(begin, begin + lengths.source + 1));
  });
}
