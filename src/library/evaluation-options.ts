import type { TokenizerName } from '../config/tokenizer-names.ts';
import type { TranslateOptions } from '../decoding/translation.ts';

/** How to score models, and what to write about them. */
export interface EvaluationSettings {
  /** Hypotheses kept at each step; 1: greedy. Default 5. */
  readonly beam?: number;
  /** Alpha of GNMT's length penalty; 0: none. Default 1. */
  readonly lengthPenalty?: number;
  /** How BLEU splits sentences into words. Default: by the language of the references. */
  readonly tokenize?: TokenizerName;
  /** The file that `tokenize` needs: a MeCab dictionary's folder or a SentencePiece model. */
  readonly tokenizerModel?: string;
  /** The number of test sentences for which attention is written. Default 10. */
  readonly attention?: number;
  /** Called with messages about the progress. */
  readonly onProgress?: (text: string) => void;
  /** Stops; earlier results stay. */
  readonly signal?: AbortSignal;
}

/** How a test set is translated. */
export type EvaluationSearch = Omit<TranslateOptions, 'nbest' | 'attention' | 'copyUnknown'>;
