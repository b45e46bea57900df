import { SentencePieceProcessor } from 'sentencepiece-js';
import {
  createSentencePiece,
  type SentencePieceModel,
  type SentencePieceRuntime,
} from '../vocabulary/sentencepiece-model.ts';
import { held } from './no-files.ts';

let runtime: Promise<SentencePieceRuntime> | undefined;

/**
 * sentencepiece-js's WebAssembly, started once. It can be reached only by loading a model, which is loaded again
 * afterwards.
 */
async function startRuntime(bytes: Uint8Array): Promise<SentencePieceRuntime> {
  held.bytes = bytes;
  const first = new SentencePieceProcessor();
  await first.load('');
  first.processor.delete();
  return first.sentencepiece;
}

/** Loads a subword model in a browser, with the same library as in Node. */
export async function loadSentencePiece(path: string, bytes: Uint8Array): Promise<SentencePieceModel> {
  runtime ??= startRuntime(bytes);
  return createSentencePiece(await runtime, bytes, path);
}
