declare module 'sentencepiece-js' {
  import type { Processor, SentencePieceRuntime } from '../vocabulary/sentencepiece-model.ts';

  export class SentencePieceProcessor {
    readonly sentencepiece: SentencePieceRuntime;
    readonly processor: Processor;
    load(path: string): Promise<void>;
  }
}
