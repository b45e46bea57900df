import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadTensors, saveTensors } from '../../src/checkpoints/safetensors.ts';
import { ProtoWriter, readProto } from '../../src/support/protobuf.ts';
import type { Random } from '../../src/support/random.ts';
import { changeJson, type Mutator, mutateBytes, mutateText } from './mutate.ts';

/** A compressed text: changes of the text, or of the compressed bytes. */
export const mutateGzip: Mutator = (random, valid) =>
  random.integer(2) === 0 ? mutateBytes(random, valid) : gzipSync(mutateText(random, gunzipSync(valid)), { level: 1 });

/** A protocol-buffer message: fields dropped, doubled, moved, changed, two levels deep; or changes of bytes. */
export const mutateProto: Mutator = (random, valid) => {
  if (random.integer(3) === 0) return mutateBytes(random, valid);
  let bytes = valid;
  for (let changes = 1 + random.integer(3); changes > 0; changes--) bytes = changeMessage(random, bytes, 2);
  return bytes;
};

function changeMessage(random: Random, bytes: Uint8Array, depth: number): Uint8Array {
  let fields: ReturnType<typeof readProto> extends Iterable<infer F> ? F[] : never;
  try {
    fields = [...readProto(bytes)];
  } catch {
    return mutateBytes(random, bytes);
  }
  if (fields.length === 0) return mutateBytes(random, bytes);
  const at = random.integer(fields.length);
  const field = fields[at] as (typeof fields)[number];
  switch (random.integer(6)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1:
      fields.splice(random.integer(fields.length), 0, field);
      break;
    case 2:
      random.shuffle(fields);
      break;
    default:
      if (field.wire === 'varint') {
        fields[at] = { ...field, value: random.choice([0n, 1n, 5n, 255n, 2n ** 31n, 2n ** 64n - 1n]) };
      } else if (field.wire === 'bytes') {
        const inner =
          depth > 1 && random.integer(4) > 0
            ? changeMessage(random, field.value, depth - 1)
            : mutateBytes(random, field.value);
        fields[at] = { ...field, value: inner };
      } else {
        fields[at] = { ...field, value: Uint8Array.from(field.value, () => random.integer(256)) };
      }
  }
  const writer = new ProtoWriter();
  for (const { field: number, wire, value } of fields) {
    if (wire === 'varint') writer.integer(number, value);
    else if (wire === 'bytes') writer.bytes(number, value);
    else if (wire === 'fixed32') writer.float(number, Buffer.from(value).readFloatLE());
    else writer.double(number, Buffer.from(value).readDoubleLE());
  }
  return Uint8Array.from(writer.finish());
}

/** A checkpoint whose metadata or tensors are changed as if by a program: its checksum is right. */
export const mutateCheckpoint: Mutator = (random, valid) => {
  if (random.integer(4) === 0) return mutateSafetensors(random, valid);
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'attn-checkpoint-'));
  const path = join(folder, 'a.safetensors');
  try {
    writeFileSync(path, valid);
    const { tensors, metadata } = loadTensors(path);
    const { sha256: _, ...said } = metadata;
    let changed: Record<string, unknown> = said;
    for (let changes = 1 + random.integer(3); changes > 0; changes--) {
      const key = random.choice(Object.keys(changed));
      changed = { ...changed, [key]: changeJson(random, changed[key]) };
    }
    const texts = Object.fromEntries(Object.entries(changed).map(([key, value]) => [key, String(value)]));
    const kept = Object.entries(tensors).filter(() => random.integer(40) > 0);
    if (random.integer(4) === 0) {
      const { data } = random.choice(kept)[1];
      data.fill(random.choice([Number.NaN, Number.POSITIVE_INFINITY, 1e38, 0]), 0, 1 + random.integer(data.length));
    }
    saveTensors(path, Object.fromEntries(kept), texts);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** A safetensors file: its header changed and its length corrected, or changes of bytes. */
export const mutateSafetensors: Mutator = (random, valid) => {
  if (random.integer(3) === 0) return mutateBytes(random, valid);
  const file = Buffer.from(valid);
  const length = Number(file.readBigUInt64LE(0));
  let header: unknown = JSON.parse(file.toString('utf8', 8, 8 + length));
  for (let changes = 1 + random.integer(3); changes > 0; changes--) header = changeJson(random, header);
  const text = Buffer.from(JSON.stringify(header) ?? '');
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, file.subarray(8 + length)]);
};
