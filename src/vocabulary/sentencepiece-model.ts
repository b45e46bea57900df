import { InputError } from '../support/errors.ts';
import { withoutNul } from './normalizer.ts';

/** A model loaded into sentencepiece-js. */
export interface SentencePieceModel {
  /** The ids of the best segmentation, without bos and eos. */
  encode(text: string): number[];
  /** The pieces of the best segmentation; unknown parts appear as in the text. */
  pieces(text: string): string[];
  /** The text of ids, which must be ids of the model: for any others sentencepiece-js returns "". */
  decode(ids: readonly number[]): string;
}

// sentencepiece-js 1.1.0 has no types: these are the parts used here. Objects on its C++ side are freed with `delete`.
interface Freed {
  delete(): void;
}
interface Vector<T> extends Freed {
  size(): number;
  get(index: number): T;
}
interface StringView extends Freed {
  getView(): Freed;
}

/** One model in the library. */
export interface Processor extends Freed {
  Load(path: Freed): Freed;
  status(): Freed & { ToString(): string };
  EncodeAsIds(text: Freed): Vector<number>;
  EncodeAsPieces(text: Freed): Vector<string>;
  DecodeIds(ids: Freed): string;
}

/** sentencepiece-js's WebAssembly. */
export interface SentencePieceRuntime {
  readonly FS: { writeFile(path: string, data: Uint8Array): void; unlink(path: string): void };
  readonly StringView: new (text: string) => StringView;
  readonly SentencePieceProcessor: new () => Processor;
  vecFromJSArray(ids: readonly number[]): Freed;
}

/**
 * Loads a model file's bytes, on any platform where sentencepiece-js runs.
 * @param path names the file in messages
 * @throws InputError if sentencepiece-js rejects it, and whatever else it throws on a damaged one
 */
export function createSentencePiece(
  { FS, StringView, SentencePieceProcessor, vecFromJSArray }: SentencePieceRuntime,
  bytes: Uint8Array,
  path: string,
): SentencePieceModel {
  const withView = <T>(text: string, use: (view: Freed) => T): T => {
    const string = new StringView(text);
    const view = string.getView();
    try {
      return use(view);
    } finally {
      view.delete();
      string.delete();
    }
  };

  const processor = new SentencePieceProcessor();
  FS.writeFile('attn.model', bytes);
  withView('attn.model', (view) => processor.Load(view).delete());
  FS.unlink('attn.model');
  const status = processor.status();
  const message = status.ToString();
  status.delete();
  if (message !== 'OK') {
    processor.delete();
    throw new InputError(`sentencepiece-js refuses it: ${message}`, {
      where: path,
      remedy: 'name another SentencePiece model; `attn vocab` builds one',
    });
  }

  const listOf = <T>(vector: Vector<T>): T[] => {
    const list = Array.from({ length: vector.size() }, (_, i) => vector.get(i));
    vector.delete();
    return list;
  };
  return {
    encode: (text) => withView(withoutNul(text), (view) => listOf(processor.EncodeAsIds(view))),
    pieces: (text) => withView(withoutNul(text), (view) => listOf(processor.EncodeAsPieces(view))),
    decode: (ids) => {
      const vector = vecFromJSArray(ids);
      try {
        return processor.DecodeIds(vector);
      } finally {
        vector.delete();
      }
    },
  };
}
