import { createRequire } from 'node:module';
import { type AttnError, InputError } from '../support/errors.ts';
import { withoutRethrowing } from '../support/process-listeners.ts';
import { systemFailure } from '../support/system-failure.ts';
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
interface Processor extends Freed {
  Load(path: Freed): Freed;
  status(): Freed & { ToString(): string };
  EncodeAsIds(text: Freed): Vector<number>;
  EncodeAsPieces(text: Freed): Vector<string>;
  DecodeIds(ids: Freed): string;
}
interface Runtime {
  readonly FS: { writeFile(path: string, data: Uint8Array): void; unlink(path: string): void };
  readonly StringView: new (text: string) => StringView;
  readonly SentencePieceProcessor: new () => Processor;
  vecFromJSArray(ids: readonly number[]): Freed;
}
interface Library {
  readonly SentencePieceProcessor: new () => {
    readonly sentencepiece: Runtime;
    readonly processor: Processor;
    load(path: string): Promise<void>;
  };
}

let runtime: Promise<Runtime> | undefined;

/**
 * Starts sentencepiece-js once per process (about 0.1 s, to compile its WebAssembly). Its runtime can be reached only
 * through the `load` of a model file.
 */
async function startRuntime(path: string): Promise<Runtime> {
  const library = createRequire(import.meta.url)('sentencepiece-js') as Library;
  const first = new library.SentencePieceProcessor();
  await withoutRethrowing(() => first.load(path));
  first.processor.delete();
  return first.sentencepiece;
}

/**
 * The error for what sentencepiece-js throws on a damaged model: a stack overflow, or a C++ exception, which arrives as
 * a number. Its memory cannot be trusted afterwards, so the next model gets a new runtime.
 */
function broken(path: string, cause: unknown): AttnError {
  runtime = undefined;
  // if the machine has no memory for WebAssembly, the file is not to blame
  const failure = systemFailure(cause, path);
  if (failure) return failure;
  return new InputError('is not a SentencePiece model file, or is damaged', {
    where: path,
    remedy: 'build it again with `attn vocab`',
    cause,
  });
}

/**
 * Loads a model file that `readModelFile` has accepted.
 * @param bytes the content of the file
 * @throws InputError if it is damaged or sentencepiece-js rejects it, which its own `load` would not report
 */
export async function loadSentencePiece(path: string, bytes: Uint8Array): Promise<SentencePieceModel> {
  runtime ??= startRuntime(path);
  const { FS, StringView, SentencePieceProcessor, vecFromJSArray } = await runtime.catch((error) => {
    throw broken(path, error);
  });
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
  try {
    FS.writeFile('attn.model', bytes);
    withView('attn.model', (view) => processor.Load(view).delete());
    FS.unlink('attn.model');
  } catch (error) {
    throw broken(path, error);
  }
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
