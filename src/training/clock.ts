import { type Cluster, sumOf } from '../cluster/cluster.ts';

/**
 * Counts the seconds of training; paused during validation. Several workers use the first one's clock as of their last
 * agreement, so that all of them stop at the same time.
 */
export class Clock {
  readonly #cluster: Cluster;
  #counted: number;
  #since: number | undefined = performance.now();
  #agreed: number;

  /** @param before seconds counted earlier */
  constructor(before: number, cluster: Cluster) {
    this.#cluster = cluster;
    this.#counted = before;
    this.#agreed = before;
  }

  seconds(): number {
    return this.#cluster.size === 1 ? this.#now() : this.#agreed;
  }

  pause(): void {
    this.#counted = this.#now();
    this.#since = undefined;
  }

  resume(): void {
    this.#since = performance.now();
  }

  /** Sets all workers' clocks to the first one's. @returns whether any of them is told to stop */
  async agree(stop: boolean): Promise<boolean> {
    const own = this.#cluster.rank === 0 ? this.#now() : 0;
    const [seconds = 0, stops = 0] = await sumOf(this.#cluster, [own, stop ? 1 : 0]);
    this.#agreed = seconds;
    return stops > 0;
  }

  #now(): number {
    return this.#counted + (this.#since === undefined ? 0 : (performance.now() - this.#since) / 1000);
  }
}
