/** 16-bit number formats in files: IEEE 754 half precision, and the upper half of a float32. */
export type HalfType = 'F16' | 'BF16';

/** Sign, exponent and mantissa of float32: values from infinity upwards are infinite or NaN. */
const INFINITY = 0x7f800000;
/** The float32 exponent bias minus that of float16, shifted into place: 127 - 15. */
const REBIAS = 112 << 23;
/** The smallest float32 that is a normal number in float16, 2^-14, as bits. */
const NORMAL = 113 << 23;
/** The smallest float32 that float16 rounds to infinity, 65520, as bits. */
const TOO_LARGE = 0x477ff000;

/** Rounds to the nearest 16-bit number, ties to even; numbers that are too large become infinite. */
export function toHalf(values: Float32Array, type: HalfType): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const convert = type === 'F16' ? toFloat16 : toBfloat16;
  return Uint16Array.from(bits, (word, i) => convert(word, values[i] as number));
}

/** The same numbers in 32 bits. */
export function fromHalf(halves: Uint16Array, type: HalfType): Float32Array {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  const convert = type === 'F16' ? fromFloat16 : (half: number) => half << 16;
  for (let i = 0; i < halves.length; i++) bits[i] = convert(halves[i] as number);
  // below its normal numbers float16 has steps of 2^-24
  if (type === 'F16') {
    for (let i = 0; i < halves.length; i++) {
      const half = halves[i] as number;
      if ((half & 0x7c00) === 0) values[i] = (half & 0x8000 ? -1 : 1) * (half & 0x3ff) * 2 ** -24;
    }
  }
  return values;
}

function toBfloat16(bits: number): number {
  if ((bits & 0x7fffffff) > INFINITY) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function toFloat16(bits: number, value: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > INFINITY) return sign | 0x7e00;
  if (magnitude >= TOO_LARGE) return sign | 0x7c00;
  // adding 2^52 to a smaller float64 rounds it to an integer, ties to even
  if (magnitude < NORMAL) return sign | (Math.abs(value) * 2 ** 24 + 2 ** 52 - 2 ** 52);
  const rebiased = magnitude - REBIAS;
  return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13);
}

/** Converts a normal, infinite or NaN float16. */
function fromFloat16(half: number): number {
  const magnitude = (half & 0x7fff) << 13;
  const special = (half & 0x7c00) === 0x7c00;
  return ((half & 0x8000) << 16) | (special ? magnitude | INFINITY : magnitude + REBIAS);
}
