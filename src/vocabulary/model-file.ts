import { InputError } from '../support/errors.ts';
import { type ProtoField, ProtoWriter, readProto } from '../support/protobuf.ts';
import { readCharsmap } from './charsmap.ts';
import { BOS, EOS, PAD, SPECIAL_PIECES, UNKNOWN, type VocabularyType } from './vocabulary.ts';

/** The kinds of pieces, with their numbers in the file. */
export const PieceKind = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;
export type PieceKind = (typeof PieceKind)[keyof typeof PieceKind];

export interface Piece {
  readonly text: string;
  /** `bpe`: minus the rank of its merge; the other types: its log probability. */
  readonly score: number;
  readonly kind: PieceKind;
}

/** The parts of a SentencePiece model file that attn reads. The id of a piece is its index. */
export interface ModelFile {
  readonly type: VocabularyType;
  readonly pieces: readonly Piece[];
  /** A character without a piece becomes its UTF-8 bytes (pieces `<0x00>` to `<0xFF>`) instead of unknown. */
  readonly byteFallback: boolean;
  readonly normalizer: {
    readonly name: string;
    /** Replacements applied first, see charsmap.ts; empty for none. */
    readonly charsmap: Uint8Array;
    /** A sentence starts with a space symbol, and runs of spaces count as one, so that words can be split off. */
    readonly wordwise: boolean;
  };
}

// Field numbers: sentencepiece_model.proto, sentencepiece 0.2.
const MODEL = { pieces: 1, trainerSpec: 2, normalizerSpec: 3 } as const;
const PIECE = { text: 1, score: 2, kind: 3 } as const;
const TRAINER = {
  ...{ input: 1, modelPrefix: 2 },
  ...{ modelType: 3, vocabularySize: 4, characterCoverage: 10, treatWhitespaceAsSuffix: 24, userDefinedSymbols: 31 },
  ...{ byteFallback: 35, unknownId: 40, bosId: 41, eosId: 42, padId: 43 },
} as const;
const NORMALIZER = {
  name: 1,
  charsmap: 2,
  addDummyPrefix: 3,
  removeExtraWhitespaces: 4,
  escapeWhitespaces: 5,
} as const;
const MODEL_TYPES: Readonly<Record<VocabularyType, number>> = { unigram: 1, bpe: 2, words: 3, char: 4 };
/** How proto2 stores an int32 of -1. */
const MINUS_ONE = 0xffffffffffffffffn;

/**
 * Unigram scores are rounded to multiples of 1/256, so that sums of them are exact in the single precision
 * SentencePiece uses (up to 65,536: some 2,600 unknown characters). Of two equally probable segmentations (`0 00` and
 * `00 0`) the same one is then chosen wherever the word occurs, by any version of the library.
 */
export const SCORE_STEPS = 256;

/** The special pieces at the start of every attn vocabulary. */
export const specialPieces: readonly Piece[] = SPECIAL_PIECES.map((text, id) => ({
  text,
  score: 0,
  kind: id === UNKNOWN ? PieceKind.unknown : PieceKind.control,
}));

/** The 256 byte pieces, for byte fallback. */
export const bytePieces: readonly Piece[] = Array.from({ length: 256 }, (_, byte) => ({
  text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  score: 0,
  kind: PieceKind.byte,
}));

/** The bytes of a model file that attn, sentencepiece-js and the C++ sentencepiece can load. */
export function writeModelFile(model: ModelFile, characterCoverage: number): Uint8Array {
  const file = new ProtoWriter();
  for (const { text, score, kind } of model.pieces) {
    const piece = new ProtoWriter().bytes(PIECE.text, text).float(PIECE.score, score);
    file.bytes(MODEL.pieces, kind === PieceKind.normal ? piece : piece.integer(PIECE.kind, kind));
  }
  const trainer = new ProtoWriter()
    .integer(TRAINER.modelType, MODEL_TYPES[model.type])
    .integer(TRAINER.vocabularySize, model.pieces.length)
    .float(TRAINER.characterCoverage, characterCoverage);
  for (const { text, kind } of model.pieces) {
    if (kind === PieceKind.userDefined) trainer.bytes(TRAINER.userDefinedSymbols, text);
  }
  trainer
    .integer(TRAINER.byteFallback, model.byteFallback)
    .integer(TRAINER.unknownId, UNKNOWN)
    .integer(TRAINER.bosId, BOS)
    .integer(TRAINER.eosId, EOS)
    .integer(TRAINER.padId, PAD);
  const normalizer = new ProtoWriter()
    .bytes(NORMALIZER.name, model.normalizer.name)
    .bytes(NORMALIZER.charsmap, model.normalizer.charsmap)
    .integer(NORMALIZER.addDummyPrefix, model.normalizer.wordwise)
    .integer(NORMALIZER.removeExtraWhitespaces, model.normalizer.wordwise)
    .integer(NORMALIZER.escapeWhitespaces, true);
  return file.bytes(MODEL.trainerSpec, trainer).bytes(MODEL.normalizerSpec, normalizer).finish();
}

/**
 * A model file with more pieces after its own. Concatenated protocol buffers are one message: lists are continued, and
 * of single values the last one counts. So nothing unknown to attn is lost.
 * @param size the number of all pieces
 */
export function appendToModelFile(bytes: Uint8Array, added: readonly Piece[], size: number): Uint8Array {
  const file = new ProtoWriter();
  const trainer = new ProtoWriter().integer(TRAINER.vocabularySize, size);
  for (const { text, score, kind } of added) {
    const piece = new ProtoWriter().bytes(PIECE.text, text).float(PIECE.score, score).integer(PIECE.kind, kind);
    file.bytes(MODEL.pieces, piece);
    if (kind === PieceKind.userDefined) trainer.bytes(TRAINER.userDefinedSymbols, text);
  }
  return Buffer.concat([bytes, file.bytes(MODEL.trainerSpec, trainer).finish()]);
}

/**
 * Reads and validates a model file from attn or another trainer.
 * @param where the file's path, for messages
 * @throws InputError for a damaged file, another model type, other special ids, and duplicate pieces
 */
export function readModelFile(bytes: Uint8Array, where: string): ModelFile {
  const refuse = (problem: string, remedy = 'build it again with `attn vocab`'): InputError =>
    new InputError(problem, { where, remedy });
  const pieces: Piece[] = [];
  let trainer = new Map<number, ProtoField>();
  let normalizer = new Map<number, ProtoField>();
  try {
    for (const field of readProto(bytes)) {
      if (field.wire !== 'bytes') continue;
      if (field.field === MODEL.pieces) pieces.push(readPiece(field.value));
      // a message in several parts is their union
      if (field.field === MODEL.trainerSpec) trainer = new Map([...trainer, ...fieldsOf(field.value)]);
      if (field.field === MODEL.normalizerSpec) normalizer = new Map([...normalizer, ...fieldsOf(field.value)]);
    }
    readCharsmap(bytesOf(normalizer.get(NORMALIZER.charsmap)));
  } catch (error) {
    throw new InputError('is not a SentencePiece model file, or is damaged', {
      ...{ where, remedy: 'build it again with `attn vocab`', cause: error },
    });
  }
  if (pieces.length === 0 || trainer.size === 0 || normalizer.size === 0) {
    throw refuse('is not a SentencePiece model file, or is truncated');
  }
  const modelType = integerOf(trainer, TRAINER.modelType, 1n);
  const type = (Object.keys(MODEL_TYPES) as VocabularyType[]).find((name) => BigInt(MODEL_TYPES[name]) === modelType);
  if (type === undefined)
    throw refuse(`has model type ${modelType}; attn reads unigram, BPE, word and character models`);
  checkPieces(pieces, trainer, refuse);
  return {
    type,
    pieces,
    byteFallback: integerOf(trainer, TRAINER.byteFallback, 0n) === 1n,
    normalizer: {
      name: textOf(normalizer.get(NORMALIZER.name)),
      charsmap: bytesOf(normalizer.get(NORMALIZER.charsmap)),
      wordwise:
        integerOf(normalizer, NORMALIZER.addDummyPrefix, 1n) === 1n &&
        integerOf(normalizer, NORMALIZER.removeExtraWhitespaces, 1n) === 1n &&
        integerOf(trainer, TRAINER.treatWhitespaceAsSuffix, 0n) === 0n,
    },
  };
}

/**
 * Whether a model file was written by `attn vocab`. Other trainers record where they read the text and how they named
 * the model.
 */
export function isOwnModelFile(bytes: Uint8Array): boolean {
  try {
    const specs = [...readProto(bytes)].filter(({ field }) => field === MODEL.trainerSpec);
    const fields = specs.map((spec) => (spec.wire === 'bytes' ? fieldsOf(spec.value) : new Map()));
    return fields.length > 0 && !fields.some((spec) => spec.has(TRAINER.input) || spec.has(TRAINER.modelPrefix));
  } catch {
    return false;
  }
}

/** Trainers make pieces of at most 16 characters by default; sentencepiece-js crashes on pieces of megabytes. */
const LONGEST_PIECE = 10_000;

function checkPieces(
  pieces: readonly Piece[],
  trainer: ReadonlyMap<number, ProtoField>,
  refuse: (problem: string, remedy?: string) => InputError,
): void {
  const ids = [
    integerOf(trainer, TRAINER.padId, MINUS_ONE),
    integerOf(trainer, TRAINER.unknownId, 0n),
    integerOf(trainer, TRAINER.bosId, 1n),
    integerOf(trainer, TRAINER.eosId, 2n),
  ];
  const kindsFit = specialPieces.every(({ kind }, id) => pieces[id]?.kind === kind);
  if (ids.some((id, i) => id !== BigInt([PAD, UNKNOWN, BOS, EOS][i] ?? 0)) || !kindsFit) {
    throw refuse(
      `has the special ids pad, unk, bos, eos at ${ids.map((id) => BigInt.asIntN(64, id)).join(', ')}, not at 0, 1, 2, 3`,
      'train it with `attn vocab`, or with --pad_id=0 --unk_id=1 --bos_id=2 --eos_id=3 in another trainer',
    );
  }
  const seen = new Set<string>();
  for (const { text, kind } of pieces) {
    if (text === '') throw refuse('holds an empty piece');
    if (text.length > LONGEST_PIECE) {
      throw refuse(
        `holds a piece of ${text.length.toLocaleString('en-US')} characters: ${JSON.stringify(text.slice(0, 20))}...`,
      );
    }
    if (seen.has(text)) throw refuse(`holds the piece ${JSON.stringify(text)} twice`);
    seen.add(text);
    if (kind === PieceKind.unknown && text !== pieces[UNKNOWN]?.text) throw refuse('holds two unknown pieces');
  }
}

function readPiece(bytes: Uint8Array): Piece {
  let text = '';
  let score = 0;
  let kind: number = PieceKind.normal;
  for (const { field, wire, value } of readProto(bytes)) {
    if (field === PIECE.text && wire === 'bytes') text = utf8(value);
    if (field === PIECE.score && wire === 'fixed32')
      score = new DataView(value.buffer, value.byteOffset).getFloat32(0, true);
    if (field === PIECE.kind && wire === 'varint') kind = Number(value);
  }
  return { text, score, kind: kind as PieceKind };
}

/** The last value of each field of a message. */
function fieldsOf(bytes: Uint8Array): Map<number, ProtoField> {
  return new Map([...readProto(bytes)].map((field) => [field.field, field]));
}

function integerOf(fields: ReadonlyMap<number, ProtoField>, field: number, fallback: bigint): bigint {
  const value = fields.get(field)?.value;
  return typeof value === 'bigint' ? value : fallback;
}

function bytesOf(field: ProtoField | undefined): Uint8Array {
  return field?.wire === 'bytes' ? field.value : new Uint8Array();
}

function textOf(field: ProtoField | undefined): string {
  return utf8(bytesOf(field));
}

/** A byte order mark is a character like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function utf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
