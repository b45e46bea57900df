import * as tf from '@tensorflow/tfjs-core';
import { matmul } from './ops/matmul.ts';
import { openRuntime, type RuntimeOptions } from './runtime.ts';

/** Rows and columns, and the number of products per run: enough to make the time of starting one negligible. */
const sizes = {
  cpu: { size: 1024, products: 4 },
  gpu: { size: 4096, products: 16 },
  eager: { size: 256, products: 4 },
} as const;

/**
 * The rate of matrix products in a training step: the best within 0.8 seconds, in 10^9 operations per second. Opens its
 * own runtime.
 */
export async function matrixRate(
  options: RuntimeOptions,
): Promise<{ readonly gflops: number; readonly threads: number }> {
  const runtime = await openRuntime(options);
  const { size, products } = sizes[runtime.compiled ? runtime.device.kind : 'eager'];
  // like a step's parameters, which are not passed at every run
  const variables = await runtime.variables({
    left: { shape: [size, size], data: new Float32Array(size * size).fill(1) },
    right: { shape: [size, size], data: new Float32Array(size * size).fill(1 / size) },
  });
  const multiply = runtime.compile((_, step) => {
    // a chain, so that every product has to be computed; the factors keep its values at 1
    let result = step.variable('left');
    for (let i = 0; i < products; i++) result = matmul(result, step.variable('right'));
    return { sum: tf.sum(result) };
  }, variables);
  await multiply({});
  let best = Number.POSITIVE_INFINITY;
  for (const start = performance.now(); performance.now() - start < 800; ) {
    const before = performance.now();
    await multiply({});
    best = Math.min(best, performance.now() - before);
  }
  const { threads } = runtime;
  runtime.close();
  return { gflops: (products * 2 * size ** 3) / best / 1e6, threads };
}
