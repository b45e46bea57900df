/**
 * The processes of one training, its workers, as one of them sees them. All of them make the same calls in the same order,
 * and a worker makes one at a time: the calls between workers wait for each other.
 */
export interface Cluster {
  /** The number of this worker, from 0. */
  readonly rank: number;
  /** How many workers there are. */
  readonly size: number;
  /** What connects them, in words: `MPICH 4.0.2`. */
  readonly engine: string;
  /** Sums values over all workers, in place, off the JavaScript thread: afterwards all have the same, bit for bit. */
  allReduce(values: Float32Array | Float64Array): Promise<void>;
  /** Gives worker i the i-th of as many equal parts of every worker's values; the parts come in the order of ranks. */
  allToAll(values: Uint16Array): Promise<Uint16Array>;
  /** The bytes of every worker, by rank: as many of each as each gives. */
  allGather(bytes: Uint8Array): Promise<Uint8Array[]>;
  /** Overwrites the bytes with those of one worker. */
  broadcast(bytes: Uint8Array, root: number): Promise<void>;
  /** Returns when all workers have called it. */
  barrier(): Promise<void>;
  /** Notes how many updates this worker has made, for the last words of one that is lost. */
  at?(step: number): void;
  /** Ends all workers at once, with an exit code. */
  abort(exitCode: number): void;
  /** Leaves the others in order; all workers do. Nothing may be called after it. */
  close(): void;
}

/** A process that trains without others. */
export const alone: Cluster = {
  rank: 0,
  size: 1,
  engine: 'no other process',
  allReduce: async () => {},
  allToAll: async (values) => values.slice(),
  allGather: async (bytes) => [bytes],
  broadcast: async () => {},
  barrier: async () => {},
  abort: (exitCode) => process.exit(exitCode),
  close: () => {},
};

/** What every worker has to say, by rank. @param value plain data */
export async function gatherValues<T>(cluster: Cluster, value: T): Promise<T[]> {
  if (cluster.size === 1) return [value];
  const texts = await cluster.allGather(Buffer.from(JSON.stringify(value) ?? 'null'));
  return texts.map((bytes) => JSON.parse(Buffer.from(bytes).toString()) as T);
}

/** The sums of a few numbers over all workers. */
export async function sumOf(cluster: Cluster, numbers: readonly number[]): Promise<number[]> {
  if (cluster.size === 1) return [...numbers];
  const sums = Float64Array.from(numbers);
  await cluster.allReduce(sums);
  return [...sums];
}
