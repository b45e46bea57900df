import * as os from 'node:os';
import { type BackendName, hasTensorFlow, startBackend } from './backend.ts';
import { type CompiledStep, compileInSession, eagerStep, type StepFunction } from './compile.ts';
import { loadTensorFlow } from './library.ts';
import { type HostTensor, Session } from './session.ts';
import { EagerVariables, SessionVariables, type Variables } from './variables.ts';

/** How a runtime computes. */
export interface RuntimeOptions {
  /** Default: TensorFlow where set-up has put it, else WebAssembly. */
  readonly backend?: BackendName;
  /** Run every step eagerly even where it could be compiled: the truth in tests. */
  readonly eager?: boolean;
  /** How many threads it may use; default: the machine's cores. */
  readonly threads?: number;
  /** Precision of the matrix products in compiled steps; sums, parameters and updates stay float32. */
  readonly precision?: 'float32' | 'bfloat16';
  /**
   * How many operations of compiled steps may run at the same time, each on its share of the threads; 1 unless said. For
   * steps, or parts of a step, that do not wait for each other: many small operations keep more cores busy this way.
   */
  readonly streams?: number;
  readonly xla?: boolean;
  /** Where the session runs: this process, or `grpc://host:port`. */
  readonly target?: string;
}

/** The engine under everything that computes. One at a time in a process: tfjs has one backend in use. */
export interface Runtime {
  readonly backend: BackendName;
  /** Whether steps are compiled into a session. */
  readonly compiled: boolean;
  /** TensorFlow's version, where it is the backend. */
  readonly tensorflow: string | undefined;
  readonly threads: number;
  readonly precision: 'float32' | 'bfloat16';
  /** Makes variables with these values. */
  variables(initial: Readonly<Record<string, HostTensor>>): Promise<Variables>;
  /** Makes a step of a function; `state` are the variables it reads and changes. */
  compile(fn: StepFunction, state?: Variables): CompiledStep;
  /** Frees the session and its variables. */
  close(): void;
}

/** Starts the engine. Throws a RunError where the backend asked for cannot be had. */
export async function openRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const backend = options.backend ?? (hasTensorFlow() ? 'tensorflow' : 'wasm');
  const threads = options.threads ?? os.availableParallelism();
  const compiled = backend === 'tensorflow' && !options.eager;
  const streams = compiled ? Math.min(options.streams ?? 1, threads) : 1;
  const share = Math.ceil(threads / streams);
  await startBackend(backend, share);
  if (!compiled) return eagerRuntime(backend, threads);
  const precision = options.precision ?? 'float32';
  const session = new Session({
    threads: share,
    streams,
    ...(options.xla && { xla: true }),
    ...(options.target && { target: options.target }),
  });
  return {
    backend,
    compiled: true,
    tensorflow: loadTensorFlow().Version(),
    threads,
    precision,
    variables: (initial) => SessionVariables.create(session, initial),
    compile: (fn, state) => {
      if (state !== undefined && !(state instanceof SessionVariables)) throw new Error('variables of another runtime');
      return compileInSession(session, fn, state, { precision });
    },
    close: () => session.close(),
  };
}

function eagerRuntime(backend: BackendName, threads: number): Runtime {
  const made: EagerVariables[] = [];
  return {
    backend,
    compiled: false,
    tensorflow: backend === 'tensorflow' ? loadTensorFlow().Version() : undefined,
    threads,
    precision: 'float32',
    variables: async (initial) => {
      const variables = new EagerVariables(initial);
      made.push(variables);
      return variables;
    },
    compile: (fn, state) => {
      if (state !== undefined && !(state instanceof EagerVariables)) throw new Error('variables of another runtime');
      return eagerStep(fn, state);
    },
    close: () => {
      for (const variables of made) variables.dispose();
    },
  };
}
