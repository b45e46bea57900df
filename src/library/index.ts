/**
 * Translation with trained models, and the errors that every entry point throws.
 *
 * ```ts
 * import { loadTranslator } from 'attn';
 *
 * await using translator = await loadTranslator('checkpoints/concat');
 * const [translation] = await translator.translate(['Ho fame.']);
 * console.log(translation?.hypotheses[0]?.text);
 * ```
 *
 * @module attn
 */
import type { DeviceName } from '../config/device-name.ts';
import type { ScoredPair, ScorePairsOptions, SentencePair } from '../decoding/scored-pair.ts';
import type { TranslateOptions, Translation } from '../decoding/translation.ts';
import './async-dispose.ts';
import { inTurn } from './turns.ts';

export type { DeviceName } from '../config/device-name.ts';
export type { Hypothesis } from '../decoding/hypothesis.ts';
export type { Prefix } from '../decoding/prefix.ts';
export type { ScoredHypothesis, ScoredPair, ScorePairsOptions, SentencePair } from '../decoding/scored-pair.ts';
export {
  type AttentionLevel,
  attentionLevels,
  type SearchOptions,
  type SearchSettings,
} from '../decoding/search-options.ts';
export type { TranslatedHypothesis, TranslateOptions, Translation } from '../decoding/translation.ts';
export { AttnError, type ErrorDetails, InputError, RunError } from '../support/errors.ts';

/** What a translator computes on. */
export interface TranslatorOptions {
  /** The engine. Default: the faster one for the number of sentences, WebAssembly if TensorFlow is not set up. */
  readonly backend?: 'tensorflow' | 'wasm';
  /** TensorFlow's device, one for the whole process. Default: the GPU if one is set up, else the CPU. */
  readonly device?: DeviceName;
  /** CPU threads. Default: one per core. */
  readonly threads?: number;
  /** Number format of the matrix products in TensorFlow. Default `float32`. */
  readonly precision?: 'float32' | 'float32-strict' | 'bfloat16';
}

/** A model loaded by a translator. */
export interface LoadedModel {
  /** The last part of its path. */
  readonly name: string;
  /** Its folder or file, as given. */
  readonly path: string;
  /** The number of its parameters. */
  readonly parameters: number;
  /** Whether it has attention: if not, its hypotheses have none. */
  readonly attention: boolean;
}

/**
 * Trained models ready to translate. Calls are answered one after another, even if many are made at once, on any number
 * of translators: a process has one engine. `await using` closes it.
 */
export interface Translator extends AsyncDisposable {
  /** The models that translate together. */
  readonly models: readonly LoadedModel[];
  /**
   * Translates sentences together: many in one call are much faster than one per call. A sentence without words stays
   * empty.
   * @throws {@link InputError} for an option that is unknown or out of range, and options that conflict
   * @throws TypeError for sentences that are not an array of strings, Error after {@link Translator.close}
   */
  translate(sentences: readonly string[], options?: TranslateOptions): Promise<Translation[]>;
  /**
   * Scores given translations: the log probability of each and of its pieces, and with `attention` where the models look
   * while they are forced to write it. For filtering corpora, and for reranking.
   * @throws TypeError if pairs are not an array of `{ source, target }`, Error after {@link Translator.close}
   */
  scorePairs(pairs: readonly SentencePair[], options?: ScorePairsOptions): Promise<ScoredPair[]>;
  /** Frees the engine after all earlier calls are answered. Later calls are rejected. */
  close(): Promise<void>;
}

/**
 * Loads trained models: run folders, or model files in them. Several translate together as an ensemble: their
 * probabilities are averaged, so they need the same vocabularies.
 * @throws {@link InputError} for a model that is missing or damaged, and for models that do not fit together
 */
export async function loadTranslator(
  paths: string | readonly string[],
  options: TranslatorOptions = {},
): Promise<Translator> {
  const [{ attends, loadTranslator: load }, { countParameters }] = await Promise.all([
    import('../decoding/translator.ts'),
    import('../tensor/parameters.ts'),
  ]);
  const translator = await load(paths, options);
  const close = () => inTurn(() => translator.close());
  return {
    models: translator.runs.map((run) => ({
      name: run.name,
      path: run.path,
      parameters: countParameters(run.checkpoint.parameters),
      attention: attends(run),
    })),
    translate: (sentences, translateOptions) => inTurn(() => translator.translate(sentences, translateOptions)),
    scorePairs: (pairs, scoreOptions) => inTurn(() => translator.scorePairs(pairs, scoreOptions)),
    close,
    [Symbol.asyncDispose]: close,
  };
}
