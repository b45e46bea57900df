import type { Weights } from './weights.ts';

/**
 * A matrix in NumPy's file format, read by `numpy.load`: format 1.0, little-endian float32, C order. Layout as in
 * numpy/lib/format.py: magic, version, header length, a Python dict padded to 64 bytes, the numbers.
 * @param columns S, needed if there is no row to count them in
 */
export function encodeNpy(weights: Weights, columns: number): Uint8Array {
  const fields = `{'descr': '<f4', 'fortran_order': False, 'shape': (${weights.length}, ${columns}), }`;
  const preamble = 10;
  const headerLength = Math.ceil((preamble + fields.length + 1) / 64) * 64 - preamble;
  const bytes = new Uint8Array(preamble + headerLength + 4 * weights.length * columns);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...Buffer.from('NUMPY', 'latin1'), 1, 0]);
  view.setUint16(8, headerLength, true);
  bytes.set(Buffer.from(`${fields.padEnd(headerLength - 1)}\n`, 'latin1'), preamble);
  weights.flat().forEach((weight, i) => {
    view.setFloat32(preamble + headerLength + 4 * i, weight, true);
  });
  return bytes;
}
