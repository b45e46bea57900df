import type { Cluster } from './cluster.ts';

/** How numbers are sent between workers: unchanged, or in half the bytes. */
export type Wire = 'float32' | 'bfloat16';

/**
 * Sums a vector over all workers, in place: afterwards all have the same values, bit for bit. As bfloat16 every number
 * is sent twice, each time rounded to the nearest: worker i gets the i-th part of every worker's vector, sums it in
 * float32, and the sums are distributed. A ring of float32 sends as many numbers, of twice the size.
 */
export async function reduce(cluster: Cluster, values: Float32Array, wire: Wire): Promise<void> {
  if (wire === 'float32') return cluster.allReduce(values);
  const { size } = cluster;
  const part = Math.ceil(values.length / size);
  const sent = new Uint16Array(part * size);
  roundInto(sent, values);
  const parts = await cluster.allToAll(sent);
  const sum = new Float32Array(part);
  const wide = new Float32Array(part);
  for (let worker = 0; worker < size; worker++) {
    widenInto(wide, parts.subarray(worker * part, (worker + 1) * part));
    for (let i = 0; i < part; i++) sum[i] = (sum[i] as number) + (wide[i] as number);
  }
  const own = new Uint16Array(part);
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
