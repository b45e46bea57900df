import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { processSpace } from '../support/processes.ts';
import { startWorker } from '../support/worker.ts';
import { type Cluster, gatherValues } from './cluster.ts';

/** What a thread that watches needs to know. */
export interface WatchSettings {
  readonly rank: number;
  /** Names of all workers, for people. */
  readonly names: readonly string[];
  /** Seconds without a sign of life after which a worker counts as lost. */
  readonly silence: number;
  /** Shared with the main thread: calls between workers begun and ended, and updates made. */
  readonly state: Int32Array;
  /** Whether all workers are on this machine. */
  readonly local: boolean;
  /** The word by which the first worker knows the others: its own. */
  readonly token: string;
}

/** Where the first worker listens, and its word. */
export interface Meeting {
  readonly hosts: readonly string[];
  readonly port: number;
  readonly token: string;
}

/** What a thread that watches tells its main thread. */
export type WatchMessage = { readonly port: number } | { readonly lost: string };

/** Places in the shared state. */
export const CALLS = 0;
export const STEP = 1;

/** Seconds after which a silent worker counts as lost, unless ATTN_WORKER_TIMEOUT says otherwise. */
const SILENCE = 20;

/** Milliseconds that ending all workers in order may take, before this one ends at once. */
const LAST_RESORT = 5000;

/**
 * Watches the workers of a training: each shows every second that it lives, from a thread of its own, and what it does. The
 * first worker watches the others, they watch the first one. A worker that ends, stops or no longer comes along is named,
 * and all are ended: without it, the others would wait forever. Called by all workers.
 *
 * The signs travel over TCP, as MPI's own calls wait for a worker that hangs; the first worker listens for those that know
 * the word that MPI has brought them, on this machine alone if all workers are here.
 */
export async function watchWorkers(cluster: Cluster, names: readonly string[]): Promise<Cluster> {
  const space = processSpace();
  const spaces = await gatherValues(cluster, space);
  const state = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const silence = Number(process.env.ATTN_WORKER_TIMEOUT) || SILENCE;
  const local = spaces.every((other) => other === space);
  const token = randomBytes(16).toString('hex');
  const settings: WatchSettings = { rank: cluster.rank, names, silence, state, local, token };
  const thread = startWorker(new URL('./heartbeat-thread.ts', import.meta.url), settings);
  const port = cluster.rank === 0 ? await listening(thread) : 0;
  const own = { hosts: addresses(), port, token };
  const [meeting] = await gatherValues(cluster, cluster.rank === 0 ? own : undefined);
  const here = spaces[0] === space ? { ...(meeting as Meeting), hosts: ['127.0.0.1'] } : (meeting as Meeting);
  if (cluster.rank > 0) thread.postMessage(here);
  thread.on('message', (message: WatchMessage) => {
    if (!('lost' in message)) return;
    // the word was written by the thread already
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), LAST_RESORT).unref();
    cluster.abort(1);
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
    allGather: counted(cluster.allGather),
    broadcast: counted(cluster.broadcast),
    barrier: counted(cluster.barrier),
    at: (step) => void Atomics.store(state, STEP, step),
    close: () => {
      thread.postMessage('bye');
      cluster.close();
    },
  };
}

function listening(thread: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.once('message', (message: WatchMessage) => resolve('port' in message ? message.port : 0));
  });
}

/** The addresses of this machine that others may reach. */
function addresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ internal, scopeid }) => !internal && !scopeid).map(({ address }) => address),
  );
}
