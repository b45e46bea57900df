import type { Cluster } from './cluster.ts';

/** How numbers are sent between workers: unchanged, or in half the bytes. */
export type Wire = 'float32' | 'bfloat16';

/**
 * Sums a vector over all workers, in place: afterwards all have the same values, bit for bit. As bfloat16 every number
 * is sent twice, each time rounded to the nearest: worker i gets the i-th part of the others' vectors, adds it to its
 * own in float32, and the sums are distributed. A ring of float32 sends as many numbers, of twice the size.
 */
export async function reduce(cluster: Cluster, values: Float32Array, wire: Wire): Promise<void> {
  if (wire === 'float32') return cluster.allReduce(values);
  const { rank, size } = cluster;
  const part = Math.ceil(values.length / size);
  const partOf = <T extends Float32Array | Uint16Array>(all: T, worker: number) =>
    all.subarray(worker * part, (worker + 1) * part) as T;
  const others = Array.from({ length: size }, (_, worker) => worker).filter((worker) => worker !== rank);
  // converting takes most of the time: a worker's own part is neither rounded nor sent, and no pass is made twice
  const sent = new Uint16Array(part * size);
  for (const worker of others) roundInto(partOf(sent, worker), partOf(values, worker));
  const received = await cluster.allToAll(sent);
  const sum = partOf(values, rank);
  for (const worker of others) addTo(sum, partOf(received, worker));
  const own = partOf(sent, rank);
  roundInto(own, sum);
  widenInto(values, await cluster.concat(own));
}

/** float32 to bfloat16, rounded to the nearest, ties to even; NaN stays NaN. */
function roundInto(target: Uint16Array, values: Float32Array): void {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i] as number;
    target[i] = (x & 0x7fffffff) > 0x7f800000 ? (x >>> 16) | 0x40 : (x + 0x7fff + ((x >>> 16) & 1)) >>> 16;
  }
}

function widenInto(target: Float32Array, numbers: Uint16Array): void {
  const bits = new Int32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (numbers[i] as number) << 16;
}

const bits = new Int32Array(1);
const wide = new Float32Array(bits.buffer);

function addTo(sum: Float32Array, numbers: Uint16Array): void {
  for (let i = 0; i < sum.length; i++) {
    bits[0] = (numbers[i] as number) << 16;
    sum[i] = (sum[i] as number) + (wide[0] as number);
  }
}
