/**
 * The protocol-buffer wire format in a few lines, for the three small formats attn reads or writes (TensorFlow's
 * GraphDef, SentencePiece's model, TensorBoard's events). Why not a library: docs/decisions/protobuf.md.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export class ProtoWriter {
  // V8 keeps arrays of up to 64 bytes inside its heap: most messages are small, and a graph has tens of thousands
  #bytes = new Uint8Array(64);
  #length = 0;

  /** An int32, int64, uint32, uint64, bool or enum field. */
  integer(field: number, value: number | bigint | boolean): this {
    this.#varint(field << 3);
    return this.#varint(typeof value === 'boolean' ? Number(value) : value);
  }

  /** A float field. */
  float(field: number, value: number): this {
    this.#varint((field << 3) | 5);
    const at = this.#reserve(4);
    new DataView(this.#bytes.buffer).setFloat32(at, value, true);
    return this;
  }

  /** A double field. */
  double(field: number, value: number): this {
    this.#varint((field << 3) | 1);
    const at = this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(at, value, true);
    return this;
  }

  /** A string, bytes or embedded message field. */
  bytes(field: number, value: string | Uint8Array | ProtoWriter): this {
    const data =
      typeof value === 'string' ? Buffer.from(value, 'utf8') : value instanceof ProtoWriter ? value.finish() : value;
    this.#varint((field << 3) | 2);
    this.#varint(data.length);
    const at = this.#reserve(data.length);
    this.#bytes.set(data, at);
    return this;
  }

  /** The bytes written so far (a view: valid until the next write). */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #varint(value: number | bigint): this {
    if (typeof value === 'number' && value >= 0 && value < 0x80000000) {
      let rest = value;
      while (rest > 127) {
        this.#byte((rest & 127) | 128);
        rest >>>= 7;
      }
      this.#byte(rest);
      return this;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.#byte(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.#byte(Number(rest));
    return this;
  }

  #byte(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    return at;
  }
}

/** One field of a message: its number, and its value by wire type. */
export type ProtoField =
  | { readonly field: number; readonly wire: 'varint'; readonly value: bigint }
  | { readonly field: number; readonly wire: 'fixed32' | 'fixed64' | 'bytes'; readonly value: Uint8Array };

/** The fields of a message, in order. Throws a RangeError if the bytes are not a message. */
export function* readProto(bytes: Uint8Array): Generator<ProtoField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('message ends inside a number');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new RangeError('a number of more than ten bytes');
  };
  // Most numbers fit in one byte, and a BigInt takes a hundred times longer.
  const smallVarint = (): number => {
    const byte = bytes[at];
    if (byte === undefined || byte > 127) return Number(varint());
    at++;
    return byte;
  };
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw new RangeError('message ends inside a field');
    at += count;
    return bytes.subarray(at - count, at);
  };
  while (at < bytes.length) {
    const tag = smallVarint();
    const field = Math.floor(tag / 8);
    if (field === 0) throw new RangeError('field number 0');
    switch (tag % 8) {
      case 0:
        yield { field, wire: 'varint', value: varint() };
        break;
      case 1:
        yield { field, wire: 'fixed64', value: take(8) };
        break;
      case 2:
        yield { field, wire: 'bytes', value: take(smallVarint()) };
        break;
      case 5:
        yield { field, wire: 'fixed32', value: take(4) };
        break;
      default:
        throw new RangeError(`unknown wire type ${tag % 8}`);
    }
  }
}
