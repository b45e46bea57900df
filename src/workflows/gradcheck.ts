import * as tf from '@tensorflow/tfjs-core';
import { createModel, initialParameters } from '../models/create.ts';
import type { ModelOptions } from '../models/seq2seq.ts';
import { Random } from '../support/random.ts';
import { keepAll } from '../tensor/ops/dropout.ts';
import { valueAndGradients } from '../tensor/ops/gradients.ts';
import type { Tensors } from '../tensor/parameters.ts';
import { openRuntime } from '../tensor/runtime.ts';
import type { HostTensor } from '../tensor/session.ts';
import { batchLoss } from '../training/step.ts';
import { BOS, EOS, PAD } from '../vocabulary/vocabulary.ts';

/** One parameter's check. */
export interface GradientCheck {
  readonly parameter: string;
  /** The number of its elements that were checked. */
  readonly checked: number;
  /** The largest relative error among them. */
  readonly error: number;
}

/** The maximum number of elements checked per parameter. */
const MOST_CHECKED = 24;

/** The step size. float32 has seven digits, so a smaller step would drown in rounding, a larger one in curvature. */
const STEP = 1e-2;

/** Below this, gradients are compared by their difference: a relative error of almost nothing means nothing. */
const SMALL = 1e-2;

const VOCABULARY = 11;

/**
 * Compares a model's gradients with differences of its loss, for a tiny model and a random batch with padding. The
 * fourth-order difference, `(8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h`, has an error of h^4. Source: nmt.matlab's
 * gradient check (Luong et al. 2015).
 * @param guidedWeight of an alignment in the loss, for a model with attention
 */
export async function checkGradients(
  options: Omit<ModelOptions, 'sourceVocabulary' | 'targetVocabulary'>,
  seed: number,
  guidedWeight = 0,
): Promise<GradientCheck[]> {
  const model = createModel({ ...options, sourceVocabulary: VOCABULARY, targetVocabulary: VOCABULARY });
  const runtime = await openRuntime({ backend: 'cpu' });
  try {
    const first = initialParameters(model, 'pytorch', seed);
    const batch = randomBatch(seed);
    const lossOf = (parameters: Tensors) =>
      tf.slice(batchLoss(model, parameters, batch, keepAll, 0.1, undefined, guidedWeight), 0, 1) as tf.Tensor1D;
    const parameters = Object.fromEntries(
      Object.entries(first).map(([name, { shape, data }]) => [name, tf.tensor(data as Float32Array, [...shape])]),
    );
    const { gradients } = valueAndGradients(lossOf, parameters);
    const at = (name: string, element: number, distance: number): number =>
      tf.tidy(() => {
        const data = Float32Array.from((first[name] as HostTensor).data);
        data[element] = (data[element] as number) + distance;
        return lossOf({ ...parameters, [name]: tf.tensor(data, parameters[name]?.shape) }).dataSync()[0] as number;
      });
    const random = new Random(seed, 'gradcheck');
    const checks = Object.keys(parameters).map((name): GradientCheck => {
      const gradient = (gradients[name] as tf.Tensor).dataSync();
      const elements = random.shuffle(Array.from({ length: gradient.length }, (_, i) => i)).slice(0, MOST_CHECKED);
      const errors = elements.map((element) => {
        const difference =
          (8 * (at(name, element, STEP) - at(name, element, -STEP)) -
            (at(name, element, 2 * STEP) - at(name, element, -2 * STEP))) /
          (12 * STEP);
        const own = gradient[element] as number;
        return Math.abs(own - difference) / Math.max(Math.abs(own), Math.abs(difference), SMALL);
      });
      return { parameter: name, checked: elements.length, error: Math.max(...errors) };
    });
    tf.dispose([parameters, gradients, batch]);
    return checks;
  } finally {
    runtime.close();
  }
}

/** Two sentences, the second shorter on both sides, with an alignment of some of their words. */
function randomBatch(seed: number): Record<'source' | 'targetInput' | 'targetOutput' | 'alignment', tf.Tensor> {
  const random = new Random(seed, 'batch');
  const words = (count: number) => Array.from({ length: count }, () => EOS + 1 + random.integer(VOCABULARY - EOS - 1));
  const [long, short] = [words(4), words(2)];
  const [longTarget, shortTarget] = [words(3), words(2)];
  const rows = (lines: number[][], width: number) =>
    tf.tensor2d(
      lines.map((line) => [...line, ...new Array(width - line.length).fill(PAD)]),
      [lines.length, width],
      'int32',
    );
  const none = [0, 0, 0, 0, 0];
  return {
    alignment: tf.tensor3d([
      [[0, 0, 1, 0, 0], none, [0.5, 0, 0, 0.5, 0], none],
      [[0, 1, 0, 0, 0], [1, 0, 0, 0, 0], none, none],
    ]),
    source: rows(
      [
        [...long, EOS],
        [...short, EOS],
      ],
      5,
    ),
    targetInput: rows(
      [
        [BOS, ...longTarget],
        [BOS, ...shortTarget],
      ],
      4,
    ),
    targetOutput: rows(
      [
        [...longTarget, EOS],
        [...shortTarget, EOS],
      ],
      4,
    ),
  };
}
