import { type Cluster, gatherValues } from './cluster.ts';

/** Values with a shape, like tensors on the host. */
interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Maximum bytes of one broadcast: MPI counts with 32 bits. */
const MOST = 2 ** 30;

/**
 * Gives all workers the data of the first one: plain data, and float32 values by name. @param own of the first worker
 */
export async function shareFromFirst<T>(
  cluster: Cluster,
  own: { readonly plain: T; readonly values: Record<string, Values> } | undefined,
): Promise<{ plain: T; values: Record<string, { shape: readonly number[]; data: Float32Array }> }> {
  const shapes = own && Object.entries(own.values).map(([name, { shape }]) => [name, shape] as const);
  const [head] = await gatherValues(cluster, own ? { plain: own.plain, shapes } : undefined);
  const { plain, shapes: all = [] } = head as { plain: T; shapes: [string, number[]][] };
  const values: Record<string, { shape: readonly number[]; data: Float32Array }> = {};
  for (const [name, shape] of all) {
    const size = shape.reduce((product, n) => product * n, 1);
    const data = (own?.values[name]?.data as Float32Array | undefined) ?? new Float32Array(size);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let from = 0; from < bytes.length; from += MOST) await cluster.broadcast(bytes.subarray(from, from + MOST), 0);
    values[name] = { shape, data };
  }
  return { plain, values };
}
