import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { hasTensorFlow } from '../../src/tensor/backend.ts';

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
