import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { saveTensors } from '../../src/checkpoints/safetensors.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { gatherRows } from '../../src/tensor/ops/embedding.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import type { HostTensor } from '../../src/tensor/session.ts';
import { needsTensorFlow, tinyTraining } from '../helpers/copy-task.ts';

const skip = hasTensorFlow() ? false : needsTensorFlow;
const STEPS = 20;
const model = { embedding: 16, hidden: 24, sourceVocabulary: 20, targetVocabulary: 20 };

const open: Runtime[] = [];
async function runtimeOf(options: Parameters<typeof openRuntime>[0]): Promise<Runtime> {
  const runtime = await openRuntime({ threads: 2, ...options });
  open.push(runtime);
  return runtime;
}
after(() => {
  for (const runtime of open) runtime.close();
});

async function losses(runtime: Runtime, from = 0, variables?: Readonly<Record<string, HostTensor>>): Promise<number[]> {
  const training = await tinyTraining(runtime, model, { dropout: 0.2, ...(variables && { from: variables }) });
  const result: number[] = [];
  for (let k = from; k < STEPS; k++) result.push(await training.update(k));
  return result;
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  assert.equal(a.length, b.length);
  return Math.max(...a.map((x, i) => Math.abs(x - (b[i] as number))));
}

test('compiled training with dropout has the same losses as eager training', { skip }, async () => {
  const eager = await losses(await runtimeOf({ eager: true }));
  const compiled = await losses(await runtimeOf({}));
  assert.ok(compiled.at(-1)! < compiled[0]! - 0.3, `it learns: ${compiled[0]} to ${compiled.at(-1)}`);
  assert.ok(largestDifference(eager, compiled) < 1e-4);
});

test('a training run saved half-way and loaded in a new process continues as if nothing had happened', {
  skip,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-'));
  try {
    const runtime = await runtimeOf({});
    const training = await tinyTraining(runtime, model, { dropout: 0.2 });
    const uninterrupted: number[] = [];
    for (let k = 0; k < STEPS; k++) {
      if (k === STEPS / 2) saveTensors(join(folder, 'state.safetensors'), await training.variables.read());
      uninterrupted.push(await training.update(k));
    }
    const script = new URL('../helpers/resume-copy-task.ts', import.meta.url).pathname;
    const args = ['--import', 'tsx', script, join(folder, 'state.safetensors'), String(STEPS / 2), String(STEPS)];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '', 'TensorFlow is quiet');
    assert.ok(largestDifference(uninterrupted.slice(STEPS / 2), JSON.parse(stdout)) < 1e-4);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('compiled without TensorFlow, a step runs eagerly with the same results', { skip }, async () => {
  const compiled = await losses(await runtimeOf({}));
  const wasm = await losses(await runtimeOf({ backend: 'wasm' }));
  assert.ok(largestDifference(compiled, wasm) < 1e-4);
});

test('no step leaks a tensor, and a thousand of them leave the memory as it was', { skip }, async () => {
  const runtime = await runtimeOf({});
  const training = await tinyTraining(runtime, {}, { dropout: 0.1 });
  for (let k = 0; k < 200; k++) await training.update(k);
  const { numTensors } = tf.memory();
  // leaks grow in every part; garbage not yet collected grows in some
  const grown: number[] = [];
  for (let k = 200, resident = process.memoryUsage.rss(); k < 1200; k += 200) {
    for (let i = 0; i < 200; i++) await training.update(k + i);
    const now = process.memoryUsage.rss();
    grown.push(now - resident);
    resident = now;
  }
  assert.equal(tf.memory().numTensors, numTensors);
  assert.ok(Math.min(...grown) < 2e6, `resident memory grew by ${grown.map((bytes) => bytes / 1e6).join(', ')} MB`);
});

test('an eager step leaves no tensor behind', { skip }, async () => {
  const runtime = await runtimeOf({ eager: true });
  const training = await tinyTraining(runtime);
  await training.update(0);
  const before = tf.memory().numTensors;
  for (let k = 1; k < 5; k++) await training.update(k);
  assert.equal(tf.memory().numTensors, before);
});

test('a new shape joins the session and shares its variables', { skip }, async () => {
  const runtime = await runtimeOf({});
  const variables = await runtime.variables({ total: { shape: [], data: Float32Array.of(1) } });
  const add = runtime.compile((inputs, step) => {
    const total = tf.add(step.variable('total'), tf.sum(inputs.x as tf.Tensor));
    step.assign('total', total);
    return { total, before: step.variable('total') };
  }, variables);
  const ones = (n: number): HostTensor => ({ shape: [n], data: new Float32Array(n).fill(1) });
  assert.deepEqual(scalars(await add({ x: ones(2) })), { total: 3, before: 1 });
  assert.deepEqual(scalars(await add({ x: ones(5) })), { total: 8, before: 3 });
  assert.deepEqual(scalars(await add({ x: ones(2) })), { total: 10, before: 8 });
  await variables.write({ total: { shape: [], data: Float32Array.of(-2) } });
  assert.deepEqual(scalars(await add({ x: ones(5) })), { total: 3, before: -2 });
  assert.deepEqual((await variables.read()).total?.data, Float32Array.of(3));
});

test('closing the engine while a step runs lets it finish, and is not an error', { skip }, async () => {
  const runtime = await openRuntime({ backend: 'tensorflow', threads: 2 });
  const heavy = runtime.compile(({ x }) => {
    let y = x as tf.Tensor2D;
    for (let i = 0; i < 20; i++) y = tf.mul(tf.matMul(y, y), 1e-3);
    return { sum: tf.sum(y) };
  });
  const x = { shape: [300, 300], data: new Float32Array(90_000).fill(0.01) };
  await heavy({ x });
  const running = heavy({ x });
  runtime.close();
  runtime.close();
  assert.ok(Number.isFinite(scalars(await running).sum));
  await assert.rejects(heavy({ x }), /the session is closed/);
});

test('a held tensor is fed again without leaving the session', { skip }, async () => {
  const runtime = await runtimeOf({});
  const double = runtime.compile(({ x }) => ({ x: tf.mul(x as tf.Tensor, 2) }));
  let held = await double.runOnDevice({ x: { shape: [2], data: Float32Array.of(1, -3) } });
  for (let i = 0; i < 3; i++) {
    const next = await double.runOnDevice({ x: held.x! });
    held.x?.dispose();
    held = next;
  }
  assert.deepEqual([...held.x!.read().data], [16, -48]);
  held.x?.dispose();
  assert.throws(() => held.x?.read(), /after dispose/);
});

test('the JavaScript thread is free while a step runs', { skip }, async () => {
  const runtime = await runtimeOf({});
  const heavy = runtime.compile(({ x }) => {
    let y = x as tf.Tensor2D;
    for (let i = 0; i < 8; i++) y = tf.matMul(y, x as tf.Tensor2D);
    return { y: tf.sum(y) };
  });
  const x = { shape: [700, 700], data: new Float32Array(490_000).fill(1e-3) };
  await heavy({ x });
  // a step that blocks the thread would have ended before anything else gets its turn; on a busy machine this one may
  // have too
  let others = 0;
  for (let i = 0; i < 5; i++) {
    let ended = false;
    const running = heavy({ x }).finally(() => {
      ended = true;
    });
    await new Promise(setImmediate);
    if (!ended) others++;
    await running;
  }
  assert.ok(others > 0, 'nothing had its turn before a step had ended');
});

test('reading a value while a step is recorded is an error that names what was read', { skip }, async () => {
  const runtime = await runtimeOf({});
  const x = { shape: [2], data: Float32Array.of(1, 2) };
  const reads = runtime.compile((inputs) => {
    tf.exp(inputs.x as tf.Tensor).dataSync();
    return {};
  });
  await assert.rejects(reads({ x }), /value of Exp was read/);
  const gathers = runtime.compile((inputs) => ({
    y: tf.gather(inputs.x as tf.Tensor, tf.cast(inputs.x as tf.Tensor1D, 'int32')),
  }));
  await assert.rejects(gathers({ x }), /value of Cast was read/);
});

test('random numbers made in JavaScript are rejected by name', { skip }, async () => {
  const runtime = await runtimeOf({});
  const x = { shape: [2], data: Float32Array.of(1, 2) };
  for (const [name, make] of [
    ['randomUniform', () => tf.randomUniform([2])],
    ['randomNormal', () => tf.randomNormal([2])],
    ['truncatedNormal', () => tf.truncatedNormal([2])],
    ['dropout', () => tf.dropout(tf.ones([2]), 0.5)],
    ['multinomial', () => tf.multinomial(tf.ones([2]) as tf.Tensor1D, 1)],
  ] as const) {
    await assert.rejects(
      runtime.compile(() => ({ y: make() }))({ x }),
      new RegExp(`^Error: ${name} makes its numbers`),
      name,
    );
  }
  const after = runtime.compile((inputs) => ({ y: tf.add(inputs.x as tf.Tensor, 1) }));
  assert.deepEqual([...(await after({ x })).y!.data], [2, 3], 'a refused recording leaves the runtime usable');
});

test('a value with another shape, or for an unknown variable, is rejected before it reaches TensorFlow', {
  skip,
}, async () => {
  const runtime = await runtimeOf({});
  const variables = await runtime.variables({ w: { shape: [2], data: Float32Array.of(1, 2) } });
  await assert.rejects(
    variables.write({ w: { shape: [3], data: new Float32Array(3) } }),
    /variable w has shape \[2\], the value has \[3\]/,
  );
  await assert.rejects(variables.write({ v: { shape: [2], data: new Float32Array(2) } }), /there is no variable v/);
});

test('an error inside TensorFlow is reported in its words, and the step works afterwards', { skip }, async () => {
  const runtime = await runtimeOf({});
  const variables = await runtime.variables({ table: { shape: [3, 1], data: Float32Array.of(10, 20, 30) } });
  const step = runtime.compile(
    ({ ids }, inside) => ({ rows: gatherRows(inside.variable('table'), ids as tf.Tensor) }),
    variables,
  );
  const look = (...ids: number[]) => step({ ids: { shape: [2], data: Int32Array.from(ids) } });
  assert.deepEqual([...(await look(2, 0)).rows!.data], [30, 10]);
  await assert.rejects(look(1, 99), /99 is not in \[0, 3\)/);
  assert.deepEqual([...(await look(1, 1)).rows!.data], [20, 20]);
});

test('products and loss in bfloat16 stay within a hundredth of float32, and learn as much', { skip }, async () => {
  const exact = await losses(await runtimeOf({}));
  const half = await losses(await runtimeOf({ precision: 'bfloat16' }));
  assert.notEqual(half[0], exact[0], 'it is another arithmetic');
  for (const [i, loss] of half.entries()) {
    assert.ok(Math.abs(loss - exact[i]!) < 1e-2 * exact[i]!, `update ${i}: ${loss}, float32 ${exact[i]}`);
  }
});

function scalars(outputs: Readonly<Record<string, HostTensor>>): Record<string, number> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data[0] as number]));
}
