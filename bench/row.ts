/** One measured line of a benchmark: ours, the peer's, and how many times better ours is. */
export interface BenchRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What `value` is compared with; absent without a comparison. */
  readonly peer?: string;
  readonly peerValue?: number;
  /** How many times better ours is than the peer's: above 1 is faster (or smaller, where smaller is better). */
  readonly ratio?: number;
}

/** The options of a benchmark: a Python with the peers' packages, and whether the result is for a program. */
export interface BenchOptions {
  readonly python?: string;
  readonly json: boolean;
}

/** A file `bench/NAME.ts` exports `run` of this type. */
export type Benchmark = (options: BenchOptions) => Promise<readonly BenchRow[]>;
