import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { runPython } from '../../bench/peer.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import type { ModelOptions } from '../../src/models/seq2seq.ts';
import { onnxModels } from '../../src/onnx/export.ts';
import { readProto } from '../../src/support/protobuf.ts';
import { useBackend } from '../../src/tensor/backend.ts';
import { keepAll } from '../../src/tensor/ops/dropout.ts';
import { openRuntime } from '../../src/tensor/runtime.ts';
import { BOS, EOS, PAD } from '../../src/vocabulary/vocabulary.ts';
import { scratchFolder, writeToyRun } from '../decoding/toy-run.ts';
import { attn } from '../helpers/command.ts';
import { tinyOptions } from '../helpers/copy-task.ts';
import { pythonWith } from '../helpers/python.ts';

const transformer = { arch: 'transformer', layers: 2, heads: 2, feedForward: 12 } as const;
/** Every part that a model can have. */
const changes: Readonly<Record<string, Partial<ModelOptions>>> = {
  none: { score: 'none' },
  dot: {},
  'dot, two layers, tied and shared embeddings': { layers: 2, tieEmbeddings: true, shareEmbeddings: true },
  'general, bidirectional, two layers': { score: 'general', bidirectional: true, layers: 2 },
  'concat, lstm': { score: 'concat', cell: 'lstm' },
  'concat, input feeding, reset before': { score: 'concat', inputFeeding: true, resetAfter: false },
  'none, lstm, bidirectional, two layers': { score: 'none', cell: 'lstm', bidirectional: true, layers: 2 },
  'bahdanau, two layers': { score: 'bahdanau', layers: 2 },
  location: { score: 'location', maxPositions: 9 },
  'location, fewer positions than the source': { score: 'location', maxPositions: 4 },
  'dot, local-m': { window: 'local-m', windowSize: 1 },
  'general, local-p': { score: 'general', window: 'local-p', windowSize: 2 },
  'dot, bidirectional, reset before': { bidirectional: true, resetAfter: false },
  transformer,
  'transformer, learned positions, gelu, tied': {
    ...{ ...transformer, positions: 'learned', activation: 'gelu', tieEmbeddings: true, maxPositions: 7 },
  },
};

const sources = [
  [4, 5, 6, 7, 8, EOS],
  [8, 4, EOS, PAD, PAD, PAD],
  [EOS, PAD, PAD, PAD, PAD, PAD],
];
const targets = [
  [BOS, 6, 4, 7, 7],
  [BOS, 5, 8, 4, 6],
  [BOS, 8, 7, 5, 5],
];
const int = (rows: readonly (readonly number[])[]) =>
  tf.tensor2d(
    rows.map((row) => [...row]),
    undefined,
    'int32',
  );

function modelOf(change: Partial<ModelOptions>) {
  const model = createModel(tinyOptions(change));
  const parameters = initialParameters(model, 'uniform', 3);
  // large enough for every part to matter
  for (const { data } of Object.values(parameters)) for (const i of data.keys()) data[i] = (data[i] as number) * 8;
  return { model, parameters };
}

for (const [name, change] of Object.entries(changes)) {
  test(`${name}: the graphs are complete: every value is computed before it is used, and every input is fed`, () => {
    const { model, parameters } = modelOf(change);
    const { encoder, decoder } = onnxModels(model.options, parameters);
    const [reads, writes] = [checkGraph(encoder), checkGraph(decoder)];
    assert.deepEqual(reads.inputs, ['input_ids', 'attention_mask']);
    const given = new Set(reads.outputs).add('input_ids').add('encoder_attention_mask').add('encoder_hidden_states');
    for (const input of writes.inputs) assert.ok(given.has(input), `nothing feeds ${input}`);
    assert.ok(writes.outputs.includes('logits'));
    for (const input of writes.inputs.filter((one) => /^past.*\.decoder\./.test(one))) {
      assert.ok(writes.outputs.includes(input.replace('past_key_values', 'present')), `${input} stays as it was`);
    }
  });
}

const peer = pythonWith('numpy', 'onnxruntime');
test('onnxruntime computes the same logits and attention, step by step, for every kind of model', {
  skip: 'skip' in peer && peer.skip,
}, async () => {
  const { python } = peer as { python: string };
  const folder = scratchFolder();
  const jobs = Object.entries(changes).map(([name, change]) => {
    const { model, parameters } = modelOf(change);
    const { encoder, decoder } = onnxModels(model.options, parameters);
    const own = join(folder, name.replaceAll(/[ ,]+/g, '-'));
    mkdirSync(own);
    writeFileSync(join(own, 'encoder_model.onnx'), encoder);
    writeFileSync(join(own, 'decoder_model.onnx'), decoder);
    return { folder: own, sources, targets };
  });
  const script = new URL('run.py', import.meta.url).pathname;
  const found = await runPython<{ logits: number[][][]; attention: number[][][] | null }[]>(python, [script], jobs);
  const runtime = await openRuntime({ backend: 'wasm', threads: 1 });
  await useBackend('wasm');
  for (const [i, [name, change]] of Object.entries(changes).entries()) {
    const { model, parameters } = modelOf(change);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const tensors = Object.fromEntries(
        Object.entries(parameters).map(([key, { shape, data }]) => [key, tf.tensor(data, [...shape])]),
      );
      const memory = model.encode(tensors, int(sources), keepAll);
      const { features, attention } = model.decode(tensors, memory, int(targets), keepAll);
      const logits = tf.add(
        tf.matMul(features as tf.Tensor2D, tensors[model.outputWeight] as tf.Tensor2D, false, true),
        tensors['output.bias'] as tf.Tensor,
      );
      assertClose(logits.dataSync(), found[i]!.logits.flat(2), `${name}: logits`);
      if (attention.attention === undefined) assert.equal(found[i]!.attention, null);
      else assertClose(attention.attention.dataSync(), found[i]!.attention!.flat(2), `${name}: attention`);
    });
    assert.equal(tf.memory().numTensors, before);
  }
  runtime.close();
});

function assertClose(ours: Iterable<number>, theirs: readonly number[], what: string): void {
  const differences = Array.from(ours, (value, i) => Math.abs(value - (theirs[i] as number)));
  assert.equal(differences.length, theirs.length, what);
  const worst = Math.max(...differences) / Math.max(1, ...theirs.map(Math.abs));
  assert.ok(worst < 1e-5, `${what} differ by ${worst}`);
}

test('attn export --onnx writes models, vocabularies and what a search needs to know', async () => {
  const folder = scratchFolder();
  const run = await writeToyRun(join(folder, 'dot'), { languages: { source: 'it', target: 'en' } });
  const out = join(folder, 'onnx');
  const { code, err } = await attn('export', run, '--onnx', out);
  assert.equal(code, 0, err);
  const config = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'));
  assert.deepEqual([config.source_language, config.eos_token_id, config.architecture], ['it', EOS, 'gru']);
  for (const name of ['source.model', 'target.model']) {
    assert.deepEqual(readFileSync(join(out, name)), readFileSync(join(run, name)));
  }
  const again = await attn('export', run, '--onnx', out);
  assert.equal(again.code, 2);
  assert.match(again.err, /already holds ONNX models\n {2}remove it/);
  for (const [flag, value] of [
    ['--precision', 'float16'],
    ['--out', 'x'],
    ['--web', 'y'],
  ] as const) {
    const refused = await attn('export', run, '--onnx', `${out}2`, flag, value);
    assert.equal(refused.code, 2);
    assert.match(refused.err, new RegExp(`${flag}: cannot be combined with --onnx`));
  }
  assert.equal(existsSync(`${out}2`), false);
});

/** Checks a model file as far as possible without running it. @returns the names of its inputs and outputs */
function checkGraph(bytes: Uint8Array): { inputs: string[]; outputs: string[] } {
  const all = (message: Uint8Array, field: number) =>
    [...readProto(message)].flatMap((one) => (one.field === field && one.wire === 'bytes' ? [one.value] : []));
  const text = (message: Uint8Array, field: number) =>
    all(message, field).map((value) => Buffer.from(value).toString());
  const [graph] = all(bytes, 7) as [Uint8Array];
  const inputs = all(graph, 11).flatMap((info) => text(info, 1));
  const known = new Set(['', ...inputs]);
  for (const initializer of all(graph, 5)) {
    const sizes = [...readProto(initializer)].flatMap((one) =>
      one.field === 1 && one.wire === 'varint' ? [Number(one.value)] : [],
    );
    const type = [...readProto(initializer)].find((one) => one.field === 2)?.value;
    const [data] = all(initializer, 9) as [Uint8Array];
    assert.equal(data.length, sizes.reduce((a, b) => a * b, 1) * (type === 7n ? 8 : 4));
    known.add(text(initializer, 8)[0] as string);
  }
  for (const node of all(graph, 1)) {
    for (const input of text(node, 1)) assert.ok(known.has(input), `${text(node, 4)} reads ${input}`);
    for (const output of text(node, 2)) {
      assert.ok(!known.has(output), `${output} is made twice`);
      known.add(output);
    }
  }
  const outputs = all(graph, 12).flatMap((info) => text(info, 1));
  for (const output of outputs) assert.ok(known.has(output), `nothing makes ${output}`);
  return { inputs, outputs };
}
