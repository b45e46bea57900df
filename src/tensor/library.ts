import { createRequire } from 'node:module';
import { RunError } from '../support/errors.ts';
import { findTensorFlow, type TensorFlowLocation } from './location.ts';

/** An address inside TensorFlow (a graph, a session, an operation, a tensor). */
export type Pointer = object & { readonly __pointer: never };

/**
 * The functions of TensorFlow's C API that attn calls, by their C names without the prefix. Source:
 * tensorflow/c/c_api.h of TensorFlow 2.21.
 */
export interface TensorFlowLibrary {
  readonly directory: string;
  Version(): string;
  NewStatus(): Pointer;
  DeleteStatus(status: Pointer): void;
  GetCode(status: Pointer): number;
  Message(status: Pointer): string;
  /** Loads a library that registers operations; it stays loaded. */
  LoadLibrary(path: string, status: Pointer): void;
  NewSessionOptions(): Pointer;
  DeleteSessionOptions(options: Pointer): void;
  SetConfig(options: Pointer, config: Uint8Array, length: number, status: Pointer): void;
  NewDeprecatedSession(options: Pointer, status: Pointer): Pointer;
  CloseDeprecatedSession(session: Pointer, status: Pointer): void;
  DeleteDeprecatedSession(session: Pointer, status: Pointer): void;
  /** Adds a serialised GraphDef. */
  ExtendGraph(session: Pointer, graphDef: Uint8Array, length: number, status: Pointer): void;
  DeprecatedSessionListDevices(session: Pointer, status: Pointer): Pointer;
  DeviceListCount(devices: Pointer): number;
  DeviceListType(devices: Pointer, index: number, status: Pointer): string;
  DeleteDeviceList(devices: Pointer): void;
  /** Runs on a separate thread and calls back on the JavaScript thread. */
  Run(
    session: Pointer,
    inputs: readonly string[],
    inputTensors: readonly Pointer[],
    outputs: readonly string[],
    outputTensors: (Pointer | null)[],
    targets: readonly string[],
    status: Pointer,
  ): Promise<void>;
  AllocateTensor(type: number, dimensions: BigInt64Array, rank: number, bytes: number): Pointer;
  DeleteTensor(tensor: Pointer): void;
  NumDims(tensor: Pointer): number;
  Dim(tensor: Pointer, index: number): number;
  TensorType(tensor: Pointer): number;
  /** The tensor's memory itself: valid until the tensor is deleted. */
  TensorBytes(tensor: Pointer): Uint8Array;
  /**
   * Whether float32 products on a GPU may round their factors to TF32's 10 bits, which is the default; for the whole
   * process. Source: tsl/platform/tensor_float_32_utils.h, which has no C function.
   */
  allowTensorFloat32(allowed: boolean): void;
}

type Koffi = typeof import('koffi')['default'];

let koffi: Koffi | undefined;

/** Loaded where it is needed: WebAssembly starts without it. */
export function loadKoffi(): Koffi {
  if (koffi === undefined) {
    koffi = createRequire(import.meta.url)('koffi') as Koffi;
    // calls on other threads get 128 KiB of stack by default, too little for an all-reduce of MPICH 4.0
    koffi.config({ async_stack_size: 2 ** 20 });
  }
  return koffi;
}

let loaded: TensorFlowLibrary | undefined;

/**
 * Loads a library that set-up fetched, once per process: the first location given, else the one for the CPU. Throws a
 * RunError if there is none or it does not load.
 */
export function loadTensorFlow(location?: TensorFlowLocation): TensorFlowLibrary {
  loaded ??= bind(location ?? findTensorFlow());
  return loaded;
}

function bind(location: TensorFlowLocation | undefined): TensorFlowLibrary {
  if (location === undefined) {
    throw new RunError('TensorFlow is not installed', { remedy: 'npm run setup' });
  }
  const koffi = loadKoffi();
  let framework: ReturnType<typeof koffi.load>;
  let library: ReturnType<typeof koffi.load>;
  try {
    framework = koffi.load(location.frameworkLibrary, { global: true, lazy: true });
    library = koffi.load(location.library, { lazy: true });
  } catch (error) {
    throw new RunError(`TensorFlow's library does not load: ${error instanceof Error ? error.message : error}`, {
      where: location.libraryDirectory,
      remedy: 'npm run setup',
      cause: error,
    });
  }
  keepLoaded(location);
  const c = (declaration: string) => library.func(declaration);
  const run = c(
    'void TF_Run(void*, void*, const char**, void**, int, const char**, _Out_ void**, int, const char**, int, void*, void*)',
  );
  const tensorData = c('void* TF_TensorData(void*)');
  const tensorByteSize = c('size_t TF_TensorByteSize(void*)');
  const dim = c('int64_t TF_Dim(void*, int)');
  return {
    directory: location.libraryDirectory,
    Version: c('const char* TF_Version()'),
    NewStatus: c('void* TF_NewStatus()'),
    DeleteStatus: c('void TF_DeleteStatus(void*)'),
    GetCode: c('int TF_GetCode(void*)'),
    Message: c('const char* TF_Message(void*)'),
    LoadLibrary: c('void* TF_LoadLibrary(const char*, void*)'),
    NewSessionOptions: c('void* TF_NewSessionOptions()'),
    DeleteSessionOptions: c('void TF_DeleteSessionOptions(void*)'),
    SetConfig: c('void TF_SetConfig(void*, const void*, size_t, void*)'),
    NewDeprecatedSession: c('void* TF_NewDeprecatedSession(void*, void*)'),
    CloseDeprecatedSession: c('void TF_CloseDeprecatedSession(void*, void*)'),
    DeleteDeprecatedSession: c('void TF_DeleteDeprecatedSession(void*, void*)'),
    ExtendGraph: c('void TF_ExtendGraph(void*, const void*, size_t, void*)'),
    DeprecatedSessionListDevices: c('void* TF_DeprecatedSessionListDevices(void*, void*)'),
    DeviceListCount: c('int TF_DeviceListCount(void*)'),
    DeviceListType: c('const char* TF_DeviceListType(void*, int, void*)'),
    DeleteDeviceList: c('void TF_DeleteDeviceList(void*)'),
    Run: (session, inputs, inputTensors, outputs, outputTensors, targets, status) =>
      new Promise((resolve, reject) => {
        run.async(
          ...[session, null, inputs, inputTensors, inputs.length, outputs, outputTensors, outputs.length],
          ...[targets, targets.length, null, status],
          (error: unknown) => (error ? reject(error) : resolve()),
        );
      }),
    AllocateTensor: c('void* TF_AllocateTensor(int, const int64_t*, int, size_t)'),
    DeleteTensor: c('void TF_DeleteTensor(void*)'),
    NumDims: c('int TF_NumDims(void*)'),
    Dim: (tensor, index) => Number(dim(tensor, index)),
    TensorType: c('int TF_TensorType(void*)'),
    TensorBytes: (tensor) => {
      const length = Number(tensorByteSize(tensor));
      return length === 0 ? new Uint8Array(0) : new Uint8Array(koffi.view(tensorData(tensor), length));
    },
    allowTensorFloat32: (allowed) => framework.func('void _ZN3tsl32enable_tensor_float_32_executionEb(bool)')(allowed),
  };
}

/**
 * Keeps TensorFlow in memory until the process has ended. koffi unloads a library together with the JavaScript that
 * loaded it, before the functions run that TensorFlow has left with `atexit`: the process would end in a crash.
 */
function keepLoaded({ frameworkLibrary, library }: TensorFlowLocation): void {
  if (process.platform !== 'linux') return;
  const [now, noDelete] = [0x2, 0x1000];
  for (const name of ['libc.so.6', 'libdl.so.2']) {
    let dlopen: (path: string, flags: number) => unknown;
    try {
      // before glibc 2.34 it has a library of its own
      dlopen = loadKoffi().load(name).func('void* dlopen(const char*, int)');
    } catch {
      continue;
    }
    for (const path of [frameworkLibrary, library]) dlopen(path, now | noDelete);
    return;
  }
}

/**
 * Runs `action` with file descriptor 2 redirected to nothing. TensorFlow prints a oneDNN line to stderr at its first
 * operation whatever `TF_CPP_MIN_LOG_LEVEL` is; there is no other way to keep it off the terminal. If the user sets
 * that variable to see the log, it is shown.
 */
export function withoutNativeStderr<T>(action: () => T): T {
  if (process.platform === 'win32' || (process.env.TF_CPP_MIN_LOG_LEVEL ?? '3') !== '3') return action();
  const libc = loadKoffi().load(process.platform === 'darwin' ? 'libc.dylib' : 'libc.so.6');
  const dup = libc.func('int dup(int)');
  const dup2 = libc.func('int dup2(int, int)');
  const open = libc.func('int open(const char*, int)');
  const close = libc.func('int close(int)');
  const saved: number = dup(2);
  const nowhere: number = open('/dev/null', 1);
  if (saved < 0 || nowhere < 0) return action();
  dup2(nowhere, 2);
  try {
    return action();
  } finally {
    dup2(saved, 2);
    close(saved);
    close(nowhere);
  }
}
