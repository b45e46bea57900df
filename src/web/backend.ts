import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { registerMissingKernels } from '../tensor/wasm-kernels.ts';

/** The backends of a browser, in order of preference. */
export const backends = ['webgpu', 'webgl', 'wasm'] as const;
/** One of {@link backends}. */
export type WebBackend = (typeof backends)[number];

/** The result of a trial: numbers that are the same on every backend, and the time of its second run, in ms. */
interface Trial {
  readonly numbers: Float32Array;
  readonly milliseconds: number;
}

/**
 * Starts the first backend in order that works: it exists, is not a GPU emulated by the CPU, computes the same numbers
 * as WebAssembly, and is no slower. For a small model and one sentence WebAssembly often wins, because on a GPU
 * starting an operation takes as long as running it.
 * @param only requests one of them, with WebAssembly as the fallback
 */
export async function startBackend(only?: WebBackend): Promise<WebBackend> {
  tf.enableProdMode();
  await startWasm();
  if (only === 'wasm') return only;
  for (const name of backends) {
    if (name === 'wasm' || (only !== undefined && name !== only)) continue;
    if (await works(name, only === undefined)) return name;
  }
  await tf.setBackend('wasm');
  return 'wasm';
}

async function startWasm(): Promise<void> {
  setWasmPaths(new URL('.', import.meta.url).href);
  // threads need pages isolated from others, and one sentence has no work for them
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  registerMissingKernels();
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new Error(
      'This browser is too old for the page: its WebAssembly has no SIMD, which all have had since 2023.',
    );
  }
  if (!(await tf.setBackend('wasm'))) throw new Error('this browser has no WebAssembly');
}

/** @param choosing nobody has asked for it by name: then it has to be fast, too */
async function works(name: Exclude<WebBackend, 'wasm'>, choosing: boolean): Promise<boolean> {
  try {
    if (choosing && (await isPlayed(name))) return false;
    if (name === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
    else await import('@tensorflow/tfjs-backend-webgl');
    await tf.setBackend('wasm');
    const least = await trial();
    if (!(await tf.setBackend(name))) return false;
    const { numbers, milliseconds } = await trial();
    const right = numbers.every((number, i) => {
      const wanted = least.numbers[i] as number;
      return Math.abs(number - wanted) <= 1e-3 * Math.abs(wanted);
    });
    return right && (!choosing || milliseconds <= least.milliseconds);
  } catch {
    return false;
  }
}

/** Whether the "GPU" is really a software renderer. */
async function isPlayed(name: Exclude<WebBackend, 'wasm'>): Promise<boolean> {
  if (name === 'webgpu') {
    const { gpu } = navigator as unknown as { readonly gpu?: { requestAdapter(): Promise<Adapter | null> } };
    const adapter = await gpu?.requestAdapter();
    return !adapter || (adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false);
  }
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (context === null) return true;
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER));
  return /swiftshader|llvmpipe|software|basic render/i.test(renderer);
}

interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { readonly isFallbackAdapter?: boolean };
}

/** The operations of search steps: rows are looked up and multiplied, the largest are read back; twice. */
async function trial(): Promise<Trial> {
  const run = async (): Promise<Float32Array> => {
    const wave = (rows: number, columns: number) =>
      tf.reshape(tf.sin(tf.mul(tf.range(0, rows * columns), 0.37)), [rows, columns]) as tf.Tensor2D;
    const [weight, words] = [tf.tidy(() => wave(256, 256)), tf.tidy(() => wave(2000, 256))];
    let h = tf.tidy(() => wave(5, 256));
    for (let step = 0; step < 8; step++) {
      const next = tf.tidy(() => {
        const rows = tf.gather(h, tf.tensor1d([1, 0, 2, 4, 3], 'int32'));
        return tf.tanh(tf.mul(tf.matMul(rows, weight), 0.06)) as tf.Tensor2D;
      });
      h.dispose();
      h = next;
      await h.data();
    }
    const greatest = tf.tidy(() => tf.topk(tf.softmax(tf.matMul(h, words, false, true)), 3).values);
    const numbers = Float32Array.from(await greatest.data());
    tf.dispose([weight, words, h, greatest]);
    return numbers;
  };
  await run();
  const start = performance.now();
  const numbers = await run();
  return { numbers, milliseconds: performance.now() - start };
}
