import { AttnError } from '../support/errors.ts';
import { type Card, listCards } from '../tensor/cards.ts';
import { loadedVersions } from '../tensor/cuda-libraries.ts';
import { chooseDevice } from '../tensor/device.ts';
import { loadTensorFlow } from '../tensor/library.ts';
import { findTensorFlow, type SetupProblem } from '../tensor/location.ts';
import { matrixRate } from '../tensor/matrix-rate.ts';

/** NVIDIA's GPUs of this machine, with driver and libraries. */
export interface GpuDiagnosis {
  /** All that CUDA shows, in its order. */
  readonly cards: readonly Card[];
  /** The driver's version, and the newest CUDA it supports; null if unknown. */
  readonly driver: string | null;
  readonly cuda: string | null;
  /** The version of the TensorFlow for GPUs from set-up; null if there is none. */
  readonly tensorflow: string | null;
  /**
   * The libraries TensorFlow opens: `cudaRuntime`, `cublas` and `cudnn` with their versions; empty if no GPU is used.
   */
  readonly libraries: Readonly<Record<string, string>>;
  /** Measured rates of the first GPU's matrix products in 10^9 operations per second; null if it is not used. */
  readonly gflops: { readonly float32: number; readonly tf32: number; readonly bfloat16: number } | null;
  /** Why no GPU is used; null if one is. */
  readonly unused: string | null;
}

const remedy = 'npx attn setup --gpu';

/**
 * Examines the GPUs, and measures the first. Chooses the process's device.
 * @returns null on a machine with neither a driver nor a TensorFlow for GPUs; `problems` are those that can be fixed
 */
export async function diagnoseGpu(): Promise<{ gpu: GpuDiagnosis | null; problems: readonly SetupProblem[] }> {
  const { cards, driver = null, cuda = null, problem } = listCards();
  const tensorflow = findTensorFlow('gpu')?.version ?? null;
  const hasDriver = driver !== null || cuda !== null;
  if (!hasDriver && tensorflow === null) return { gpu: null, problems: [] };
  const found = { cards, driver, cuda, tensorflow };
  const unused = (why: string, problems: readonly SetupProblem[]) => ({
    gpu: { ...found, libraries: {}, gflops: null, unused: why },
    problems,
  });
  if (tensorflow === null) return unused(problem ?? `${remedy} enables it`, []);
  const device = chooseDevice();
  if (device.kind === 'cpu') {
    const why = device.passedOver ?? 'there is no card';
    // a machine without a driver is not expected to have a GPU; the installation may serve others that share the cache
    return unused(why, hasDriver ? [{ what: `TensorFlow cannot use the GPU: ${why}`, remedy }] : []);
  }
  try {
    const { gflops: tf32 } = await matrixRate({ backend: 'tensorflow' });
    const { gflops: bfloat16 } = await matrixRate({ backend: 'tensorflow', precision: 'bfloat16' });
    loadTensorFlow().allowTensorFloat32(false);
    const { gflops: float32 } = await matrixRate({ backend: 'tensorflow' });
    loadTensorFlow().allowTensorFloat32(true);
    const gpu = { ...found, libraries: loadedVersions(), gflops: { float32, tf32, bfloat16 }, unused: null };
    return { gpu, problems: [] };
  } catch (error) {
    if (!(error instanceof AttnError)) throw error;
    return unused(error.problem, [{ what: error.problem, remedy: error.remedy ?? remedy }]);
  }
}

/** The lines for people. */
export function describeGpu({ cards, driver, cuda, tensorflow, libraries, gflops, unused }: GpuDiagnosis): string[] {
  const tera = (rate: number) => (rate / 1000).toFixed(rate < 10_000 ? 1 : 0);
  const names: Readonly<Record<string, string>> = { cudaRuntime: 'CUDA', cublas: 'cuBLAS', cudnn: 'cuDNN' };
  const versions = Object.entries(libraries).map(([name, version]) => `${names[name]} ${version}`);
  return [
    ...cards.map(
      ({ name, memory, computeCapability }, i) =>
        `GPU ${i}            ${name}, ${(memory / 2 ** 30).toFixed(1)} GiB, compute capability ${computeCapability}`,
    ),
    ...(cuda === null ? [] : [`driver           ${driver ?? 'of unknown version'}, for CUDA up to ${cuda}`]),
    ...(unused === null ? [] : [`GPU              not used: ${unused}`]),
    ...(gflops === null
      ? []
      : [
          `on the GPU       ${[`TensorFlow ${tensorflow}`, ...versions].join(', ')}`,
          `matrix products  float32 ${tera(gflops.float32)}, TF32 ${tera(gflops.tf32)}, bfloat16 ${tera(gflops.bfloat16)} TFLOP/s`,
        ]),
  ];
}
