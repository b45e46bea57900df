import * as tf from '@tensorflow/tfjs-core';
import type { Hypothesis } from '../../src/decoding/hypothesis.ts';
import type { Member } from '../../src/decoding/steps.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import type { ModelOptions, Seq2Seq } from '../../src/models/seq2seq.ts';
import { Random } from '../../src/support/random.ts';
import { keepAll } from '../../src/tensor/ops/dropout.ts';
import type { HostTensor } from '../../src/tensor/session.ts';
import { BOS, EOS } from '../../src/vocabulary/vocabulary.ts';
import { tinyOptions } from '../helpers/copy-task.ts';

/** One of each kind of model. */
export const kinds: readonly Partial<ModelOptions>[] = [
  { score: 'none' },
  { score: 'dot' },
  { score: 'general', bidirectional: true, layers: 2 },
  { score: 'concat' },
  { score: 'location' },
  { score: 'bahdanau' },
  { score: 'dot', window: 'local-m' },
  { score: 'general', window: 'local-p' },
  { score: 'dot', inputFeeding: true },
  { score: 'concat', cell: 'lstm', bidirectional: true },
  { arch: 'transformer', layers: 2 },
];

export function nameOf(kind: Partial<ModelOptions>): string {
  return Object.entries(kind)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

/** A tiny, untrained model, but sure enough of its words that some sentences end. */
export interface TinyModel {
  readonly model: Seq2Seq;
  readonly parameters: Record<string, HostTensor>;
}

export function tinyModel(kind: Partial<ModelOptions>, seed = 1): TinyModel {
  const model = createModel(tinyOptions(kind));
  const parameters = initialParameters(model, 'pytorch', seed);
  for (const [i, value] of parameters[model.outputWeight]!.data.entries()) {
    parameters[model.outputWeight]!.data[i] = 6 * value;
  }
  parameters['output.bias']!.data[EOS] = 2;
  return { model, parameters };
}

/** A single model, with its variables under their own names. */
export function alone(model: Seq2Seq): Member[] {
  return [{ model, prefix: '' }];
}

/** Sentences of random words, from none to `longest`. */
export function randomSentences(count: number, longest: number, vocabulary = 16): number[][] {
  const random = new Random(5, 'sentences');
  return Array.from({ length: count }, () =>
    Array.from({ length: random.integer(longest + 1) }, () => EOS + 1 + random.integer(vocabulary - EOS - 1)),
  );
}

/** A model's output for a text under teacher forcing: the slow way, the whole sentence at once. */
export interface TeacherForced {
  /** For every next word at every step: [T + 1, V], in nats. */
  readonly logProbabilities: number[][];
  /** By name: T + 1 rows of S weights. */
  readonly attention: Readonly<Record<string, number[][]>>;
}

/** @param ids without bos and eos; there is one more step than words */
export function teacherForced(
  { model, parameters }: TinyModel,
  source: readonly number[],
  ids: readonly number[],
): TeacherForced {
  const before = tf.memory().numTensors;
  const result = tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(parameters).map(([name, { shape, data }]) => [name, tf.tensor(data as Float32Array, [...shape])]),
    );
    const matrix = (row: number[]) => tf.tensor2d([row], [1, row.length], 'int32');
    const memory = model.encode(tensors, matrix([...source, EOS]), keepAll);
    const { features, attention } = model.decode(tensors, memory, matrix([BOS, ...ids]), keepAll);
    const logits = tf.add(
      tf.matMul(features as tf.Tensor2D, tensors[model.outputWeight] as tf.Tensor2D, false, true),
      tensors['output.bias'] as tf.Tensor,
    );
    return {
      logProbabilities: tf.logSoftmax(logits as tf.Tensor2D).arraySync() as number[][],
      attention: Object.fromEntries(
        Object.entries(attention).map(([name, weights]) => [
          name,
          (weights.arraySync() as number[][][])[0] as number[][],
        ]),
      ),
    };
  });
  if (tf.memory().numTensors !== before) throw new Error('the oracle leaks tensors');
  return result;
}

/** The words of a hypothesis, including its eos if it has one. */
export function saidBy({ ids, finished }: Hypothesis): number[] {
  return finished ? [...ids, EOS] : [...ids];
}

/** The log probability of a text, summed from a teacher-forced run. */
export function forcedScore(model: TinyModel, source: readonly number[], said: readonly number[]): number {
  const { logProbabilities } = teacherForced(
    model,
    source,
    said.filter((word) => word !== EOS),
  );
  return said.reduce((sum, word, t) => sum + (logProbabilities[t] as number[])[word]!, 0);
}

/** Asserts that two searches found the same, up to rounding; `tolerance` is for scores and weights. */
export function differences(a: readonly Hypothesis[], b: readonly Hypothesis[], tolerance = 1e-4): string | undefined {
  if (a.length !== b.length) return `${a.length} hypotheses, not ${b.length}`;
  for (const [i, x] of a.entries()) {
    const y = b[i] as Hypothesis;
    if (x.ids.join() !== y.ids.join()) return `hypothesis ${i} is ${x.ids}, not ${y.ids}`;
    if (x.finished !== y.finished) return `hypothesis ${i} is ${x.finished ? '' : 'not '}finished`;
    if (Math.abs(x.logProbability - y.logProbability) > tolerance)
      return `log probability ${x.logProbability}, not ${y.logProbability}`;
    if (Math.abs(x.score - y.score) > tolerance) return `score ${x.score}, not ${y.score}`;
    for (const name of new Set([...Object.keys(x.attention), ...Object.keys(y.attention)])) {
      const far = x.attention[name]?.some((row, t) =>
        row.some((weight, s) => !(Math.abs(weight - (y.attention[name]?.[t]?.[s] ?? Number.NaN)) <= tolerance)),
      );
      if (far !== false) return `attention ${name} of hypothesis ${i}`;
    }
  }
  return undefined;
}
