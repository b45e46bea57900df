import { SentencePieceProcessor } from 'sentencepiece-js';
import {
  createSentencePiece,
  type SentencePieceModel,
  type SentencePieceRuntime,
} from '../vocabulary/sentencepiece-model.ts';
import { held } from './no-files.ts';

let runtime: Promise<SentencePieceRuntime> | undefined;

/** sentencepiece-js's WebAssembly, started once. The only way to it is to load a model, which is loaded again afterwards. */
async function startRuntime(bytes: Uint8Array): Promise<SentencePieceRuntime> {
  held.bytes = bytes;
  const first = new SentencePieceProcessor();
  await first.load('');
  first.processor.delete();
  return first.sentencepiece;
}

/** Loads a subword model in a browser, by the library that Node uses. */
export async function loadSentencePiece(path: string, bytes: Uint8Array): Promise<SentencePieceModel> {
  runtime ??= startRuntime(bytes);
  return createSentencePiece(await runtime, bytes, path);
}
