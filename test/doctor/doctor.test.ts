import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Diagnosis, describeDiagnosis } from '../../src/doctor/doctor.ts';
import { describeGpu } from '../../src/doctor/gpu-doctor.ts';
import { readSetupRecord } from '../../src/tensor/location.ts';
import { attn } from '../helpers/own-checkout.ts';

function diagnosis(tfjsNode?: Parameters<typeof attn>[1]): Diagnosis {
  const { status, stdout, stderr } = attn(['doctor', '--json'], tfjsNode);
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '', 'no words from TensorFlow');
  return JSON.parse(stdout);
}

test('doctor --json on TensorFlow gives version, threads and rates, and finds nothing missing', {
  skip: readSetupRecord()?.backend !== 'tensorflow' && 'needs TensorFlow',
}, () => {
  const found = diagnosis();
  assert.deepEqual(Object.keys(found), [
    ...['attn', 'node', 'backend', 'tensorflow', 'threads', 'cpu', 'kernels', 'gflops', 'gpu', 'problems'],
  ]);
  assert.equal(found.backend, 'tensorflow');
  assert.match(found.tensorflow ?? '', /^\d+\.\d+/);
  assert.equal(found.node, process.version);
  assert.ok(found.threads >= 1);
  assert.ok(found.gflops.float32 > 1 && (found.gflops.bfloat16 ?? 0) > 1);
  assert.deepEqual(found.problems, []);
});

test('if set-up never ran, doctor measures WebAssembly and names set-up', () => {
  const { backend, tensorflow, gflops, problems } = diagnosis({});
  assert.deepEqual(
    { backend, tensorflow, bfloat16: gflops.bfloat16 },
    { backend: 'wasm', tensorflow: null, bfloat16: null },
  );
  assert.ok(gflops.float32 > 0.1);
  assert.deepEqual(problems, [{ what: 'set-up has not run here', remedy: 'npx attn setup' }]);
});

test('doctor reports what set-up reported as missing', () => {
  const problem = { what: 'there is no C++ compiler', remedy: 'install one' };
  assert.deepEqual(diagnosis({ record: { backend: 'wasm', problem } }).problems, [problem]);
});

test('a library that no longer exists or does not load is a problem, not a crash', () => {
  const record = { backend: 'tensorflow', version: '2.21.0', libraryDirectory: '/gone', frameworkLibrary: '/gone/f' };
  const gone = diagnosis({ record: { ...record, library: '/gone/libtensorflow_cc.so.2' } });
  assert.match(gone.problems[0]?.what ?? '', /library is gone: \/gone\/libtensorflow_cc\.so\.2/);
  const broken = diagnosis({
    record: { ...record, library: process.execPath },
    main: "throw new Error('libtensorflow_cc.so.2: file too short')",
  });
  assert.equal(broken.backend, 'wasm');
  assert.match(broken.problems[0]?.what ?? '', /file too short/);
});

test('the report for people names engine, rates and advice for each problem', () => {
  const text = describeDiagnosis({
    ...{ attn: '1.2.3', node: 'v20.0.0', backend: 'wasm', tensorflow: null, threads: 1, cpu: ['avx2'] },
    kernels: { variant: 'graph', why: 'TensorFlow is not in use' },
    gflops: { float32: 20.4, bfloat16: null },
    gpu: null,
    problems: [{ what: 'there is no C++ compiler', remedy: 'sudo apt-get install -y g++' }],
  });
  assert.match(text, /WebAssembly, 1 thread\n/);
  assert.match(text, /float32 20 GFLOP\/s\n/);
  assert.match(text, /problem: there is no C\+\+ compiler\n {2}sudo apt-get install -y g\+\+$/);
});

test('the report names GPUs, driver, libraries and rates', () => {
  const gpu = {
    cards: [{ name: 'NVIDIA H100 80GB HBM3', memory: 79.5 * 2 ** 30, computeCapability: '9.0' }],
    ...{ driver: '550.54.15', cuda: '12.4', tensorflow: '2.21.0' },
    libraries: { cudaRuntime: '12.9', cublas: '12.9.3', cudnn: '9.28.0' },
    ...{ gflops: { float32: 51_200, tf32: 390_400, bfloat16: 710_000 }, unused: null },
  };
  assert.deepEqual(describeGpu(gpu), [
    'GPU 0            NVIDIA H100 80GB HBM3, 79.5 GiB, compute capability 9.0',
    'driver           550.54.15, for CUDA up to 12.4',
    'on the GPU       TensorFlow 2.21.0, CUDA 12.9, cuBLAS 12.9.3, cuDNN 9.28.0',
    'matrix products  float32 51, TF32 390, bfloat16 710 TFLOP/s',
  ]);
  const unused = { ...gpu, cards: [], driver: null, cuda: null, libraries: {}, gflops: null, unused: 'no driver' };
  assert.deepEqual(describeGpu(unused), ['GPU              not used: no driver']);
});

test('doctor tells which kernels a processor has, why there are none, and rejects unavailable ones', {
  skip: readSetupRecord()?.backend !== 'tensorflow' && 'needs TensorFlow',
}, () => {
  const none = attn(['doctor'], undefined, { ATTN_KERNELS: 'graph' });
  assert.match(none.stdout, /^own kernels {6}none: ATTN_KERNELS=graph; using TensorFlow's operations$/m);
  const wrong = attn(['doctor'], undefined, { ATTN_KERNELS: 'sse2' });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /ATTN_KERNELS=sse2: there are no such kernels\n {2}graph, amx, avx512bf16, avx512, avx2/);
});
