import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProtoWriter, readProto } from '../../src/support/protobuf.ts';

const field = fc.integer({ min: 1, max: 100_000 });
const written = fc.oneof(
  fc.record({ wire: fc.constant('varint' as const), field, value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ wire: fc.constant('fixed32' as const), field, value: fc.float() }),
  fc.record({ wire: fc.constant('fixed64' as const), field, value: fc.double() }),
  fc.record({ wire: fc.constant('bytes' as const), field, value: fc.uint8Array({ maxLength: 300 }) }),
);

test('fields of every wire type are read as written', () => {
  fc.assert(
    fc.property(fc.array(written), (fields) => {
      const message = new ProtoWriter();
      for (const { wire, field, value } of fields) {
        if (wire === 'varint') message.integer(field, value);
        else if (wire === 'fixed32') message.float(field, value);
        else if (wire === 'fixed64') message.double(field, value);
        else message.bytes(field, value);
      }
      const read = [...readProto(message.finish())].map(({ wire, field, value }) => {
        if (wire === 'varint') return { wire, field, value };
        if (wire === 'bytes') return { wire, field, value: Uint8Array.from(value) };
        const bytes = Buffer.from(value);
        return { wire, field, value: wire === 'fixed32' ? bytes.readFloatLE() : bytes.readDoubleLE() };
      });
      assert.deepEqual(
        read,
        fields.map(({ wire, field, value }) => ({ wire, field, value })),
      );
    }),
  );
});

test('the example of the format is written byte for byte', () => {
  // https://protobuf.dev/programming-guides/encoding: field 1 = 150; field 2 = "testing"; field 3 = {1: 150}
  const inner = new ProtoWriter().integer(1, 150);
  const bytes = new ProtoWriter().integer(1, 150).bytes(2, 'testing').bytes(3, inner).integer(4, -2).integer(5, true);
  const expected = '089601 120774657374696e67 1a03089601 20feffffffffffffffff01 2801';
  assert.equal(Buffer.from(bytes.finish()).toString('hex'), expected.replaceAll(' ', ''));
});

test('bytes that are not a message give a RangeError, whatever they are', () => {
  for (const hex of ['08', '0a05', '0affffffff0f', '00', '0f', '08ffffffffffffffffffff01', 'ff']) {
    assert.throws(() => [...readProto(Buffer.from(hex, 'hex'))], RangeError, hex);
  }
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        for (const { value } of readProto(bytes)) assert.notEqual(value, undefined);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }),
  );
});
