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
 * A model as ONNX, in the layout of Hugging Face's exports of encoder-decoders: batch size and lengths are dynamic,
 * tokens are int64, padding comes at the end. The encoder outputs everything that the decoder needs besides the
 * previous word: `last_hidden_state` is its input `encoder_hidden_states`, `past_key_values.*` are inputs of the same
 * name, and in the next step so are the outputs `present.*`.
 */
export function onnxModels(options: ModelOptions, parameters: Readonly<Record<string, HostTensor>>): OnnxModels {
  const transformer = options.arch === 'transformer';
  const encoder = new OnnxGraph('encoder', parameters);
  const decoder = new OnnxGraph('decoder', parameters);
  (transformer ? transformerEncoder : recurrentEncoder)(encoder, options);
  (transformer ? transformerDecoder : recurrentDecoder)(decoder, options);
  return { encoder: encoder.finish(version, {}), decoder: decoder.finish(version, {}) };
}
