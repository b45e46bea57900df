import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { RunError } from '../support/errors.ts';
import { withoutRethrowing } from '../support/process-listeners.ts';
import { keepLessMemory } from './allocator.ts';
import type { Device } from './device.ts';
import { loadTensorFlow, withoutNativeStderr } from './library.ts';
import { findTensorFlow } from './location.ts';

/**
 * Where eager operations run: TensorFlow through tfjs-node, tfjs's WebAssembly kernels, or its plain JavaScript ones.
 */
export type BackendName = 'tensorflow' | 'wasm' | 'cpu';

const require = createRequire(import.meta.url);

/**
 * Makes tfjs use a backend from now on, with TensorFlow on a given device.
 * @throws RunError if TensorFlow's library or its binding is missing or broken
 */
export async function startBackend(name: BackendName, threads: number, device: Device): Promise<void> {
  // otherwise tfjs would recommend tfjs-node on the console
  tf.enableProdMode();
  if (name === 'tensorflow') startTensorFlow(threads, device);
  else if (name === 'wasm') await startWasm(threads);
  else require('@tensorflow/tfjs-backend-cpu');
  if (!(await withoutRethrowing(() => tf.setBackend(name)))) {
    throw new RunError(`the backend ${name} does not start`, {
      remedy:
        name === 'wasm'
          ? 'WebAssembly reserves about 10 GB of addresses: ulimit -v unlimited, if a limit is set'
          : 'attn doctor shows what is missing',
    });
  }
  if (name === 'tensorflow') {
    // TensorFlow prints a message about oneDNN at its first operation
    withoutNativeStderr(() => tf.tidy(() => tf.matMul(tf.zeros([1, 1]), tf.zeros([1, 1])).dataSync()));
  }
}

/** Returns to a backend that was started, if another has been used since. */
export async function useBackend(name: BackendName): Promise<void> {
  if (tf.getBackend() !== name) await tf.setBackend(name);
}

/** Whether this process could use TensorFlow: set-up has fetched and built it. */
export function hasTensorFlow(): boolean {
  return findTensorFlow() !== undefined;
}

function startTensorFlow(threads: number, { kind, location }: Device): void {
  keepLessMemory();
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  if (kind === 'gpu' && location !== undefined) {
    // otherwise eager operations, which take no options, would reserve the GPU's whole memory
    process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
    // a step ends once the GPU has been told what to do: reading a result waits for it anyway
    process.env.TF_SYNC_ON_FINISH ??= 'false';
    // the binding finds its TensorFlow by the libraries' names: loaded ones take precedence over its own
    withoutNativeStderr(() => loadTensorFlow(location));
  }
  fixUtil();
  try {
    withoutNativeStderr(() => require('@tensorflow/tfjs-node'));
  } catch (error) {
    throw new RunError(`TensorFlow's binding does not load: ${firstLine(error)}`, {
      remedy: 'npm run setup',
      cause: error,
    });
  }
}

/** tfjs-node 4.22 calls functions of `util` that Node 23 removed; they are added to the module that it will load. */
function fixUtil(): void {
  const util = require('node:util') as Record<string, unknown>;
  const removed: Record<string, (value: unknown) => boolean> = {
    isArray: Array.isArray,
    isNullOrUndefined: (value) => value === null || value === undefined,
    isString: (value) => typeof value === 'string',
    isNumber: (value) => typeof value === 'number',
    isFunction: (value) => typeof value === 'function',
    isObject: (value) => typeof value === 'object' && value !== null,
    isBoolean: (value) => typeof value === 'boolean',
    isUndefined: (value) => value === undefined,
  };
  // always our own: even reading the old ones prints a deprecation warning on Node 22
  for (const [name, test] of Object.entries(removed)) {
    Object.defineProperty(util, name, { value: test, configurable: true, writable: true });
  }
}

async function startWasm(threads: number): Promise<void> {
  // not an import, for which Node would first read all of it to find its names
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setThreadsCount(threads);
  const { registerMissingKernels } = await import('./wasm-kernels.ts');
  registerMissingKernels();
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
