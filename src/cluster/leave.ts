import { readSync, writeSync } from 'node:fs';
import { startWorker } from '../support/worker.ts';
import type { Launch } from './launch.ts';

/** What the thread that watches the end of a process gets. */
export interface LeaveSettings {
  /** Shared with the main thread: 0, then 1 when it has begun to leave; and the exit code. */
  readonly state: Int32Array;
  /** Milliseconds that leaving may take. */
  readonly limit: number;
}

export const LEAVING = 0;
export const EXIT_CODE = 1;

/** Milliseconds that `MPI_Finalize` may take: all work is done, and all workers have said so. */
const LIMIT = 5000;

/**
 * Tells the launcher of MPICH and its relatives that this process ends as it should. MPI_Finalize does it last, but in
 * MPICH 4.0 with UCX it may not get there with three hosts or more: it waits for the launcher and no longer answers
 * other workers, which wait for an answer. Source: PMI-1's wire protocol.
 * @returns false if something else has started this process
 */
export function tellHydra({ by }: Launch, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { PMI_FD } = environment;
  // Slurm's PMI has other words, and needs none
  if (by === 'srun' || PMI_FD === undefined) return false;
  const connection = Number(PMI_FD);
  writeSync(connection, 'cmd=finalize\n');
  const answer = Buffer.alloc(256);
  for (let text = ''; !text.endsWith('\n'); ) {
    const length = readSync(connection, answer);
    if (length === 0) return true;
    text += answer.toString('latin1', 0, length);
  }
  return true;
}

/**
 * Makes a call when this process ends, its last: if it takes too long, the process ends all the same, with the exit
 * code that it has.
 */
export function callLast(call: () => void): void {
  const state = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const settings: LeaveSettings = { state, limit: LIMIT };
  startWorker(new URL('./leave-thread.ts', import.meta.url), settings).unref();
  process.once('exit', (code) => {
    Atomics.store(state, EXIT_CODE, code);
    Atomics.store(state, LEAVING, 1);
    Atomics.notify(state, LEAVING);
    call();
  });
}
