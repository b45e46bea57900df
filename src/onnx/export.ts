import type { ModelOptions } from '../models/seq2seq.ts';
import { version } from '../support/version.ts';
import type { HostTensor } from '../tensor/session.ts';
import { OnnxGraph } from './graph.ts';
import { recurrentDecoder, recurrentEncoder } from './recurrent-model.ts';
import { transformerDecoder, transformerEncoder } from './transformer-model.ts';

/** The two ONNX models of a translator. */
export interface OnnxModels {
  readonly encoder: Uint8Array;
  /** One step. */
  readonly decoder: Uint8Array;
}

/**
 * A model as ONNX, laid out as Hugging Face's exports of encoder-decoders are: batch and lengths are open, tokens are int64,
 * padding stands at the end. The encoder gives everything that the decoder is fed besides the word before:
 * `last_hidden_state` goes to `encoder_hidden_states`, `past_key_values.*` to inputs of the same name, as do in the next
 * step the outputs `present.*`.
 */
export function onnxModels(options: ModelOptions, parameters: Readonly<Record<string, HostTensor>>): OnnxModels {
  const transformer = options.arch === 'transformer';
  const encoder = new OnnxGraph('encoder', parameters);
  const decoder = new OnnxGraph('decoder', parameters);
  (transformer ? transformerEncoder : recurrentEncoder)(encoder, options);
  (transformer ? transformerDecoder : recurrentDecoder)(decoder, options);
  return { encoder: encoder.finish(version, {}), decoder: decoder.finish(version, {}) };
}
