import { RunError } from '../support/errors.ts';
import { loadKoffi } from '../tensor/library.ts';
import type { Cluster } from './cluster.ts';
import type { Launch } from './launch.ts';
import { callLast, tellHydra } from './leave.ts';
import { findMpi, type MpiLibrary } from './library.ts';

/** The values of MPI's constants in a library. */
interface Handles {
  readonly world: number | bigint;
  readonly float: number | bigint;
  readonly double: number | bigint;
  readonly int: number | bigint;
  readonly byte: number | bigint;
  readonly sum: number | bigint;
  readonly errorsReturn: number | bigint;
  /** `MPI_IN_PLACE`, an invalid address. */
  readonly inPlace: number;
  /** `MPI_THREAD_MULTIPLE`: any thread may call at any time. */
  readonly threadMultiple: number;
}

/** MPI 5.0's standard ABI: small numbers instead of pointers. Source: MPI 5.0, chapter 20 and mpi_abi.h. */
const standardHandles: Handles = {
  ...{ world: 0x101, float: 0x210, double: 0x214, int: 0x209, byte: 0x247, sum: 0x21, errorsReturn: 0x143 },
  ...{ inPlace: 1, threadMultiple: 4096 },
};

/**
 * MPICH's ABI, shared by Intel MPI, MVAPICH and Cray's: numbers with their kind in the upper bits. Source: its mpi.h.
 */
const mpichHandles: Handles = {
  ...{ world: 0x44000000, float: 0x4c00040a, double: 0x4c00080b, int: 0x4c000405, byte: 0x4c00010d },
  ...{ sum: 0x58000003, errorsReturn: 0x54000001, inPlace: -1, threadMultiple: 3 },
};

/** Maximum count of a call: MPI counts with 32 bits. */
const MOST = 2 ** 30;

/**
 * Joins the workers that this process was started with. Called by all of them, once per process.
 * @throws InputError if no MPI is found, RunError if it does not start or does not see the others
 */
export function joinMpi(launch: Launch): Cluster {
  const library = findMpi(launch);
  const koffi = loadKoffi();
  const loaded = koffi.load(library.path, { global: true, lazy: true });
  const handles = handlesOf(library, (name) => koffi.address(loaded.symbol(name, 'void*')));
  // handles are passed as integers of a pointer's size: MPICH's 32 bits are the lower half
  const c = (name: string, parameters: string) => loaded.func(`int ${name}(${parameters})`);
  const buffer = 'void*';
  const handle = 'intptr_t';
  const calls = {
    init: c('MPI_Init_thread', `${buffer}, ${buffer}, int, _Out_ int*`),
    rank: c('MPI_Comm_rank', `${handle}, _Out_ int*`),
    size: c('MPI_Comm_size', `${handle}, _Out_ int*`),
    setErrors: c('MPI_Comm_set_errhandler', `${handle}, ${handle}`),
    allReduce: c('MPI_Allreduce', `intptr_t, ${buffer}, int, ${handle}, ${handle}, ${handle}`),
    allToAll: c('MPI_Alltoall', `${buffer}, int, ${handle}, ${buffer}, int, ${handle}, ${handle}`),
    allGather: c('MPI_Allgather', `${buffer}, int, ${handle}, ${buffer}, int, ${handle}, ${handle}`),
    allGatherV: c('MPI_Allgatherv', `${buffer}, int, ${handle}, ${buffer}, ${buffer}, ${buffer}, ${handle}, ${handle}`),
    broadcast: c('MPI_Bcast', `${buffer}, int, ${handle}, int, ${handle}`),
    barrier: c('MPI_Barrier', handle),
    abort: c('MPI_Abort', `${handle}, int`),
    finalize: c('MPI_Finalize', ''),
    errorString: c('MPI_Error_string', `int, _Out_ ${buffer}, _Out_ int*`),
  };
  const check = (name: string, code: number): void => {
    if (code === 0) return;
    const text = Buffer.alloc(8192);
    calls.errorString(code, text, [0]);
    throw new RunError(`${library.version}: ${name}: ${text.toString('utf8', 0, Math.max(0, text.indexOf(0)))}`);
  };
  const run = (name: string, call: (typeof calls)['barrier'], ...words: unknown[]): Promise<void> =>
    new Promise((resolve, reject) => {
      call.async(...words, (error: unknown, code: number) => {
        try {
          // also keeps the memory that the call uses alive until here
          words.length = 0;
          if (error) throw error;
          resolve(check(name, code));
        } catch (failure) {
          reject(failure);
        }
      });
    });

  const out = [0];
  check('MPI_Init_thread', calls.init(null, null, handles.threadMultiple, out));
  const { world } = handles;
  const asked = (call: (typeof calls)['rank']): number => {
    call(world, out);
    return out[0] as number;
  };
  const [rank, size] = [asked(calls.rank), asked(calls.size)];
  if (size !== launch.size) {
    calls.finalize();
    throw new RunError(`${launch.by} started ${launch.size} processes, but ${library.version} sees ${size}`, {
      where: library.path,
      remedy:
        launch.by === 'srun'
          ? 'srun --mpi=pmix or --mpi=pmi2, whichever srun --mpi=list shows and this MPI was built for'
          : `start it with the mpiexec of ${library.version}, or set ATTN_MPI to the library of that mpiexec`,
    });
  }
  calls.setErrors(world, handles.errorsReturn);

  const allGather = async (bytes: Uint8Array): Promise<Uint8Array[]> => {
    const counts = new Int32Array(size);
    const { int, byte } = handles;
    await run('MPI_Allgather', calls.allGather, Int32Array.of(bytes.length), 1, int, counts, 1, int, world);
    let total = 0;
    const starts = counts.map((count) => {
      total += count;
      return total - count;
    });
    const all = new Uint8Array(Math.max(1, total));
    const own = bytes.length > 0 ? bytes : new Uint8Array(1);
    await run('MPI_Allgatherv', calls.allGatherV, own, bytes.length, byte, all, counts, starts, byte, world);
    return Array.from(counts, (count, i) => all.slice(starts[i], (starts[i] as number) + count));
  };
  return {
    rank,
    size,
    engine: library.version,
    allReduce: async (values) => {
      const type = values instanceof Float32Array ? handles.float : handles.double;
      for (let from = 0; from < values.length; from += MOST) {
        const part = values.subarray(from, from + MOST);
        await run('MPI_Allreduce', calls.allReduce, handles.inPlace, part, part.length, type, handles.sum, world);
      }
    },
    allToAll: async (values) => {
      const received = new Uint16Array(values.length);
      const bytes = values.byteLength / size;
      const { byte } = handles;
      await run('MPI_Alltoall', calls.allToAll, values, bytes, byte, received, bytes, byte, world);
      return received;
    },
    concat: async (values) => {
      const all = new Uint16Array(size * values.length);
      const bytes = values.byteLength;
      const { byte } = handles;
      await run('MPI_Allgather', calls.allGather, values, bytes, byte, all, bytes, byte, world);
      return all;
    },
    allGather,
    broadcast: (bytes, root) => run('MPI_Bcast', calls.broadcast, bytes, bytes.length, handles.byte, root, world),
    barrier: () => run('MPI_Barrier', calls.barrier, world),
    abort: (exitCode) => void calls.abort(world, exitCode),
    close: async () => {
      await run('MPI_Barrier', calls.barrier, world);
      if (!tellHydra(launch)) callLast(() => calls.finalize());
    },
  };
}

function handlesOf({ standard, family }: MpiLibrary, address: (symbol: string) => bigint): Handles {
  if (standard) return standardHandles;
  if (family === 'mpich') return mpichHandles;
  // Open MPI's handles are the addresses of its own variables. Source: its mpi.h.
  const own = (name: string) => address(`ompi_mpi_${name}`);
  return {
    ...{ world: own('comm_world'), float: own('float'), double: own('double'), int: own('int'), byte: own('byte') },
    ...{ sum: own('op_sum'), errorsReturn: own('errors_return'), inPlace: 1, threadMultiple: 3 },
  };
}
