import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import {
  adagrad,
  adam,
  clipByGlobalNorm,
  globalNorm,
  type Optimizer,
  sgd,
  slotName,
} from '../../src/tensor/optimizers.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import type { HostTensor } from '../../src/tensor/session.ts';

/** Weights after each of five updates; written by fixtures/make-optimizers.py. */
const expected: Readonly<Record<string, readonly (readonly number[])[]>> = JSON.parse(
  readFileSync(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8'),
);

const optimizers: Readonly<Record<string, Optimizer>> = {
  adam: adam(),
  adamw: adam(0.9, 0.999, 1e-8, 0.05),
  sgd: sgd(),
  adagrad: adagrad(),
};

const RATE = 0.1;
const scalar = (value: number): HostTensor => ({ shape: [], data: Float32Array.of(value) });
const vector = (values: readonly number[]): HostTensor => ({ shape: [values.length], data: Float32Array.from(values) });

const open: Runtime[] = [];
after(() => {
  for (const runtime of open) runtime.close();
});

for (const backend of ['cpu', 'tensorflow'] as const) {
  const skip = backend === 'tensorflow' && !hasTensorFlow() ? 'TensorFlow is not installed here: npm run setup' : false;
  for (const [name, optimizer] of Object.entries(optimizers)) {
    test(`${name} on ${backend} updates the weights like PyTorch, after clipping by the global norm`, {
      skip,
    }, async () => {
      const runtime = await openRuntime({ backend });
      open.push(runtime);
      const start = vector([1, -2, 0.5, 3]);
      const slots = Object.entries(optimizer.slots).map(([slot, value]) => [
        slotName('w', slot),
        vector(new Array(4).fill(value)),
      ]);
      const variables = await runtime.variables({ w: start, ...Object.fromEntries(slots) });
      const update = runtime.compile((inputs, step) => {
        const gradients = { w: inputs.gradient as tf.Tensor };
        const norm = globalNorm(gradients);
        optimizer.update(step, 'w', clipByGlobalNorm(gradients, norm, 1).w as tf.Tensor, inputs);
        return { norm };
      }, variables);
      for (const [step, weights] of (expected[name] as readonly (readonly number[])[]).entries()) {
        const gradient = Array.from({ length: 4 }, (_, i) => (((i * 7 + step * 5) % 11) - 5) / 4);
        const scalars = Object.entries(optimizer.scalars(step + 1, RATE)).map(([key, value]) => [key, scalar(value)]);
        const { norm } = await update({ gradient: vector(gradient), ...Object.fromEntries(scalars) });
        assert.ok(Math.abs((norm?.data[0] as number) - Math.hypot(...gradient)) < 1e-5);
        const found = [...((await variables.read(['w'])).w as HostTensor).data];
        for (const [i, value] of found.entries()) {
          assert.ok(Math.abs(value - (weights[i] as number)) < 1e-5, `step ${step}: ${found} is not ${weights}`);
        }
      }
    });
  }
}

test('a gradient shorter than the limit is not clipped', async () => {
  const runtime = await openRuntime({ backend: 'cpu' });
  open.push(runtime);
  const clipped = tf.tidy(() => {
    const gradients = { a: tf.tensor1d([0.3]), b: tf.tensor1d([0.4]) };
    const result = clipByGlobalNorm(gradients, globalNorm(gradients), 1);
    return [...result.a!.dataSync(), ...result.b!.dataSync()];
  });
  assert.deepEqual(clipped, [Math.fround(0.3), Math.fround(0.4)]);
});
