import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { allowedCores, divideCores } from '../support/cores.ts';
import { thisProcess } from '../support/processes.ts';
import { type Cluster, gatherValues } from './cluster.ts';

/** The place of a worker: among those of its machine, and what it may use there. */
export interface Place {
  /** Its number among the workers of its machine, from 0. */
  readonly localRank: number;
  /** CPU threads: the same number for every worker, so that all sum in the same order. */
  readonly threads: number;
  /** Names of all workers, for people: `worker 2 (process 4711 on node3)`. */
  readonly names: readonly string[];
}

/**
 * Divides the cores of each machine among its workers, unless they were already divided at the start, and pins this
 * process to its own. Called by all workers.
 */
export async function takePlace(cluster: Cluster): Promise<Place> {
  const { space, host, process: pid } = thisProcess();
  const cores = allowedCores();
  // before this process is pinned: afterwards it counts only its own cores
  const available = availableParallelism();
  const all = await gatherValues(cluster, { space, host, pid, cores: cores.join(',') });
  const neighbours = all.flatMap((worker, rank) => (worker.space === space ? [{ ...worker, rank }] : []));
  const sharing = neighbours.filter((worker) => worker.cores === cores.join(','));
  const own = divideCores(cores, sharing.length)[sharing.findIndex(({ rank }) => rank === cluster.rank)] ?? cores;
  if (own.length < cores.length) keepTo(own);
  // a container may have less CPU time than its number of cores suggests
  const threads = Math.max(1, Math.min(own.length, Math.floor(available / sharing.length)));
  const counts = await gatherValues(cluster, threads);
  return {
    localRank: neighbours.findIndex(({ rank }) => rank === cluster.rank),
    threads: Math.min(...counts),
    names: all.map(({ host, pid }, rank) => `worker ${rank} (process ${pid} on ${host})`),
  };
}

/** Without `taskset`, the system distributes the cores. */
function keepTo(cores: readonly number[]): void {
  spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', cores.join(','), String(process.pid)]);
}
