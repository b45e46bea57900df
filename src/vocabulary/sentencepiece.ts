import { createRequire } from 'node:module';
import { type AttnError, InputError } from '../support/errors.ts';
import { withoutRethrowing } from '../support/process-listeners.ts';
import { systemFailure } from '../support/system-failure.ts';
import {
  createSentencePiece,
  type Processor,
  type SentencePieceModel,
  type SentencePieceRuntime,
} from './sentencepiece-model.ts';

interface Library {
  readonly SentencePieceProcessor: new () => {
    readonly sentencepiece: SentencePieceRuntime;
    readonly processor: Processor;
    load(path: string): Promise<void>;
  };
}

let runtime: Promise<SentencePieceRuntime> | undefined;

/**
 * Starts sentencepiece-js once per process (about 0.1 s, to compile its WebAssembly). Its runtime can be reached only
 * through the `load` of a model file.
 */
async function startRuntime(path: string): Promise<SentencePieceRuntime> {
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
  try {
    return createSentencePiece(await runtime, bytes, path);
  } catch (error) {
    throw error instanceof InputError ? error : broken(path, error);
  }
}
