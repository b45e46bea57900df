import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { processSpace } from '../support/processes.ts';
import { startWorker } from '../support/worker.ts';
import { type Cluster, gatherValues } from './cluster.ts';

/** The settings of a watching thread. */
export interface WatchSettings {
  readonly rank: number;
  /** Names of all workers, for people. */
  readonly names: readonly string[];
  /** Seconds without a sign of life after which a worker counts as lost. */
  readonly silence: number;
  /** Seconds that a worker may work alone, while all others wait for it. */
  readonly stalled: number;
  /** Shared with the main thread: calls between workers that were started and finished, and updates made. */
  readonly state: Int32Array;
  /** Whether all workers are on this machine. */
  readonly local: boolean;
  /** The token by which the first worker recognises the others. */
  readonly token: string;
}

/** Where the first worker listens, and its token. */
export interface Meeting {
  readonly hosts: readonly string[];
  readonly port: number;
  readonly token: string;
}

/** Messages of a watching thread to its main thread. */
export type WatchMessage = { readonly port: number } | { readonly lost: string };

/** Positions in the shared state. */
export const CALLS = 0;
export const STEP = 1;

/** Seconds after which a silent worker counts as lost; ATTN_WORKER_TIMEOUT overrides it. */
const SILENCE = 20;

/** A worker may hold up all others for this many times as long. */
const STALLED = 30;

/** Milliseconds for `mpiexec` to pass on last words: after an abort it drops what it has not read yet. */
export const WORDS_ARRIVE = 500;

/** Milliseconds that an orderly end of all workers may take, before this one ends at once. */
const LAST_RESORT = 5000;

/**
 * Watches the workers of a training run: every second each reports, from a separate thread, that it is alive and what
 * it does. The first worker watches the others, and they watch the first. A worker that ends, stops or makes no more
 * progress is named, and all are ended: without it, the others would wait forever. Called by all workers.
 * The signs of life use TCP, because MPI's own calls wait for a worker that hangs. The first worker accepts those that
 * know the token, which MPI has distributed; it listens only on this machine if all workers are here.
 * @param silence seconds without a sign of life after which a worker counts as lost
 * @param stalled seconds after which it does so if all others wait for it
 */
export async function watchWorkers(
  cluster: Cluster,
  names: readonly string[],
  silence = Number(process.env.ATTN_WORKER_TIMEOUT) || SILENCE,
  stalled = STALLED * silence,
): Promise<Cluster> {
  const space = processSpace();
  const spaces = await gatherValues(cluster, space);
  const state = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const local = spaces.every((other) => other === space);
  const token = randomBytes(16).toString('hex');
  const settings: WatchSettings = { rank: cluster.rank, names, silence, stalled, state, local, token };
  const thread = startWorker(new URL('./heartbeat-thread.ts', import.meta.url), settings);
  const port = cluster.rank === 0 ? await listening(thread) : 0;
  const own = { hosts: addresses(), port, token };
  const [meeting] = await gatherValues(cluster, cluster.rank === 0 ? own : undefined);
  const here = spaces[0] === space ? { ...(meeting as Meeting), hosts: ['127.0.0.1'] } : (meeting as Meeting);
  if (cluster.rank > 0) thread.postMessage(here);
  thread.on('message', (message: WatchMessage) => {
    if (!('lost' in message)) return;
    // the thread has already printed the message
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), LAST_RESORT).unref();
    setTimeout(() => cluster.abort(1), WORDS_ARRIVE);
  });
  thread.unref();
  const counted =
    <Words extends unknown[], Result>(call: (...words: Words) => Promise<Result>) =>
    async (...words: Words): Promise<Result> => {
      Atomics.add(state, CALLS, 1);
      try {
        return await call(...words);
      } finally {
        Atomics.add(state, CALLS, 1);
      }
    };
  return {
    ...cluster,
    allReduce: counted(cluster.allReduce),
    allToAll: counted(cluster.allToAll),
    concat: counted(cluster.concat),
    allGather: counted(cluster.allGather),
    broadcast: counted(cluster.broadcast),
    barrier: counted(cluster.barrier),
    at: (step) => void Atomics.store(state, STEP, step),
    close: async () => {
      // one that is lost meanwhile is still noticed
      await cluster.barrier();
      thread.postMessage('bye');
      await cluster.close();
    },
  };
}

function listening(thread: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.once('message', (message: WatchMessage) => resolve('port' in message ? message.port : 0));
  });
}

/** The addresses of this machine that others may be able to reach. */
function addresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ internal, scopeid }) => !internal && !scopeid).map(({ address }) => address),
  );
}
