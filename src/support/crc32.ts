/** A checksum of bytes; `previous` is the checksum of the bytes before these, to continue from. */
export type Checksum = (bytes: Uint8Array, previous?: number) => number;

/** CRC-32C (Castagnoli), the checksum of TensorFlow's record files and of attn's prepared data. It detects damage. */
export const crc32c = checksumOf(0x82f63b78);

/** CRC-32 (ISO 3309), the checksum of zip archives. Node's own `zlib.crc32` is absent before 20.15. */
export const crc32 = checksumOf(0xedb88320);

/** @param polynomial with its bits reversed */
function checksumOf(polynomial: number): Checksum {
  const table = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
  return (bytes, previous = 0) => {
    let crc = ~previous;
    for (let i = 0; i < bytes.length; i++) crc = (table[(crc ^ bytes[i]!) & 255] as number) ^ (crc >>> 8);
    return ~crc >>> 0;
  };
}
