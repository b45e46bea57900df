import { workerData } from 'node:worker_threads';
import { loadKoffi } from '../tensor/library.ts';
import { EXIT_CODE, LEAVING, type LeaveSettings } from './leave.ts';

// The thread of a worker that ends its process if the main thread does not return from its last call.

const { state, limit } = workerData as LeaveSettings;
const koffi = loadKoffi();
const exit = koffi.load(process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6').func('void _exit(int)');

/** Milliseconds that the launcher may take to hear that this process ends as it should. */
const HEARD = 1000;

Atomics.wait(state, LEAVING, 0);
setTimeout(() => {
  const leave = () => exit(Atomics.load(state, EXIT_CODE));
  setTimeout(leave, HEARD);
  tellPmix(leave);
}, limit);

/** Open MPI's launcher calls a process failed that has not told it that it ends, whatever its exit code. */
function tellPmix(told: () => void): void {
  try {
    koffi.load('libpmix.so.2').func('int PMIx_Finalize(void*, size_t)').async(null, 0, told);
  } catch {
    told();
  }
}
