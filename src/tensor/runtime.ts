import * as os from 'node:os';
import type { DeviceName } from '../config/device.ts';
import type { Precision } from '../config/precision.ts';
import { RunError } from '../support/errors.ts';
import { type BackendName, hasTensorFlow, startBackend } from './backend.ts';
import { compileInSession } from './compile.ts';
import { chooseDevice, type Device } from './device.ts';
import { eagerSteps } from './eager.ts';
import { chooseKernels, loadKernels } from './kernel-library.ts';
import type { KernelVariant } from './kernel-variant.ts';
import { loadTensorFlow } from './library.ts';
import type { RecordingOptions } from './recorded-nodes.ts';
import { Session } from './session.ts';
import { SessionVariables } from './session-variables.ts';
import type { StepMaker } from './step.ts';

/** How a runtime computes. */
export interface RuntimeOptions {
  /** Default: TensorFlow if set-up has installed it, else WebAssembly. */
  readonly backend?: BackendName;
  /** Run every step eagerly even if it could be compiled: the reference in tests. */
  readonly eager?: boolean;
  /** The maximum number of threads; by default the number of cores. */
  readonly threads?: number;
  /** Precision of the matrix products in compiled steps; sums, parameters and updates stay float32. */
  readonly precision?: Precision;
  /**
   * How many operations of compiled steps may run at the same time, each on its share of the threads; 1 by default. For
   * steps, or parts of a step, that do not depend on each other: many small operations keep more cores busy this way.
   */
  readonly streams?: number;
  /** Custom operations, or `graph` for TensorFlow's only; default: `chooseKernels`. */
  readonly kernels?: KernelVariant | 'graph';
  readonly xla?: boolean;
  /**
   * TensorFlow's device, one for the whole process. Default: the earlier choice, else the first GPU if set-up has
   * installed a TensorFlow for GPUs and there is one, else the CPU.
   */
  readonly device?: DeviceName;
}

/** The engine for all computation. One at a time in a process, because tfjs uses one backend at a time. */
export interface Runtime extends StepMaker {
  readonly backend: BackendName;
  /** Whether steps are compiled into a session. */
  readonly compiled: boolean;
  /** TensorFlow's version, if it is the backend. */
  readonly tensorflow: string | undefined;
  readonly device: Device;
  readonly threads: number;
  readonly precision: Precision;
  /** The custom operations of compiled steps; `graph` for TensorFlow's only. */
  readonly kernels: KernelVariant | 'graph';
}

/** The device without TensorFlow. */
const processorAlone: Device = { kind: 'cpu', index: 0, card: undefined, location: undefined };

/**
 * Starts the engine.
 * @throws InputError for a device that this machine does not have
 * @throws RunError if the requested backend is not available, or TensorFlow does not use the GPU
 */
export async function openRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const backend = options.backend ?? (hasTensorFlow() ? 'tensorflow' : 'wasm');
  const threads = options.threads ?? os.availableParallelism();
  const compiled = backend === 'tensorflow' && !options.eager;
  const streams = compiled ? Math.min(options.streams ?? 1, threads) : 1;
  const share = Math.ceil(threads / streams);
  const device = backend === 'tensorflow' ? chooseDevice(options.device) : processorAlone;
  // NVIDIA's libraries read it once, when they start; TensorFlow has its own switch
  if (options.precision === 'float32-strict') process.env.NVIDIA_TF32_OVERRIDE = '0';
  await startBackend(backend, share, device);
  if (device.kind === 'gpu') loadTensorFlow().allowTensorFloat32(options.precision !== 'float32-strict');
  if (!compiled) return eagerRuntime(backend, threads, device);
  const precision = options.precision ?? 'float32';
  const session = new Session({
    threads: share,
    streams,
    device: device.kind,
    ...(options.xla && { xla: true }),
  });
  if (device.kind === 'gpu' && !session.deviceTypes().includes('GPU')) {
    session.close();
    throw new RunError(`TensorFlow cannot use the card (${device.card?.name}) and would compute on the processor`, {
      remedy: 'run the same command with TF_CPP_MIN_LOG_LEVEL=0 to see why; --device cpu computes without a GPU',
    });
  }
  const { kernels } = device.kind === 'cpu' ? kernelsOf(options, share, threads) : {};
  return {
    backend,
    compiled: true,
    tensorflow: loadTensorFlow().Version(),
    device,
    threads,
    precision,
    kernels: kernels?.variant ?? 'graph',
    ...sessionSteps(session, {
      precision: precision === 'bfloat16' ? 'bfloat16' : 'float32',
      device: device.kind,
      ...(kernels && { kernels }),
    }),
    close: () => session.close(),
  };
}

/** The kernels that a recording may use. Throws a RunError if the requested ones are not available. */
function kernelsOf(
  { kernels, xla }: RuntimeOptions,
  threads: number,
  allThreads: number,
): Pick<RecordingOptions, 'kernels'> {
  // XLA may pass copies of variables to an operation that changes them where they are
  const variant = xla ? 'graph' : (kernels ?? chooseKernels().variant);
  if (variant === 'graph') return {};
  const problem = loadKernels(variant);
  if (problem !== undefined) throw new RunError(problem.what, { remedy: problem.remedy });
  return { kernels: { variant, threads, allThreads } };
}

/** The functions of a runtime that use a session. */
export function sessionSteps(session: Session, options: RecordingOptions): Pick<Runtime, 'variables' | 'compile'> {
  return {
    variables: (initial, together) =>
      SessionVariables.create(session, initial, options.device === 'gpu' ? together : undefined),
    compile: (fn, state, { hostInputs = [] } = {}) => {
      if (state !== undefined && !(state instanceof SessionVariables)) throw new Error('variables of another runtime');
      return compileInSession(session, fn, state, { ...options, hostInputs });
    },
  };
}

function eagerRuntime(backend: BackendName, threads: number, device: Device): Runtime {
  return {
    backend,
    compiled: false,
    tensorflow: backend === 'tensorflow' ? loadTensorFlow().Version() : undefined,
    device,
    threads,
    precision: 'float32',
    kernels: 'graph',
    ...eagerSteps(),
  };
}
