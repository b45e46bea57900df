import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { InputError } from '../../src/support/errors.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { kernelsFor } from '../../src/tensor/kernel-library.ts';

test('a process that loads TensorFlow and its kernels, but never computes, ends as if nothing had happened', {
  skip: hasTensorFlow() ? false : 'TensorFlow is not installed',
}, () => {
  const program = `const { chooseKernels } = await import('./src/tensor/kernel-library.ts');
    const { loadTensorFlow } = await import('./src/tensor/library.ts');
    console.log(chooseKernels().variant, loadTensorFlow().Version());`;
  const words = ['--import', 'tsx', '--input-type=module', '-e', program];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  assert.deepEqual({ status, signal }, { status: 0, signal: null }, stderr);
  assert.match(stdout, /^\S+ \d+\.\d+/);
});

test('no kernels that change variables where they are beside XLA, which may pass copies', () => {
  const flags = '--tf_xla_auto_jit=2';
  assert.deepEqual(kernelsFor(undefined, flags), { variant: 'graph', why: 'TF_XLA_FLAGS sets auto_jit' });
  assert.throws(() => kernelsFor('avx2', flags), InputError);
  assert.deepEqual(kernelsFor('graph', flags), { variant: 'graph', why: 'ATTN_KERNELS=graph' });
});
