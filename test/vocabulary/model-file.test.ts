import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../../src/support/errors.ts';
import { ProtoWriter } from '../../src/support/protobuf.ts';
import { compileCharsmap } from '../../src/vocabulary/charsmap.ts';
import {
  type ModelFile,
  type Piece,
  PieceKind,
  readModelFile,
  specialPieces,
  writeModelFile,
} from '../../src/vocabulary/model-file.ts';
import { trained } from './helpers.ts';

const plain = { noNullPrototype: true } as const;
const piece = fc.record<Piece>(
  {
    text: fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.startsWith('<')),
    score: fc.float({ noNaN: true, noDefaultInfinity: true }).filter((score) => !Object.is(score, -0)),
    kind: fc.constantFrom(PieceKind.normal, PieceKind.userDefined, PieceKind.byte),
  },
  plain,
);
const model = fc.record<ModelFile>(
  {
    type: fc.constantFrom('bpe', 'unigram', 'words'),
    pieces: fc.uniqueArray(piece, { selector: ({ text }) => text }).map((pieces) => [...specialPieces, ...pieces]),
    byteFallback: fc.boolean(),
    normalizer: fc.record(
      {
        name: fc.string({ unit: 'grapheme' }),
        charsmap: fc
          .dictionary(fc.constantFrom('a', 'é', '日'), fc.string())
          .map((rules) => Uint8Array.from(compileCharsmap(new Map(Object.entries(rules))))),
        wordwise: fc.boolean(),
      },
      plain,
    ),
  },
  plain,
);

test('a written model is read back', () => {
  fc.assert(
    fc.property(model, (given) => {
      assert.deepEqual(readModelFile(writeModelFile(given, 1), 'x'), given);
    }),
  );
});

const refusal = (problem: RegExp) => (error: unknown) => {
  assert.ok(error instanceof InputError);
  assert.equal(error.where, 'bad.model');
  assert.match(error.message, problem);
  assert.ok(error.remedy);
  return true;
};

test('a file cut off anywhere is rejected, and never read as a smaller vocabulary', () => {
  const bytes = trained({ size: 120 });
  const normalizer = bytes.length - 80_000;
  for (let length = 0; length < bytes.length; length += length < normalizer ? 97 : 4999) {
    assert.throws(
      () => readModelFile(bytes.subarray(0, length), 'bad.model'),
      refusal(/not a SentencePiece model file/),
    );
  }
});

test('damaged bytes are rejected or read, but nothing else is thrown', () => {
  const bytes = writeModelFile(
    {
      type: 'bpe',
      pieces: [...specialPieces, { text: '▁a', score: -1, kind: PieceKind.normal }],
      byteFallback: false,
      normalizer: { name: 'n', charsmap: new Uint8Array(), wordwise: true },
    },
    1,
  );
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (place, byte) => {
      const damaged = bytes.slice();
      damaged[place] = byte;
      try {
        readModelFile(damaged, 'bad.model');
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

const valid: ModelFile = {
  type: 'bpe',
  pieces: [...specialPieces, { text: '▁a', score: -1, kind: PieceKind.normal }],
  byteFallback: false,
  normalizer: { name: 'n', charsmap: new Uint8Array(), wordwise: true },
};

test('a duplicate piece, an empty or endless one and a second unknown are rejected by name', () => {
  const withPiece = (extra: Piece) => writeModelFile({ ...valid, pieces: [...valid.pieces, extra] }, 1);
  for (const [extra, problem] of [
    [{ text: '▁a', score: -2, kind: PieceKind.normal }, /the piece "▁a" twice/],
    [{ text: '', score: -2, kind: PieceKind.normal }, /an empty piece/],
    [{ text: '▁b'.repeat(2_500_000), score: -2, kind: PieceKind.normal }, /a piece of 5,000,000 characters: "▁b▁b/],
    [{ text: '<u>', score: 0, kind: PieceKind.unknown }, /two unknown pieces/],
  ] as const) {
    assert.throws(() => readModelFile(withPiece(extra), 'bad.model'), refusal(problem));
  }
});

test('special ids in another order are rejected, with how to train them', () => {
  const pieces = [...specialPieces].reverse();
  assert.throws(
    () => readModelFile(writeModelFile({ ...valid, pieces: [...pieces, ...valid.pieces.slice(4)] }, 1), 'bad.model'),
    refusal(/special ids/),
  );
  const trainer = new ProtoWriter().integer(3, 2).integer(40, 0).integer(41, 1).integer(42, 2).integer(43, -1);
  const file = new ProtoWriter();
  for (const { text, kind } of specialPieces) file.bytes(1, new ProtoWriter().bytes(1, text).integer(3, kind));
  const bytes = file.bytes(2, trainer).bytes(3, new ProtoWriter().bytes(1, 'nmt_nfkc')).finish();
  assert.throws(() => readModelFile(bytes, 'bad.model'), refusal(/pad, unk, bos, eos at -1, 0, 1, 2,/));
});

test('a normalisation table that does not fit is rejected', () => {
  const charsmap = compileCharsmap(new Map([['a', 'b']])).subarray(0, 1000);
  const bytes = writeModelFile({ ...valid, normalizer: { ...valid.normalizer, charsmap } }, 1);
  assert.throws(() => readModelFile(bytes, 'bad.model'), refusal(/damaged/));
});

test('a model of an unknown type is rejected by its type', () => {
  const file = new ProtoWriter();
  for (const { text, kind } of specialPieces) file.bytes(1, new ProtoWriter().bytes(1, text).integer(3, kind));
  const bytes = file.bytes(2, new ProtoWriter().integer(3, 5)).bytes(3, new ProtoWriter().bytes(1, 'n')).finish();
  assert.throws(() => readModelFile(bytes, 'bad.model'), refusal(/model type 5/));
});
