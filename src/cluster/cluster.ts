/**
 * The processes of one training run, its workers, as seen by one of them. All of them make the same calls in the same
 * order, and a worker makes one at a time: calls between workers wait for each other.
 */
export interface Cluster {
  /** The number of this worker, from 0. */
  readonly rank: number;
  /** The number of workers. */
  readonly size: number;
  /** What connects them, for people: `MPICH 4.0.2`. */
  readonly engine: string;
  /**
   * Sums values over all workers, in place, off the JavaScript thread: afterwards all have the same values, bit for
   * bit.
   */
  allReduce(values: Float32Array | Float64Array): Promise<void>;
  /** Divides every worker's values into equal parts and gives worker i the i-th part of each, in the order of ranks. */
  allToAll(values: Uint16Array): Promise<Uint16Array>;
  /** The values of all workers, by rank, in one array; all provide the same number. */
  concat(values: Uint16Array): Promise<Uint16Array>;
  /** The bytes of every worker, by rank; their numbers may differ. */
  allGather(bytes: Uint8Array): Promise<Uint8Array[]>;
  /** Overwrites the bytes with those of one worker. */
  broadcast(bytes: Uint8Array, root: number): Promise<void>;
  /** Returns when all workers have called it. */
  barrier(): Promise<void>;
  /** Records how many updates this worker has made, for the message if it is lost. */
  at?(step: number): void;
  /** Ends all workers at once, with an exit code. */
  abort(exitCode: number): void;
  /** Leaves the others in an orderly way, when all have called it. Nothing may be called afterwards. */
  close(): Promise<void>;
}

/** A process that trains without others. */
export const alone: Cluster = {
  rank: 0,
  size: 1,
  engine: 'no other process',
  allReduce: async () => {},
  allToAll: async (values) => values.slice(),
  concat: async (values) => values.slice(),
  allGather: async (bytes) => [bytes],
  broadcast: async () => {},
  barrier: async () => {},
  abort: (exitCode) => process.exit(exitCode),
  close: async () => {},
};

/** The value of every worker, by rank. @param value plain data */
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
