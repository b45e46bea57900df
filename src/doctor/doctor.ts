import { readFileSync } from 'node:fs';
import { AttnError, InputError } from '../support/errors.ts';
import { version } from '../support/version.ts';
import { type BackendName, hasTensorFlow } from '../tensor/backend.ts';
import { chooseKernels, type KernelChoice } from '../tensor/kernel-library.ts';
import { type SetupProblem, setupProblems } from '../tensor/location.ts';
import { matrixRate } from '../tensor/matrix-rate.ts';
import { openRuntime } from '../tensor/runtime.ts';
import { describeGpu, diagnoseGpu, type GpuDiagnosis } from './gpu-doctor.ts';

/** What attn runs on, how fast, and what is missing. */
export interface Diagnosis {
  readonly attn: string;
  readonly node: string;
  readonly backend: BackendName;
  /** TensorFlow's version; null with WebAssembly. */
  readonly tensorflow: string | null;
  readonly threads: number;
  /** The CPU features that speed up matrix products, by the kernel's names. */
  readonly cpu: readonly string[];
  /** The custom operations in graphs for a CPU: the variant they were compiled for, or `graph` for none, and why. */
  readonly kernels: KernelChoice;
  /** Measured rate of matrix products in 10^9 operations per second; null for formats the backend does not have. */
  readonly gflops: { readonly float32: number; readonly bfloat16: number | null };
  /** NVIDIA's GPUs; null on a machine with neither a driver for them nor a TensorFlow that could use them. */
  readonly gpu: GpuDiagnosis | null;
  readonly problems: readonly SetupProblem[];
}

/**
 * Examines this installation: the same after `attn setup` and for `attn doctor`. Takes about 2 seconds, with a GPU 5.
 */
export async function diagnose(): Promise<Diagnosis> {
  const problems = setupProblems();
  const cards = problems.length === 0 ? await diagnoseGpu() : { gpu: null, problems: [] };
  problems.push(...cards.problems);
  let backend: BackendName = hasTensorFlow() ? 'tensorflow' : 'wasm';
  let tensorflow: string | undefined;
  if (backend === 'tensorflow') {
    try {
      const runtime = await openRuntime({ backend, device: 'cpu' });
      tensorflow = runtime.tensorflow;
      runtime.close();
    } catch (error) {
      // a wrong ATTN_KERNELS says nothing about TensorFlow
      if (!(error instanceof AttnError) || error instanceof InputError) throw error;
      problems.push({ what: error.problem, remedy: 'npx attn setup' });
      backend = 'wasm';
    }
  }
  const float32 = await matrixRate({ backend, device: 'cpu' });
  const bfloat16 =
    backend === 'tensorflow' ? await matrixRate({ backend, device: 'cpu', precision: 'bfloat16' }) : undefined;
  return {
    attn: version,
    node: process.version,
    backend,
    tensorflow: tensorflow ?? null,
    threads: float32.threads,
    cpu: processorFeatures(),
    kernels: backend === 'tensorflow' ? chooseKernels() : { variant: 'graph', why: 'TensorFlow is not in use' },
    gflops: { float32: float32.gflops, bfloat16: bfloat16?.gflops ?? null },
    gpu: cards.gpu,
    problems,
  };
}

/** A diagnosis as lines for people. */
export function describeDiagnosis(diagnosis: Diagnosis): string {
  const { attn, node, backend, tensorflow, threads, cpu, kernels, gflops, gpu, problems } = diagnosis;
  const engine = backend === 'tensorflow' ? `TensorFlow ${tensorflow}` : 'WebAssembly';
  const bfloat16 = gflops.bfloat16 === null ? '' : `, bfloat16 ${gflops.bfloat16.toFixed(0)}`;
  return [
    `attn ${attn} on Node ${node}`,
    `engine           ${engine}, ${threads} thread${threads === 1 ? '' : 's'}`,
    `processor        ${cpu.length > 0 ? cpu.join(' ') : 'features not listed by this system'}`,
    ...(backend === 'tensorflow' ? describeKernels(kernels) : []),
    `matrix products  float32 ${gflops.float32.toFixed(0)}${bfloat16} GFLOP/s`,
    ...(gpu === null ? [] : describeGpu(gpu)),
    ...(problems.length === 0 ? ['nothing is missing'] : []),
    ...problems.map(({ what, remedy }) => `problem: ${what}\n  ${remedy}`),
  ].join('\n');
}

function describeKernels(kernels: KernelChoice): string[] {
  if (kernels.variant !== 'graph') return [`own kernels      ${kernels.variant}`];
  const remedy = kernels.remedy === undefined ? [] : [`  ${kernels.remedy}`];
  return [`own kernels      none: ${kernels.why}; using TensorFlow's operations`, ...remedy];
}

/** The CPU features that TensorFlow's kernels use; none if the system does not list them (macOS). */
function processorFeatures(): string[] {
  const used =
    /^(avx|avx2|fma|f16c|avx_vnni|avx512(f|_vnni|_bf16|_fp16)|amx_(tile|int8|bf16|fp16)|asimd|asimdhp|asimddp|bf16|i8mm|sve2?|sme)$/;
  let text: string;
  try {
    text = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return [];
  }
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1] ?? '';
  return flags.split(' ').filter((flag) => used.test(flag));
}
