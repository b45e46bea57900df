import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { loadTensors, type NamedTensors, saveTensors } from '../../src/checkpoints/safetensors.ts';
import { InputError } from '../../src/support/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-safetensors-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'model.safetensors');
const python = process.env.ATTN_PYTHON;

const sample: NamedTensors = {
  'decoder.weight': { shape: [2, 3], data: Float32Array.of(1, -2.5, 3e-30, -0, Number.POSITIVE_INFINITY, 6) },
  counts: { shape: [3], data: Int32Array.of(-1, 0, 2147483647) },
  scalar: { shape: [], data: Float32Array.of(0.25) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
};

/** A file with any header and values. */
function fileOf(header: unknown, values: Uint8Array = new Uint8Array()): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, values]);
}

function problemOf(bytes: Uint8Array): string {
  const changed = join(folder, 'changed.safetensors');
  writeFileSync(changed, bytes);
  try {
    loadTensors(changed);
  } catch (error) {
    assert(error instanceof InputError, String(error));
    assert(error.describe().startsWith(changed), 'the error names the file');
    return error.message;
  }
  return '';
}

test('written values are read back bit for bit', () => {
  saveTensors(path, sample, { step: '7', text: 'è "\n' });
  const { tensors, metadata } = loadTensors(path);
  assert.deepEqual(tensors, sample);
  assert.equal(metadata.step, '7');
  assert.equal(metadata.text, 'è "\n');
  assert.match(metadata.sha256 ?? '', /^[0-9a-f]{64}$/);
});

test('the values start at a multiple of eight bytes', () => {
  for (let length = 0; length < 8; length++) {
    saveTensors(path, sample, { padding: 'x'.repeat(length) });
    assert.equal(Number(readFileSync(path).readBigUInt64LE(0)) % 8, 0);
  }
});

test('an empty tensor may be anywhere in the header', () => {
  const empty = { dtype: 'F32', shape: [0], data_offsets: [0, 0] };
  const one = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  assert.equal(problemOf(fileOf({ one, empty }, new Uint8Array(4))), '');
  assert.equal(problemOf(fileOf({ empty, one }, new Uint8Array(4))), '');
});

test('a shape that does not fit its values is rejected and nothing is written', () => {
  const before = readdirSync(folder).length;
  const wrong = { a: { shape: [2, 2], data: new Float32Array(3) } };
  assert.throws(() => saveTensors(join(folder, 'new.safetensors'), wrong), /a has 3 values for the shape \[2, 2\]/);
  assert.equal(readdirSync(folder).length, before);
});

test('a file cut off anywhere is rejected', () => {
  saveTensors(path, sample, { step: '7' });
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length++) {
    assert.match(problemOf(whole.subarray(0, length)), /not a complete safetensors file/, `${length} bytes`);
  }
});

test('no changed byte goes unnoticed: the file is rejected, or has the same content, or lost its checksum entry', () => {
  saveTensors(path, sample, { step: '7' });
  const whole = readFileSync(path);
  const written = loadTensors(path);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ mask;
      if (problemOf(changed) !== '') return;
      const read = loadTensors(join(folder, 'changed.safetensors'));
      if (read.metadata.sha256 !== undefined) assert.deepEqual(read, written);
    }),
    { numRuns: 600 },
  );
});

test('random bytes never crash the reader', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.json(), (values, header) => {
      const bytes = fileOf(header, values);
      writeFileSync(path, bytes);
      try {
        loadTensors(path);
      } catch (error) {
        assert(error instanceof InputError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

test('each kind of damage has its own message', () => {
  const four = new Uint8Array(4);
  const entry = (shape: unknown, offsets: unknown, dtype = 'F32') => ({ dtype, shape, data_offsets: offsets });
  const cases: [Buffer, RegExp][] = [
    [Buffer.from('PK\u0003\u0004 this is a zip'), /does not begin like a safetensors file/],
    [fileOf('{"a": '), /header is not JSON/],
    [fileOf('[]'), /not a JSON object/],
    [fileOf({ __metadata__: { step: 7 } }), /metadata is not a map/],
    [fileOf({ a: 1 }), /a lacks its type, shape or offsets/],
    [fileOf({ a: entry([-1], [0, 4]) }, four), /a lacks its type, shape or offsets/],
    [fileOf({ a: entry([1], [0, 4], 'F8_E4M3') }, four), /a is of type F8_E4M3/],
    [fileOf({ a: entry([2], [0, 4]) }, four), /a has 4 bytes for F32 values of shape \[2\]/],
    [fileOf({ a: entry([2], [0, 8]) }, four), /truncated: a ends at byte 8/],
    [fileOf({ a: entry([1], [0, 4]), b: entry([1], [0, 4]) }, four), /b overlaps/],
    [fileOf({ a: entry([1], [4, 8]) }, new Uint8Array(8)), /a leaves a gap/],
    [fileOf({ a: entry([1], [0, 4]) }, new Uint8Array(8)), /8 bytes of values where its header says 4/],
    [fileOf({ a: entry([1], [0, 8], 'I64') }, new Uint8Array(8).fill(9)), /beyond 32 bits/],
  ];
  for (const [bytes, problem] of cases) assert.match(problemOf(bytes), problem);
  assert.throws(() => loadTensors(join(folder, 'none.safetensors')), /no such file/);
});

const fixture = JSON.parse(readFileSync(new URL('../fixtures/safetensors.json', import.meta.url), 'utf8'));
const bitsOf = ({ buffer, byteOffset, length }: Float32Array | Int32Array) => [
  ...new Int32Array(buffer, byteOffset, length),
];

test("a file from PyPI's safetensors is read bit for bit", () => {
  writeFileSync(path, Buffer.from(fixture.file, 'base64'));
  const { tensors, metadata } = loadTensors(path);
  assert.deepEqual({ ...metadata }, fixture.metadata);
  const found = Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape, bits: bitsOf(data) }]);
  assert.deepEqual(Object.fromEntries(found), fixture.tensors);
});

test('16-bit numbers are rounded and read as in PyTorch', () => {
  const values = new Float32Array(Int32Array.from(fixture.half.values).buffer);
  const shape = [values.length];
  for (const type of ['F16', 'BF16'] as const) {
    writeFileSync(path, Buffer.from(fixture.half.file, 'base64'));
    assert.deepEqual(bitsOf(loadTensors(path).tensors[type]!.data), fixture.half[type], type);
    saveTensors(path, { odd: { shape: [3], data: values.slice(0, 3) }, values: { shape, data: values } }, {}, type);
    const { tensors, metadata } = loadTensors(path);
    assert.deepEqual(bitsOf(tensors.values!.data), fixture.half[type], type);
    assert.match(metadata.sha256 ?? '', /^[0-9a-f]{64}$/);
    const nothing = { nan: { shape: [1], data: Float32Array.of(Number.NaN) } };
    saveTensors(path, nothing, {}, type);
    assert.ok(Number.isNaN(loadTensors(path).tensors.nan!.data[0]));
  }
});

const inPython = { skip: python === undefined && 'ATTN_PYTHON names no Python with safetensors' };

test(
  "PyPI's safetensors reads our files, what it rewrites passes the checksum, and Python can compute the checksum",
  inPython,
  () => {
    saveTensors(path, sample, { step: '7', note: 'è "\n' });
    const rewritten = join(folder, 'rewritten.safetensors');
    const program = `
import sys, json, hashlib
from safetensors import safe_open
from safetensors.numpy import save_file
with safe_open(sys.argv[1], 'np') as file:
    tensors = {name: file.get_tensor(name) for name in file.keys()}
    metadata = file.metadata()
    save_file(tensors, sys.argv[2], metadata)
types = {'float32': 'F32', 'int32': 'I32'}
texts = [[name, text] for name, text in sorted(metadata.items()) if name != 'sha256']
shapes = [[name, types[str(t.dtype)], list(t.shape)] for name, t in sorted(tensors.items())]
content = json.dumps([texts, shapes], separators=(',', ':'), ensure_ascii=False).encode()
content += b''.join(t.tobytes() for _, t in sorted(tensors.items()))
print(json.dumps({
    'sha256': hashlib.sha256(content).hexdigest(),
    'tensors': {name: [list(t.shape), str(t.dtype), t.tobytes().hex()] for name, t in tensors.items()},
}))`;
    const seen = JSON.parse(execFileSync(python as string, ['-c', program, path, rewritten], { encoding: 'utf8' }));
    for (const [name, { shape, data }] of Object.entries(sample)) {
      const type = data instanceof Float32Array ? 'float32' : 'int32';
      assert.deepEqual(seen.tensors[name], [shape, type, Buffer.from(data.buffer).toString('hex')]);
    }
    assert.equal(seen.sha256, loadTensors(path).metadata.sha256);
    assert.deepEqual(loadTensors(rewritten), loadTensors(path));
  },
);

test('the checksum covers the content: the same tensors in another order have the same one', () => {
  const checksumOf = (tensors: NamedTensors) => {
    saveTensors(path, tensors);
    return loadTensors(path).metadata.sha256;
  };
  const reversed = Object.fromEntries(Object.entries(sample).reverse());
  assert.equal(checksumOf(reversed), checksumOf(sample));
  assert.notEqual(checksumOf({ ...sample, scalar: { shape: [1], data: Float32Array.of(0.25) } }), checksumOf(sample));
  assert.equal(createHash('sha256').update('[[],[]]').digest('hex'), checksumOf({}));
});
