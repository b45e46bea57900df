/**
 * CRC-32C (Castagnoli), the checksum of TensorFlow's record files and of attn's prepared data: tells damaged bytes from
 * whole ones. Node's own `zlib.crc32` is another polynomial and absent before 20.15.
 *
 * @param previous the checksum of the bytes before these, to go on from.
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous;
  for (let i = 0; i < bytes.length; i++) crc = (table[(crc ^ bytes[i]!) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
