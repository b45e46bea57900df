/**
 * TensorFlow's StatelessRandomUniformFullInt for int32, number for number, for backends without it, as bytes (each
 * number's lowest byte first). Sources: Salmon et al. 2011 (Philox 4x32-10);
 * tensorflow/core/kernels/stateless_random_ops.cc (key and counter are the seed run through Philox once).
 */
export function philoxBytes(size: number, seed0: number, seed1: number): Uint8Array {
  const counter = new Uint32Array(4);
  // the seed's two numbers, sign-extended to 64 bits each, are scrambled so that weak ones work too
  const scrambled = philox(
    [seed0 >>> 0, seed0 < 0 ? 0xffffffff : 0, seed1 >>> 0, seed1 < 0 ? 0xffffffff : 0],
    [0x3ec8f720, 0x02461e29],
    new Uint32Array(4),
  );
  const key: readonly [number, number] = [scrambled[0] as number, scrambled[1] as number];
  counter[2] = scrambled[2] as number;
  counter[3] = scrambled[3] as number;
  const words = new Uint32Array(4 * Math.ceil(size / 16));
  for (let at = 0; at < words.length; at += 4) {
    philox(counter, key, words.subarray(at, at + 4));
    for (let i = 0; i < 4; i++) {
      counter[i] = (counter[i] as number) + 1;
      if (counter[i] !== 0) break;
    }
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** Ten rounds of Philox 4x32 over one counter. */
function philox(counter: ArrayLike<number>, key: readonly [number, number], out: Uint32Array): Uint32Array {
  let [c0, c1, c2, c3] = [counter[0] as number, counter[1] as number, counter[2] as number, counter[3] as number];
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

/** The upper 32 bits of a 32 x 32 bit product, by halves: a double has only 53 bits. */
function multiplyHigh(a: number, b: number): number {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const low = aLow * bLow;
  const middle1 = aHigh * bLow + (low >>> 16);
  const middle2 = aLow * bHigh + (middle1 & 0xffff);
  return (aHigh * bHigh + Math.floor(middle1 / 65536) + (middle2 >>> 16)) >>> 0;
}
