import { loadKoffi } from './library.ts';

/** A GPU as described by NVIDIA's driver. */
export interface Card {
  readonly name: string;
  /** The size of its memory in bytes. */
  readonly memory: number;
  /** Its instruction set generation: `9.0` is Hopper's. */
  readonly computeCapability: string;
}

/** NVIDIA's driver on this machine, and the GPUs that this process can see. */
export interface CardList {
  readonly cards: readonly Card[];
  /** The driver's own version (`550.54.15`), if known. */
  readonly driver: string | undefined;
  /** The newest CUDA that the driver supports: `12.4`. */
  readonly cuda: string | undefined;
  /** Why there are no GPUs. */
  readonly problem?: string;
}

/** TensorFlow 2.21 has code for this compute capability (Pascal, 2016) and all later ones. */
const OLDEST_CAPABILITY = 6;

/** TensorFlow 2.21 is built with CUDA 12; any driver for a CUDA 12 supports all of its minor versions. */
const OLDEST_CUDA = 12;

/** CUDA's descriptions of the error codes that `cuInit` is known to return. Source: cuda.h, CUresult. */
const initProblems: Readonly<Record<number, string>> = {
  34: "libcuda.so.1 is CUDA's stub for compiling, not a driver",
  100: 'the driver finds no card',
  802: 'the system is not ready (NVSwitch fabric manager not running?)',
  803: 'the driver and libcuda.so.1 have different versions',
  804: 'this card does not have forward compatibility for that libcuda.so.1',
  999: 'unknown error; after a driver update a restart helps',
};

/** `CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR` and `_MINOR`. */
const CAPABILITY = [75, 76] as const;

/**
 * The GPUs that CUDA shows this process (`CUDA_VISIBLE_DEVICES` may hide some), in CUDA's order. The first call in a
 * process fixes which are visible: CUDA reads the variable once.
 */
export function listCards(): CardList {
  const nothing = { cards: [], driver: undefined, cuda: undefined };
  const koffi = loadKoffi();
  let library: ReturnType<typeof koffi.load>;
  try {
    library = koffi.load('libcuda.so.1');
  } catch {
    return { ...nothing, problem: "NVIDIA's driver is not installed (there is no libcuda.so.1)" };
  }
  const init = library.func('int cuInit(unsigned int)');
  const driverVersion = library.func('int cuDriverGetVersion(_Out_ int*)');
  const deviceCount = library.func('int cuDeviceGetCount(_Out_ int*)');
  const device = library.func('int cuDeviceGet(_Out_ int*, int)');
  const deviceName = library.func('int cuDeviceGetName(_Out_ void*, int, int)');
  const totalMemory = library.func('int cuDeviceTotalMem_v2(_Out_ size_t*, int)');
  const attribute = library.func('int cuDeviceGetAttribute(_Out_ int*, int, int)');
  const number = (call: (out: number[]) => number): number => {
    const out = [0];
    const code = call(out);
    if (code !== 0) throw new Error(`NVIDIA's driver answers with error ${code}`);
    return Number(out[0]);
  };

  const version = number(driverVersion);
  const versions = {
    driver: readDriverVersion(),
    cuda: `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`,
  };
  const code: number = init(0);
  if (code !== 0) {
    return { ...versions, cards: [], problem: `NVIDIA's driver: ${initProblems[code] ?? `cuInit fails with ${code}`}` };
  }
  const cards = Array.from({ length: number(deviceCount) }, (_, i): Card => {
    const handle = number((out) => device(out, i));
    const name = Buffer.alloc(256);
    deviceName(name, name.length, handle);
    return {
      name: name.toString('utf8', 0, name.indexOf(0)),
      memory: number((out) => totalMemory(out, handle)),
      computeCapability: CAPABILITY.map((which) => number((out) => attribute(out, which, handle))).join('.'),
    };
  });
  if (cards.length === 0) return { ...versions, cards, problem: "NVIDIA's driver shows no card" };
  return { ...versions, cards };
}

/** Why TensorFlow 2.21 cannot use a GPU, or undefined. */
export function unsupported({ name, computeCapability }: Card, cuda: string | undefined): string | undefined {
  if (Number.parseInt(computeCapability, 10) < OLDEST_CAPABILITY) {
    return `${name} is too old for TensorFlow (compute capability ${computeCapability}, ${OLDEST_CAPABILITY}.0 is needed)`;
  }
  if (Number.parseInt(cuda ?? '', 10) < OLDEST_CUDA) {
    return `NVIDIA's driver is too old (for CUDA ${cuda}, ${OLDEST_CUDA}.0 is needed: version 525 or newer)`;
  }
  return undefined;
}

/** From NVIDIA's management library, which containers may lack. */
function readDriverVersion(): string | undefined {
  const koffi = loadKoffi();
  try {
    const library = koffi.load('libnvidia-ml.so.1');
    const version = Buffer.alloc(96);
    library.func('int nvmlInit_v2()')();
    const code = library.func('int nvmlSystemGetDriverVersion(_Out_ void*, unsigned int)')(version, version.length);
    library.func('int nvmlShutdown()')();
    return code === 0 ? version.toString('utf8', 0, version.indexOf(0)) : undefined;
  } catch {
    return undefined;
  }
}
